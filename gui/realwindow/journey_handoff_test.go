//go:build realwindow

package realwindow

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestSecondStartHandsOver starts the program a second time with files: they
// go to the window that is there, and the second process ends.
func TestSecondStartHandsOver(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	dropped, _ := d.material(t)
	r := d.start(ctx, t, nil, "-sandbox")
	r.awaitText(ctx, t, "Drop files or folders anywhere in this window")

	second := startProcess(t, "second sluice", d.command(nil, "-sandbox", dropped[0], dropped[2]))
	code, err := second.Wait(ctx)
	if err != nil || code != 0 {
		t.Fatalf("the second start: exit %d, %v\n%s", code, err, second.Output())
	}
	text, err := d.display.AwaitClipboard(ctx, func(s string) bool { return strings.Count(s, "/u/") == 2 })
	if err != nil {
		t.Fatal(err)
	}
	for i, link := range strings.Split(text, "\n") {
		name, sum := served(ctx, t, link)
		if want := dropped[2*i]; name != filepath.Base(want) || sum != sumOf(t, want) {
			t.Errorf("link %d serves %q, handed over was %q", i+1, name, want)
		}
	}
	r.awaitText(ctx, t, "FINISHED TODAY · 2")
	if n := d.display.Windows(second.PID()); n != 0 {
		t.Errorf("the second start has %d windows", n)
	}
	r.quit(ctx, t)
}

// TestOpensAndCloses starts the program and closes its window, many times.
func TestOpensAndCloses(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	for range 10 {
		r := d.start(ctx, t, nil, "-sandbox")
		r.awaitText(ctx, t, "Drop files or folders anywhere in this window")
		r.quit(ctx, t)
	}
}

// TestQuitAndGoOn quits in the middle of slow uploads, and kills the program in
// the middle of them: each time the next start goes on, and at the end every
// file is on the service once.
func TestQuitAndGoOn(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	server := startHeld(t, 30_000)
	dropped, wants := d.material(t)

	r := d.start(ctx, t, server.env)
	r.awaitText(ctx, t, "Drop files or folders anywhere in this window")
	r.drop(ctx, t, dropped...)
	r.awaitText(ctx, t, "UPLOADING")
	server.await(ctx, t, 1)
	r.glimpse(t, "before quitting")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "Uploads are under way")
	r.glimpse(t, "quitting")
	r.click(ctx, t, "Stop and resume next time")
	if code, err := r.Wait(ctx); err != nil || code != 0 {
		t.Fatalf("after stopping: exit %d, %v", code, err)
	}

	before := server.hold.Hits()
	r = d.start(ctx, t, server.env)
	r.awaitText(ctx, t, "UPLOADING")
	server.await(ctx, t, before+1)
	r.Kill()
	server.hold.Release()

	r = d.start(ctx, t, server.env)
	r.awaitText(ctx, t, fmt.Sprintf("FINISHED TODAY · %d", len(wants)))
	r.picture(ctx, t, "all done")
	r.quit(ctx, t)

	stored := listing(ctx, t, server.api)
	for _, want := range wants {
		name, sum := filepath.Base(want), sumOf(t, want)
		if got := stored[name]; len(got) != 1 || got[0] != sum {
			t.Errorf("%q is on the service as %q, want once %s", name, got, sum)
		}
	}
	if len(stored) != len(wants) {
		t.Errorf("the service has %d names, dropped were %d", len(stored), len(wants))
	}
}
