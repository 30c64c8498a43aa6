package pixeldrain

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"sluice/service"
)

func TestAddresses(t *testing.T) {
	for address, reason := range map[string]string{
		"https://pixeldrain.com/api":   "",
		"https://pixeldrain.com/api/":  "",
		"http://127.0.0.1:8080/api":    "",
		"http://[::1]:8080/api":        "",
		"http://localhost/api":         "",
		"http://127.8.9.1/api":         "",
		"http://pixeldrain.com/api":    service.ReasonInsecure,
		"http://192.168.1.5/api":       service.ReasonInsecure,
		"http://localhost.example/api": service.ReasonInsecure,
		"http://127.0.0.1.nip.io/api":  service.ReasonInsecure,
		"http://0.0.0.0/api":           service.ReasonInsecure,
		"ftp://pixeldrain.com/api":     service.ReasonAddressInvalid,
		"pixeldrain.com/api":           service.ReasonAddressInvalid,
		"https:///api":                 service.ReasonAddressInvalid,
		"https://:443/api":             service.ReasonAddressInvalid,
		"https://pixeldrain.com/?a=b":  service.ReasonAddressInvalid,
		"https://:secretkey@host/api":  service.ReasonAddressInvalid,
		"":                             service.ReasonAddressInvalid,
		"https://%zz/":                 service.ReasonAddressInvalid,
	} {
		c, err := New(Config{APIURL: address})
		if reason == "" {
			if err != nil {
				t.Errorf("%s: %v", address, err)
				continue
			}
			mustEqual(t, "address", c.APIURL(), strings.TrimRight(address, "/"))
			c.Close()
			continue
		}
		got := wanted(t, err, service.Invalid, reason)
		if strings.Contains(got.Error(), "secretkey") {
			t.Errorf("%v shows the key", got)
		}
	}
}

func TestResolve(t *testing.T) {
	c := newTestClient(t, Config{APIURL: "https://pixeldrain.com/api"})
	for href, wanted := range map[string]string{
		"/file/abc/thumbnail":        "https://pixeldrain.com/api/file/abc/thumbnail",
		"file/abc/info":              "https://pixeldrain.com/api/file/abc/info",
		"/file/a%2Fb/info?width=16":  "https://pixeldrain.com/api/file/a%2Fb/info?width=16",
		"https://evil.example/":      "",
		"//evil.example/file":        "",
		"/../admin":                  "",
		"/file/%2E%2E/%2E%2E/x":      "",
		"javascript:alert(1)":        "",
		"":                           "",
		"?x":                         "",
		"/file/\x7f":                 "",
		"http://pixeldrain.com/api/": "",
	} {
		got, err := c.Resolve(href)
		if got != wanted || (err == nil) != (wanted != "") {
			t.Errorf("%q: got %q, %v", href, got, err)
		}
	}
}

// elsewhere is another host, which must never see the key.
func elsewhere(t *testing.T, h http.HandlerFunc) (string, *atomic.Int64) {
	t.Helper()
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		for _, name := range []string{"Authorization", "Referer", "Cookie"} {
			if v := r.Header.Get(name); v != "" {
				t.Errorf("another host got %s: %s", name, v)
			}
		}
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, &asked
}

func TestKeyStaysOnRedirect(t *testing.T) {
	other, asked := elsewhere(t, func(w http.ResponseWriter, _ *http.Request) {
		answerJSON(w, http.StatusOK, `{"id":"a","files":[],"lists":[]}`)
	})
	for _, status := range []int{301, 302, 303, 307, 308} {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			drain(r)
			http.Redirect(w, r, other+"/x", status)
		})
		for method, call := range callsOf(c) {
			t.Run(fmt.Sprintf("%d/%s", status, method), func(t *testing.T) {
				before := asked.Load()
				err := call(t.Context())
				switch method {
				case "Upload", "UploadForm", "Delete", "CreateAlbum":
					want(t, err, service.Invalid, service.ReasonRedirect)
					mustEqual(t, "asked there", asked.Load()-before, 0)
				case "Thumbnail":
					want(t, err, service.Internal, service.ReasonBadAnswer)
				default:
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
}

func TestKeyStaysAwayAfterADetour(t *testing.T) {
	var home string
	other, _ := elsewhere(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, home+"/api/back", http.StatusFound) })
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _, loggedIn := r.BasicAuth()
		if r.URL.Path == "/api/back" {
			mustEqual(t, "logged in after a detour", loggedIn, false)
			answerJSON(w, http.StatusOK, `{"id":"a"}`)
			return
		}
		mustEqual(t, "logged in", loggedIn, true)
		http.Redirect(w, r, other, http.StatusFound)
	})
	home = strings.TrimSuffix(c.APIURL(), "/api")
	if _, err := c.Info(t.Context(), "a"); err != nil {
		t.Error(err)
	}
}

