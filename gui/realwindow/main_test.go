//go:build realwindow

package realwindow

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// program is Sluice, built by TestMain without the tag migrated_fynedo: so
// Fyne complains of every call that comes from the wrong goroutine.
var program string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "realwindow")
	if err == nil {
		program = filepath.Join(dir, "sluice")
		err = goBuild(context.Background(), program, "", "sluice")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		_ = os.RemoveAll(dir)
		os.Exit(1)
	}
	_ = os.Remove(redFile()) // of a run that was broken off
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		tellRed()
		os.Exit(code)
	}))
}

// goBuild builds a command of this module.
func goBuild(ctx context.Context, to, tags, command string) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute) // Fyne's first build takes minutes
	defer cancel()
	out, err := exec.CommandContext(ctx, "go", "build", "-tags", tags, "-o", to, command).CombinedOutput()
	if err != nil {
		return fmt.Errorf("build %s: %w\n%s", command, err, out)
	}
	return nil
}

func build(ctx context.Context, t *testing.T, to, tags, command string) {
	t.Helper()
	if err := goBuild(ctx, to, tags, command); err != nil {
		t.Fatal(err)
	}
}
