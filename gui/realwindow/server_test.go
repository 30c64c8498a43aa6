//go:build realwindow

package realwindow

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

// startService starts `sluice sandbox` and gives its API address. It belongs
// to no user's computer: what it is told on its command line is not looked at.
func (d *desktop) startService(ctx context.Context, t *testing.T, flags ...string) string {
	t.Helper()
	cmd := d.command(nil, append([]string{"sandbox"}, flags...)...)
	p := startProcess(t, "sluice sandbox", cmd)
	var address string
	_, err := p.WaitOutput(ctx, func(text string) bool {
		line, _, complete := strings.Cut(text, "\n")
		address = strings.TrimSpace(line)
		return complete
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(address, "http://127.0.0.1:") {
		t.Fatalf("the first line of `sluice sandbox` is %q", address)
	}
	return address
}

// sessionKey is a key that is in the environment only.
const sessionKey = "key-for-this-session"

// listing gives the SHA-256 of every file of the account, by name.
func listing(ctx context.Context, t *testing.T, api string) map[string][]string {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, api+"/user/files", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth("", sessionKey)
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Files []struct {
			Name   string
			SHA256 string `json:"hash_sha256"`
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatalf("listing: %s, %v", response.Status, err)
	}
	sums := map[string][]string{}
	for _, f := range answer.Files {
		sums[f.Name] = append(sums[f.Name], f.SHA256)
	}
	return sums
}

// held is a service that takes a part of every file and then waits: what a test
// does during an upload, it does during an upload on any computer.
type held struct {
	*sandbox.Server

	api  string
	env  []string // of a program that uses it
	hold *sandbox.Injection
}

// startHeld starts such a service. Files up to a length arrive at once.
func startHeld(t *testing.T, length int64) *held {
	t.Helper()
	s := sandboxtest.New(t)
	h := &held{Server: s, api: s.APIURL(), env: []string{"SLUICE_API_URL=" + s.APIURL(), "SLUICE_API_KEY=" + sessionKey}}
	h.hold = s.Inject(sandbox.Fault{Kind: sandbox.StallBody, Match: func(r *http.Request) bool {
		return r.Method == http.MethodPut && r.ContentLength > length
	}, After: length + 1, Times: -1})
	return h
}

// await waits until so many uploads, of all that began, were held.
func (h *held) await(ctx context.Context, t *testing.T, uploads int) {
	t.Helper()
	if err := h.hold.Wait(ctx, uploads); err != nil {
		t.Fatalf("%d of %d uploads came: %v", h.hold.Hits(), uploads, err)
	}
}

// awaitListing waits until the files of a service are as they should be, and
// gives them as listing does.
func awaitListing(ctx context.Context, t *testing.T, server *sandbox.Server, ok func(map[string][]string) bool) map[string][]string {
	t.Helper()
	for {
		before := server.Stats().Done
		byName := map[string][]string{}
		for _, f := range server.Files() {
			byName[f.Name] = append(byName[f.Name], f.SHA256)
		}
		if ok(byName) {
			return byName
		}
		if err := server.WaitDone(ctx, before+1); err != nil {
			t.Fatalf("%d files are not as they should be: %v", count(byName), err)
		}
	}
}