func TestRedirectsAtHome(t *testing.T) {
	const content = "to be sent again"
	var bodies []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _, loggedIn := r.BasicAuth()
		mustEqual(t, "logged in", loggedIn, true)
		var b bytes.Buffer
		_, _ = b.ReadFrom(r.Body)
		bodies = append(bodies, b.String())
		if !strings.HasPrefix(r.URL.Path, "/moved") {
			http.Redirect(w, r, "/moved"+r.URL.EscapedPath(), http.StatusTemporaryRedirect)
			return
		}
		answerJSON(w, http.StatusCreated, `{"id":"a"}`)
	})
	for _, times := range []int{3, 2, 2} { // what the direct way learns, it keeps
		bodies = nil
		restarts, sum := 0, 0
		got, err := c.Upload(t.Context(), Upload{
			Name: "a b", Size: int64(len(content)), Body: strings.NewReader(content),
			Progress:  func(n int) { sum += n },
			OnRestart: func() { restarts++; sum = 0 },
		})
		if err != nil {
			t.Fatal(err)
		}
		mustEqual(t, "bodies", strings.Join(bodies, "|"), strings.TrimSuffix(strings.Repeat(content+"|", times), "|"))
		mustEqual(t, "restarts", restarts, times-1)
		mustEqual(t, "progress", sum, len(content))
		mustEqual(t, "hash", got.SHA256Sent, sha256Of(content))
	}
	if _, err := c.Info(t.Context(), "a"); err != nil {
		t.Error(err)
	}
}

func TestRedirectsRefused(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := map[string]string{
			"/api/file/remote/info": "http://pixeldrain.example/plain",
			"/api/file/local/info":  "http://127.0.0.1:1/plain",
			"/api/file/loop/info":   "/api/file/loop/info",
			"/api/file/odd/info":    "file:///etc/passwd",
		}[r.URL.Path]
		http.Redirect(w, r, to, http.StatusFound)
	}))
	t.Cleanup(s.Close)
	c := newTestClient(t, configFor(s))
	for id, reason := range map[service.FileID]string{
		"remote": service.ReasonInsecure, "local": service.ReasonInsecure,
		"loop": service.ReasonRedirect, "odd": service.ReasonInsecure,
	} {
		_, err := c.Info(t.Context(), id)
		want(t, err, service.Invalid, reason)
	}
}

// TestKeyIsNeverShown lets a service send the key back in every place of an
// answer, and looks for it in all texts that come out.
func TestKeyIsNeverShown(t *testing.T) {
	const basic = "OjBhMWIyYzNkLTExMTEtMjIyMi0zMzMzLTQ0NDQ1NTU1NjY2Ng=="
	var log bytes.Buffer
	var texts []string
	for _, answer := range []http.HandlerFunc{
		func(w http.ResponseWriter, _ *http.Request) {
			answerJSON(w, 403, `{"success":false,"value":"`+testKey+`","message":"no `+testKey+` or `+basic+`","extra":"`+testKey+`"}`)
		},
		func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, 200, `{"size":"`+testKey+`"}`) },
		func(w http.ResponseWriter, _ *http.Request) {
			answerJSON(w, 200, `{"id":"a","date_upload":"`+testKey+`"}`)
		},
		func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://"+testKey+".example/"+testKey, http.StatusFound)
		},
		func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "::"+testKey)
			w.WriteHeader(http.StatusFound)
		},
		func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Encoding", testKey) },
		func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = conn.Write([]byte("HTTP/1.1 " + testKey + "\r\n\r\n"))
			_ = conn.Close()
		},
	} {
		c := serve(t, answer, func(cfg *Config) {
			cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			texts = append(texts, fmt.Sprintf("%v %+v %#v %s", *cfg, *cfg, *cfg, *cfg))
			cfg.Logger.Debug("made", slog.Any("config", *cfg))
		})
		for _, call := range callsOf(c) {
			if err := call(t.Context()); err != nil {
				texts = append(texts, fmt.Sprintf("%v %+v %#v", err, err, err))
			}
		}
		texts = append(texts, Config{APIURL: "https://me:" + testKey + "@host/api"}.String())
		_, err := c.Get(t.Context(), service.FileID(testKey), GetOptions{})
		texts = append(texts, fmt.Sprint(err))
		_, err = c.Upload(t.Context(), Upload{Name: testKey, Size: 1, Body: strings.NewReader("x")})
		texts = append(texts, fmt.Sprint(err), fmt.Sprintf("%v %+v %#v", c.key, c, c))
	}
	if len(texts) < 50 || log.Len() < 1000 {
		t.Errorf("only %d texts and %d bytes of log", len(texts), log.Len())
	}
	for _, text := range append(texts, log.String()) {
		if strings.Contains(text, testKey) || strings.Contains(text, basic) {
			t.Fatalf("shows the key: %s", text)
		}
	}
}
