//go:build realwindow && bench

package realwindow

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/service/bench/figure"
)

// TestBenchScroll scrolls grids of different lengths in one real window, by 60 px
// a step: see the command scrollwindow.
func TestBenchScroll(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	command := filepath.Join(t.TempDir(), "scrollwindow")
	build(ctx, t, command, "migrated_fynedo,bench", "sluice/gui/realwindow/scrollwindow")
	d := newDesktop(t, 1)
	say(t, "\n### A step of 60 px in the real window\n\n%s, Xvfb, software OpenGL; medians, ms.\n", figure.Machine())
	cmd := exec.Command(command) //nolint:noctx // its life is the test's, see startProcess
	cmd.Env = d.env()
	var out strings.Builder
	cmd.Stdout = &out
	p := startProcess(t, "scrollwindow", cmd)
	if code, err := p.Wait(ctx); err != nil || code != 0 {
		t.Fatalf("exit %d, %v\n%s", code, err, p.Output())
	}
	say(t, "\n| | items | placing tiles | drawing | both | 95 of 100 | processor time of the goroutine |\n|---|---|---|---|---|---|---|\n")
	var bare, slowest, least, most float64
	lines := json.NewDecoder(strings.NewReader(out.String()))
	for lines.More() {
		var f struct {
			Grid                            string
			Items                           int
			Place, Frame, Whole, CPU, Worst float64
			Ours, Bare                      bool
		}
		if err := lines.Decode(&f); err != nil {
			t.Fatal(err)
		}
		say(t, "| %s | %d | %.3f | %.2f | %.2f | %.2f | %.2f |\n", f.Grid, f.Items, f.Place, f.Frame, f.Whole, f.Worst, f.CPU)
		if f.Bare {
			bare = f.Whole
		}
		if f.Ours {
			if least == 0 {
				least = f.CPU
			}
			slowest, least, most = max(slowest, f.Whole), min(least, f.CPU), max(most, f.CPU)
		}
	}
	say(t, "\n%s (drawing a bare background takes %.2f)\n", figure.Budget("a step by the clock, the slowest length", slowest, 8, " ms"), bare)
	say(t, "\n%s\n", figure.Budget("its processor time on the interface goroutine", most, 8, " ms"))
	say(t, "\n%s\n", figure.Budget("that of the slowest length beside the quickest", most/least, 1.1, ""))
}
