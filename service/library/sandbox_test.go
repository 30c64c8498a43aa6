package library

import (
	"context"
	"maps"
	"strings"
	"testing"

	"sluice/service"
	"sluice/service/pixeldrain"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

// TestWithTheClient: what the service really lists, in both dialects, with an
// upload, a deletion and failures.
func TestWithTheClient(t *testing.T) {
	for name, dialect := range map[string]int{"2020": 2020, "2026": 2026} {
		t.Run(name, func(t *testing.T) {
			server := sandboxtest.New(t, func(c *sandbox.Config) { c.Files, c.Dialect = 500, dialect })
			client, err := pixeldrain.New(pixeldrain.Config{APIURL: server.APIURL(), Key: sandboxtest.Key})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			store := newStore(t, t.TempDir())
			c := newCatalogue(t, store)
			c.Use(Scope(server.APIURL(), sandboxtest.Key), client)
			until(t, c, idle)
			isListed(t, c, client, 500)

			content := strings.NewReader("new")
			up, err := client.Upload(t.Context(), pixeldrain.Upload{Name: "new.txt", Size: content.Size(), Body: content})
			if err != nil {
				t.Fatal(err)
			}
			if err := client.Delete(t.Context(), c.Find(Search{}).ID(0)); err != nil {
				t.Fatal(err)
			}
			server.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: 500, PathPrefix: "/api/user/files", Times: 1})
			c.Refresh()
			until(t, c, func(s Status) bool { return s.Problem != nil })
			if _, ok := c.File(up.ID); ok {
				t.Error("nobody told of the new file")
			}
			refresh(t, c)
			isListed(t, c, client, 500)
			c.Close()

			server.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: 503})
			c = newCatalogue(t, store)
			c.Use(Scope(server.APIURL(), sandboxtest.Key), client)
			s := until(t, c, func(s Status) bool { return s.Problem != nil })
			if _, ok := c.File(up.ID); !ok || s.Files != 500 || s.At.IsZero() {
				t.Errorf("offline: %+v", s)
			}
		})
	}
}

// isListed checks that the catalogue has what the client lists.
func isListed(t *testing.T, c *Catalogue, client *pixeldrain.Client, n int) {
	t.Helper()
	files := map[service.FileID]service.File{}
	err := client.EachFile(context.WithoutCancel(t.Context()), func(f service.File) error { files[f.ID] = f; return nil })
	if err != nil {
		t.Fatal(err)
	}
	if got := all(c); len(files) != n || !maps.Equal(got, files) {
		t.Errorf("%d files, the service lists %d", len(got), len(files))
	}
}
