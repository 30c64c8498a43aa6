package sandbox_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

func tlsFor(pool *x509.CertPool) *tls.Config {
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

func sum(content string) string {
	s := sha256.Sum256([]byte(content))
	return hex.EncodeToString(s[:])
}

func TestPutKeepsContentsAndTellsTheHash(t *testing.T) {
	for name, d := range dialects() {
		t.Run(name, func(t *testing.T) {
			srv := sandboxtest.New(t, dialect(d))
			c := call(t, srv)
			a := c.do(http.StatusCreated, http.MethodPut, "/file/a.txt", "hello").json(t)
			id := service.FileID(a["id"].(string))
			if d == sandbox.Dialect2026 && a["hash_sha256"] != sum("hello") {
				t.Errorf("the answer has no hash: %v", a)
			}
			if d == sandbox.Dialect2020 && len(a) != 1 {
				t.Errorf("the document's answer is the id alone, got %v", a)
			}
			info := c.do(http.StatusOK, http.MethodGet, "/file/"+string(id)+"/info", "").json(t)
			if info["hash_sha256"] != sum("hello") || info["size"] != 5.0 || info["name"] != "a.txt" || info["can_edit"] != true {
				t.Errorf("info is %v", info)
			}
			if got := c.do(http.StatusOK, http.MethodGet, "/file/"+string(id), "").body; string(got) != "hello" {
				t.Errorf("got %q back", got)
			}
			if kept, err := srv.Content(id); err != nil || string(kept) != "hello" {
				t.Errorf("kept %q, %v", kept, err)
			}
		})
	}
}

func hostileNames() []string {
	return []string{
		"plain.txt", "with space", "a%2Fb", "a/b", "a#b?c+d&e=f", `quo"te\back`, "new\nline", "tab\tand\rreturn",
		".", "..", "...", "%", "%zz", "~", "🎉.png", "שלום עולם.pdf", "Füße & 100% #1?.png", "trailing.", " ", "a//b",
		strings.Repeat("ß", 255), strings.Repeat("🎉", 255), "e\u0301", "\u202egnp.exe", "nul", "-", ";", ":", "@", "*",
	}
}

func TestNamesArriveExactly(t *testing.T) {
	srv := sandboxtest.New(t)
	c := call(t, srv)
	for _, name := range hostileNames() {
		id := c.put(name, "x")
		if f, err := srv.File(id); err != nil || f.Name != name {
			t.Errorf("PUT %q arrived as %q, %v", name, f.Name, err)
		}
	}
	for _, name := range hostileNames() {
		body, kind := form(t, name, "other name", "x")
		a := c.do(http.StatusCreated, http.MethodPost, "/file", body, "Content-Type", kind)
		id := service.FileID(a.json(t)["id"].(string))
		if f, err := srv.File(id); err != nil || f.Name != name {
			t.Errorf("POST %q arrived as %q, %v", name, f.Name, err)
		}
	}
}

// form makes an upload form; an empty name leaves the field out.
func form(t *testing.T, name, fileName, content string) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if name != "" {
		if err := w.WriteField("name", name); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", fileName)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// formOf makes a form of text fields.
func formOf(t *testing.T, fields ...string) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

func TestPostAnswersByDialect(t *testing.T) {
	for name, d := range dialects() {
		t.Run(name, func(t *testing.T) {
			srv := sandboxtest.New(t, dialect(d))
			c := call(t, srv)
			body, kind := form(t, "", "from the part.txt", "hello")
			status := map[int]int{sandbox.Dialect2020: http.StatusOK, sandbox.Dialect2026: http.StatusCreated}[d]
			a := c.do(status, http.MethodPost, "/file", body, "Content-Type", kind).json(t)
			f, err := srv.File(service.FileID(a["id"].(string)))
			if err != nil || f.Name != "from the part.txt" || f.SHA256 != sum("hello") {
				t.Errorf("stored %+v, %v", f, err)
			}
			if a["success"] != true || (d == sandbox.Dialect2026) != (a["hash_sha256"] == sum("hello")) {
				t.Errorf("answer is %v", a)
			}
		})
	}
}

func TestUploadOverTLS(t *testing.T) {
	srv := sandboxtest.New(t, func(c *sandbox.Config) { c.TLS = true })
	c := call(t, srv)
	if !strings.HasPrefix(srv.APIURL(), "https://127.0.0.1:") {
		t.Errorf("address is %s", srv.APIURL())
	}
	id := c.put("a", "over tls")
	if f, err := srv.File(id); err != nil || f.SHA256 != sum("over tls") {
		t.Errorf("stored %+v, %v", f, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(srv.CertPEM()) || !pool.Equal(srv.CertPool()) {
		t.Error("CertPEM is not the certificate of CertPool")
	}
}

func TestUserFilesListsTheAccount(t *testing.T) {
	srv := sandboxtest.New(t, func(c *sandbox.Config) { c.Accounts = []string{"second"} })
	c := call(t, srv)
	first, other := c.put("mine", "1"), c.as("second").put("theirs", "2")
	for key, want := range map[string]service.FileID{sandboxtest.Key: first, "second": other} {
		files := c.as(key).do(http.StatusOK, http.MethodGet, "/user/files", "").json(t)["files"].([]any)
		if len(files) != 1 || files[0].(map[string]any)["id"] != string(want) {
			t.Errorf("the account of %s has %v, want %s", key, files, want)
		}
	}
	c.as("").refused(http.StatusUnauthorized, "authentication_required", http.MethodGet, "/user/files", "")
	if got := len(srv.Files()); got != 2 {
		t.Errorf("%d files in all", got)
	}
}
