//go:build realwindow && torture

package realwindow

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"sluice/service"
)

// ending lets the program do all that is left.
func (w *whole) ending() {
	w.t.Helper()
	w.await()
	r := w.start(w.ctx, w.t, w.env)
	ticks := time.NewTicker(200 * time.Millisecond)
	defer ticks.Stop()
	patience := time.NewTimer(5 * time.Minute)
	defer patience.Stop()
	for !w.complete() {
		select {
		case <-ticks.C:
		case <-patience.C:
			w.t.Error("not everything that was accepted is there after 5 minutes")
			r.glimpse(w.t, "not done")
			return
		}
	}
	resume := startProcess(w.t, "sluice upload -resume", w.command(w.env, "upload", "-resume"))
	if code, err := resume.Wait(w.ctx); err != nil || code != 0 {
		w.t.Errorf("what was left ended with %d, %v: %s", code, err, resume.Output())
	}
	w.ok(r.Activate(w.ctx))
	w.ok(r.Press(w.ctx, KeyCtrl, 'q')) // without asking
	if code, err := r.Wait(w.ctx); err != nil || code != 0 {
		w.t.Errorf("the last window ended with %d, %v: %s", code, err, r.Output())
	}
}

// stored counts the files of each hash on the service.
func (w *whole) stored() map[string]int {
	all := map[string]int{}
	for _, f := range w.server.Uploads() {
		all[f.SHA256]++
	}
	return all
}

// downloads counts the files of each hash that have come back.
func (w *whole) downloads() (all map[string]int, unfinished []string) {
	w.t.Helper()
	all = map[string]int{}
	folder := filepath.Join(w.home, "home", "Downloads")
	if _, err := os.Stat(folder); err != nil {
		return all, nil // nothing was pasted
	}
	for _, name := range filesIn(w.t, folder) {
		content, err := os.ReadFile(filepath.Join(folder, name))
		w.ok(err)
		if all[hashOf(content)]++; strings.HasSuffix(name, ".part") {
			unfinished = append(unfinished, name)
		}
	}
	return all, unfinished
}

// begun reports whether the program has asked for a file of pasted links: all of
// them were in its queue by then.
func (w *whole) begun(files []service.File) bool {
	for i := range files {
		if f, err := w.server.File(files[i].ID); err == nil && f.BandwidthUsed > 0 {
			return true
		}
	}
	return false
}

// complete reports whether everything is there that must be.
func (w *whole) complete() bool {
	w.t.Helper()
	stored := w.stored()
	for sum := range w.must {
		if stored[sum] == 0 {
			return false
		}
	}
	here, unfinished := w.downloads()
	for _, files := range w.shared {
		for i := range files {
			if w.begun(files) && here[files[i].SHA256] == 0 {
				return false
			}
		}
	}
	return len(unfinished) == 0
}

// judge looks at all that is there in the end.
func (w *whole) judge() {
	w.t.Helper()
	stored := w.stored()
	for sum, n := range stored {
		if n != 1 {
			w.t.Errorf("%s is there %d times", sum, n)
		}
	}
	for sum, name := range w.must {
		if stored[sum] == 0 {
			w.t.Errorf("%s (%s) was accepted and is lost", name, sum)
		}
	}
	for _, sums := range w.maybe {
		there := 0
		for _, sum := range sums {
			there += stored[sum]
		}
		if there != 0 && there != len(sums) {
			w.t.Errorf("of a drop of %d files %d are there", len(sums), there)
		}
		if there > 0 {
			w.taken++
		}
	}
	here, unfinished := w.downloads()
	if len(unfinished) > 0 {
		w.t.Errorf("unfinished: %q", unfinished)
	}
	for _, files := range w.shared {
		there := 0
		for i := range files {
			if _, err := w.server.File(files[i].ID); err != nil {
				w.t.Errorf("%s was deleted: %v", files[i].Name, err)
			}
			there += here[files[i].SHA256]
			if here[files[i].SHA256] > 1 {
				w.t.Errorf("%s came %d times", files[i].Name, here[files[i].SHA256])
			}
		}
		if there != 0 && there != len(files) {
			w.t.Errorf("of %d pasted links %d are here", len(files), there)
		}
		if there > 0 {
			w.arrived++
		}
	}
	for i := range w.spared {
		if _, err := w.server.File(w.spared[i].ID); err != nil {
			w.t.Errorf("%s was deleted all the same", w.spared[i].Name)
		}
	}
	moved, err := filepath.Glob(filepath.Join(w.sluiceHome(), "*", "*corrupt*"))
	if err != nil || len(moved) != 0 {
		w.t.Errorf("a database was damaged: %q, %v", moved, err)
	}
}
