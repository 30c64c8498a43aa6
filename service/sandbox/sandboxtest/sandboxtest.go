// Package sandboxtest starts sandboxes for tests. It is apart from package
// sandbox so that programs do not import testing.
package sandboxtest

import (
	"testing"

	"sluice/service/sandbox"
)

// Key is a key that every sandbox of New takes.
const Key = "5a9d1c2e-6b0f-4d57-9a3e-1f0c7d2b8e64"

// New starts a sandbox that is closed when the test ends; the options change
// its configuration before. A sandbox that cannot start or close ends the test.
func New(tb testing.TB, opts ...func(*sandbox.Config)) *sandbox.Server {
	tb.Helper()
	var cfg sandbox.Config
	for _, opt := range opts {
		opt(&cfg)
	}
	s, err := sandbox.Start(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("closing the sandbox: %v", err)
		}
	})
	return s
}
