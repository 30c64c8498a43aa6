//go:build bench

package bench_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// runCurl sends the files by curl's own parallel mode, over HTTP/1.1, which is
// its faster way here. wall and cpu are those of curl's whole process.
func runCurl(t *testing.T, s *server, files []string, workers int) (wall, cpu time.Duration) {
	t.Helper()
	dir := t.TempDir()
	var config bytes.Buffer
	for _, file := range files {
		fmt.Fprintf(&config, "upload-file = %q\nurl = %q\noutput = %q\n",
			file, s.APIURL+"/file/"+filepath.Base(file), os.DevNull)
	}
	list := filepath.Join(dir, "curl.config")
	if err := os.WriteFile(list, config.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "curl", "--parallel", "--parallel-immediate",
		"--parallel-max", strconv.Itoa(workers), "--http1.1", "--fail", "--silent", "--show-error",
		"--cacert", s.certFile, "--user", ":"+s.key(t), "--config", list)
	began := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("curl: %v\n%s", err, out)
	}
	return time.Since(began), cpuOf(cmd)
}
