//go:build bench

package bench_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sluice/service/sandbox"
)

// serverTask is what a server process is told.
type serverTask struct {
	Latency  time.Duration
	Accounts []string
}

// serverAnswer is what it says once it listens.
type serverAnswer struct {
	APIURL  string
	CertPEM []byte
}

func serve(ctx context.Context, in io.Reader, out io.Writer) error {
	var task serverTask
	lines := json.NewDecoder(in)
	if err := lines.Decode(&task); err != nil {
		return err
	}
	s, err := sandbox.Start(ctx, sandbox.Config{
		TLS: true, Discard: true, Latency: task.Latency, Accounts: task.Accounts,
	})
	if err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(serverAnswer{APIURL: s.APIURL(), CertPEM: s.CertPEM()}); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, in) // until the parent closes it
	return s.Close()
}

// server is the one that all runs of a table send to.
type server struct {
	serverAnswer
	certFile string
	accounts []string // keys of accounts that are still empty
}

// newServer starts a server with enough empty accounts; it ends with the test.
func newServer(t *testing.T, latency time.Duration) *server {
	t.Helper()
	s := &server{}
	for n := range 4 * *rounds {
		s.accounts = append(s.accounts, fmt.Sprintf("bench-account-%d", n))
	}
	p := start(t, "server", serverTask{Latency: latency, Accounts: s.accounts})
	t.Cleanup(func() { p.end(t) })
	p.answer(t, &s.serverAnswer)
	s.certFile = filepath.Join(t.TempDir(), "server.pem")
	if err := os.WriteFile(s.certFile, s.CertPEM, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// key gives the key of an empty account.
func (s *server) key(t *testing.T) string {
	t.Helper()
	if len(s.accounts) == 0 {
		t.Fatal("no empty account is left")
	}
	key := s.accounts[0]
	s.accounts = s.accounts[1:]
	return key
}
