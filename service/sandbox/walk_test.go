package sandbox_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

// TestWalkOfTheDocument runs testdata/walk.sh, which needs bash, curl and jq:
// the project's set-up installs them. One walk is over TLS.
func TestWalkOfTheDocument(t *testing.T) {
	for name, d := range dialects() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := sandboxtest.New(t, dialect(d), func(c *sandbox.Config) {
				c.Key, c.TLS = sandboxtest.Key, d == sandbox.Dialect2026
			})
			cmd := exec.CommandContext(t.Context(), "bash", "testdata/walk.sh", srv.APIURL(), sandboxtest.Key, name)
			cmd.Env = os.Environ()
			if pem := srv.CertPEM(); pem != nil {
				path := filepath.Join(t.TempDir(), "ca.pem")
				if err := os.WriteFile(path, pem, 0o600); err != nil {
					t.Fatal(err)
				}
				cmd.Env = append(cmd.Env, "CURL_CA_BUNDLE="+path)
			}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
