//go:build bench

package bench_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"sluice/service/sandbox"
)

// serverTask is what a server process is told.
type serverTask struct {
	Latency  time.Duration
	Throttle int64 // bytes/s of the link, 0 = no limit
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
		TLS: true, Discard: true, Latency: task.Latency, Throttle: task.Throttle, Accounts: task.Accounts,
	})
	if err != nil {
		return err
	}
	var seen sync.Map // when the request for a file came, by name
	s.Inject(sandbox.Fault{Method: http.MethodPut, Match: func(r *http.Request) bool {
		seen.Store(path.Base(r.URL.Path), time.Now())
		return false
	}})
	if err := json.NewEncoder(out).Encode(serverAnswer{APIURL: s.APIURL(), CertPEM: s.CertPEM()}); err != nil {
		return err
	}
	for lines.Decode(new(arrivalsTask)) == nil { // until the parent closes it
		arrived := make(map[string]time.Time)
		seen.Range(func(name, at any) bool {
			arrived[name.(string)] = at.(time.Time)
			return true
		})
		if err := json.NewEncoder(out).Encode(arrived); err != nil {
			return err
		}
	}
	return s.Close()
}

// arrivalsTask asks a server process when the files that it knows came.
type arrivalsTask struct{}

// server is the one that all runs of a table send to.
type server struct {
	serverAnswer
	process  *process
	certFile string
	accounts []string // keys of accounts that are still empty
}

// newServer starts a server with enough empty accounts; it ends with the test.
func newServer(t *testing.T, task serverTask) *server {
	t.Helper()
	s := &server{}
	for n := range 4 * *rounds {
		s.accounts = append(s.accounts, fmt.Sprintf("bench-account-%d", n))
	}
	task.Accounts = s.accounts
	s.process = start(t, "server", task)
	t.Cleanup(func() { s.process.end(t) })
	s.process.answer(t, &s.serverAnswer)
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

// task is what an engine process is told to send to this server.
func (s *server) task(t *testing.T, large, small []string, workers int) engineTask {
	t.Helper()
	return engineTask{
		Dir: t.TempDir(), APIURL: s.APIURL, CertPEM: s.CertPEM, Key: s.key(t), Workers: workers,
		Paths: large, Small: small, Profile: *profile,
	}
}

// arrivals tells when the request for each file came, by name.
func (s *server) arrivals(t *testing.T) (all map[string]time.Time) {
	t.Helper()
	if err := json.NewEncoder(s.process.in).Encode(arrivalsTask{}); err != nil {
		t.Fatal(err)
	}
	s.process.answer(t, &all)
	return all
}
