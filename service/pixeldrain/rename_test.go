package pixeldrain_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sluice/service"
	"sluice/service/pixeldrain"
)

func TestConformanceRename(t *testing.T) {
	eachSandbox(t, func(w walk) {
		id := w.upload("before.txt", []byte("x"))
		const name = "after \"ä\"\r\n%/.txt"
		err := w.c.Rename(w.Context(), id, name)
		if w.is20 {
			w.fails(err, service.Invalid, service.ReasonNoMethod)
			if w.c.CanRename() {
				w.Error("a service that has no such method is said to have it")
			}
			return
		}
		if err != nil || !w.c.CanRename() {
			w.Fatalf("%v, %v", err, w.c.CanRename())
		}
		if f, err := w.c.Info(w.Context(), id); err != nil || f.Name != name {
			w.Errorf("the name is %q, %v", f.Name, err)
		}
		w.fails(w.c.Rename(w.Context(), "nothing1", "x"), service.NotFound, w.missing("file"))
		w.fails(w.c.Rename(w.Context(), id, ""), service.Invalid, service.ReasonNameInvalid)
		w.fails(w.c.Rename(w.Context(), id, strings.Repeat("é", 256)), service.TooLarge, service.ReasonNameTooLong)
		w.fails(w.c.Rename(w.Context(), "a,b", "x"), service.Invalid, service.ReasonIDInvalid)
		if !w.c.CanRename() {
			w.Error("a missing file is taken for a missing method")
		}
	})
}

// What a service that does not know the method can answer, and what it means.
func TestRenameOfOtherServices(t *testing.T) {
	for _, answer := range []struct {
		status int
		body   string
		there  bool // the file
		lacks  bool
	}{
		{http.StatusMethodNotAllowed, "", true, true},
		{http.StatusNotImplemented, "<html>no</html>", true, true},
		{http.StatusNotFound, `{"success":false,"value":"not_found"}`, true, true},
		{http.StatusNotFound, "404 page not found", true, true},
		{http.StatusNotFound, `{"success":false,"value":"not_found"}`, false, false},
		{http.StatusForbidden, `{"success":false,"value":"forbidden"}`, true, false},
		{http.StatusInternalServerError, "", true, false},
		{http.StatusOK, "", true, false},
	} {
		t.Run(fmt.Sprint(answer), func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.Method == http.MethodPost && r.URL.Path == "/api/file/abc":
					if r.FormValue("action") != "rename" || r.FormValue("name") != "new.txt" {
						t.Errorf("asked for %q to be called %q", r.FormValue("action"), r.FormValue("name"))
					}
					w.WriteHeader(answer.status)
					_, _ = w.Write([]byte(answer.body))
				case answer.there:
					_, _ = w.Write([]byte(`{"id":"abc","name":"old.txt","size":1}`))
				default:
					http.NotFound(w, r)
				}
			}))
			defer server.Close()
			c, err := pixeldrain.New(pixeldrain.Config{APIURL: server.URL + "/api", Key: "00000000-0000-0000-0000-000000000000"})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			err = c.Rename(t.Context(), "abc", "new.txt")
			e, failed := errors.AsType[*service.Error](err)
			if failed != (answer.status != http.StatusOK) || c.CanRename() == answer.lacks {
				t.Fatalf("%v; it can rename: %v", err, c.CanRename())
			}
			if failed && (e.Value == service.ReasonNoMethod) != answer.lacks {
				t.Errorf("the reason is %q", e.Value)
			}
		})
	}
}
