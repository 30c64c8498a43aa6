//go:build realwindow && bench

package realwindow

import (
	"context"
	"image"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"sluice/service/bench/figure"
)

const (
	scrollStops = 150                    // of the thumb, from top to bottom
	stopFor     = 300 * time.Millisecond // at each: pictures come
	afterwards  = 10 * time.Second       // what is spare is given back at rest
	muchLater   = 80 * time.Second       // textures go after more than a minute
)

// TestBenchBrowse scrolls through an account with 100,000 files from end to end
// and compares the memory with that of a Fyne window that has nothing in it; before
// that it measures how long the pictures take.
func TestBenchBrowse(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
	defer cancel()
	a := newAccount(ctx, t)
	say(t, "\n### Browsing 100,000 files\n\n%s, Xvfb, software OpenGL.\n", figure.Machine())
	a.firstStart(ctx, t)
	a.benchPictures(ctx, t)
	a.benchMemory(ctx, t)
}

// benchPictures goes to the end of the list and waits for the pictures there.
func (a *account) benchPictures(ctx context.Context, t *testing.T) {
	t.Helper()
	const rounds = 5
	var cold, warm []time.Duration
	var end []byte
	for i := range rounds + 1 {
		a.forgetPictures(t)
		o := a.opens(ctx, t, a.sluice)
		o.settledTiles(ctx, t) // all files are known
		if i == 0 {
			a.toEnd(t, o)
			end = o.settledTiles(ctx, t)
		} else {
			cold = append(cold, o.timeEnd(ctx, t, a, end))
		}
		if err := rest(ctx, time.Second); err != nil { // they are written
			t.Fatal(err)
		}
		o.Stop()
		o = a.opens(ctx, t, a.sluice)
		o.settledTiles(ctx, t)
		warm = append(warm, o.timeEnd(ctx, t, a, end))
		o.Stop()
	}
	say(t, `
| a jump to the end of the list, until every picture in view is there | median (least to most), ms |
|---|---|
| nothing on the disk, the service 40 ms away | %s |
| from the disk | %s |
`, figure.Spread(cold), figure.Spread(warm))
}

// forgetPictures empties the disk's cache.
func (a *account) forgetPictures(t *testing.T) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(a.sluiceHome(), "cache", "thumbs.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cache of thumbnails: %v", err)
	}
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
}

// toEnd jumps to the end of the list: a click where the scroll bar ends.
func (a *account) toEnd(t *testing.T, o *opened) {
	t.Helper()
	_, bottom := scrollTrack()
	o.point(t, bottom.Add(image.Pt(0, 12)))
	a.display.button(t, 1)
	o.point(t, image.Pt(560, 80)) // nothing under it
}

func (o *opened) timeEnd(ctx context.Context, t *testing.T, a *account, end []byte) time.Duration {
	t.Helper()
	began := time.Now()
	a.toEnd(t, o)
	return o.untilTiles(ctx, t, end).Sub(began)
}

// benchMemory scrolls from end to end.
func (a *account) benchMemory(ctx context.Context, t *testing.T) {
	t.Helper()
	empty := a.opens(ctx, t, a.empty)
	if _, err := empty.Settled(ctx, time.Second); err != nil {
		t.Fatal(err)
	}
	base := memory(t, empty)
	o := a.opens(ctx, t, a.sluice)
	o.settledTiles(ctx, t)
	begin := memory(t, o)
	a.scrollThrough(ctx, t, o)
	moving := memory(t, o)
	if err := rest(ctx, afterwards); err != nil {
		t.Fatal(err)
	}
	scrolled := memory(t, o)
	if err := rest(ctx, muchLater); err != nil {
		t.Fatal(err)
	}
	later := memory(t, o)
	say(t, `
| memory, MiB | its own | with its share of what others use too | all resident | the most ever |
|---|---|---|---|---|
`)
	for _, line := range []struct {
		name string
		m    figure.Memory
	}{
		{"an empty Fyne window", base},
		{"Sluice, the Files screen just opened", begin},
		{"scrolled from end to end, that moment", moving},
		{"ten seconds later", scrolled},
		{"a minute and a half later", later},
	} {
		say(t, "| %s | %.1f | %.1f | %.1f | %.1f |\n", line.name,
			figure.MiB(line.m.Own), figure.MiB(line.m.Share), figure.MiB(line.m.Resident), figure.MiB(line.m.Peak))
	}
	above := func(what string, m figure.Memory) {
		say(t, "\n%s\n", figure.Budget(what+", its own above the empty window's", figure.MiB(m.Own-base.Own), 80, " MiB"))
	}
	above("memory ten seconds after scrolling", scrolled)
	above("a minute and a half after it", later)
}

// scrollThrough pulls the scroll bar's thumb from the top to the bottom.
func (a *account) scrollThrough(ctx context.Context, t *testing.T, o *opened) {
	t.Helper()
	top, bottom := scrollTrack()
	if err := o.Move(ctx, top); err != nil {
		t.Fatal(err)
	}
	if err := o.input(ctx, xproto.ButtonPress, 1, image.Point{}); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= scrollStops; n++ {
		if err := o.Move(ctx, image.Pt(top.X, top.Y+(bottom.Y-top.Y)*n/scrollStops)); err != nil {
			t.Fatal(err)
		}
		if err := rest(ctx, stopFor); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.input(ctx, xproto.ButtonRelease, 1, image.Point{}); err != nil {
		t.Fatal(err)
	}
	o.settledTiles(ctx, t)
	img, err := o.Image()
	if err != nil {
		t.Fatal(err)
	}
	keep(t, "scrolled", img)
}
