//go:build realwindow

package realwindow

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
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
