package watch

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// linksOf waits until so many links were told, and gives them as they came.
func (r *rig) linksOf(n int) [][]Linked {
	r.t.Helper()
	r.until(fmt.Sprint(n, " links"), func() bool {
		got := 0
		for _, l := range r.links {
			got += len(l)
		}
		return got >= n
	})
	return r.links
}

func TestTheLinksOfABurstAreToldTogether(t *testing.T) {
	r := newRig(t)
	id := r.watch(DefaultOptions())
	const n = 100
	when := time.Now().Add(-time.Hour)
	for i := range n {
		name := fmt.Sprintf("f%02d.txt", n-1-i)
		r.write(name, name)
		at := when.Add(time.Duration(i%7) * time.Minute)
		r.ok(os.Chtimes(r.path(name), at, at))
	}
	got := r.linksOf(n)
	if len(got) != 1 {
		t.Fatalf("%d links were told in %d parts", n, len(got))
	}
	for i, l := range got[0] {
		if l.Link == "" || !l.Copy || !l.Notify || l.ID == 0 || l.Folder != id || l.File != r.path(l.Path) {
			t.Errorf("%+v", l)
		}
		if i == 0 {
			continue
		}
		before := got[0][i-1]
		if before.changed > l.changed || before.changed == l.changed && before.File > l.File {
			t.Errorf("%s comes after %s", l.File, before.File)
		}
	}
	r.write("one.txt", "one")
	if got = r.linksOf(n + 1); len(got) != 2 || got[1][0].Path != "one.txt" {
		t.Errorf("told %+v", got)
	}
}

// A link does not wait for a file that another program still writes, for a
// large one, nor for ever.
func TestALinkDoesNotWaitForOthersForLong(t *testing.T) {
	clock := newHandClock()
	r := newRig(t, byHand(clock))
	hold := make(chan struct{})
	id := r.watch(DefaultOptions())
	f, err := os.Create(r.path("long.txt"))
	r.ok(err)
	_, err = f.WriteString("begin")
	r.ok(err)
	r.until("the writer", func() bool { return r.cards[id].Pending == 1 })
	r.movein("a.png", picture(t, 20))
	r.linksOf(1)
	clock.advance(together)
	r.server.mu.Lock()
	r.server.stuck = func(path string) <-chan struct{} {
		if filepath.Base(path) == "stuck.png" {
			return hold
		}
		return nil
	}
	r.server.mu.Unlock()
	r.movein("stuck.png", picture(t, 30))
	r.until("the queue", func() bool { return r.cards[id].Queued == 1 })
	r.movein("b.png", picture(t, 40))
	r.entry("b.png", Uploaded, "")
	if len(r.links) != 1 {
		t.Errorf("told at once: %+v", r.links)
	}
	clock.advance(10 * time.Second)
	if got := r.linksOf(2); got[1][0].Path != "b.png" {
		t.Errorf("told %+v", got)
	}
	close(hold)
	r.ok(f.Close())
	if got := r.linksOf(3); got[2][0].Path != "stuck.png" {
		t.Errorf("told %+v", got)
	}
}

// What came while nobody watched, and what took long, does not take the
// clipboard.
func TestLateLinksAreNotCopied(t *testing.T) {
	clock := newHandClock()
	r := newRig(t, byHand(clock))
	opts := DefaultOptions()
	opts.Notify = false
	id := r.watch(opts)
	r.close()
	r.movein("a.png", picture(t, 20))
	r.open()
	if got := r.linksOf(1); got[0][0].Copy || got[0][0].Notify {
		t.Errorf("told %+v", got)
	}
	hold := make(chan struct{})
	r.server.mu.Lock()
	r.server.hold = hold
	r.server.mu.Unlock()
	r.movein("b.png", picture(t, 30))
	r.until("the queue", func() bool { return r.cards[id].Queued == 1 })
	clock.advance(copyFor)
	close(hold)
	if got := r.linksOf(2); got[1][0].Copy {
		t.Errorf("told %+v", got)
	}
	r.movein("c.png", picture(t, 40))
	if got := r.linksOf(3); !got[2][0].Copy {
		t.Errorf("told %+v", got)
	}
}
