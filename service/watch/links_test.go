package watch

import (
	"errors"
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
	clock := newHandClock()
	r := newRig(t, byHand(clock))
	id := r.watch(DefaultOptions())
	const n = 100
	when := time.Now().Add(-time.Hour)
	for i := range n {
		outside := filepath.Join(r.home, "shot")
		r.ok(os.WriteFile(outside, []byte(picture(t, 10+i)), 0o600))
		at := when.Add(time.Duration(i%7) * time.Minute)
		r.ok(errors.Join(os.Chtimes(outside, at, at), os.Rename(outside, r.path(fmt.Sprintf("f%02d.png", n-1-i)))))
	}
	r.until("all uploads", func() bool { return r.cards[id].Uploaded == n && r.cards[id].Pending == 0 })
	clock.advance(together)
	r.until("all links", func() bool { return len(r.links) > 0 && len(r.links[len(r.links)-1]) == n })
	if len(r.links) > 2 {
		t.Errorf("%d links were told in %d parts", n, len(r.links))
	}
	got := r.links[len(r.links)-1]
	for i, l := range got {
		if l.Link == "" || !l.Copy || !l.Notify || l.ID == 0 || l.Folder != id || l.File != r.path(l.Path) {
			t.Errorf("%+v", l)
		}
		if i == 0 {
			continue
		}
		before := got[i-1]
		if before.changed > l.changed || before.changed == l.changed && before.File > l.File {
			t.Errorf("%s comes after %s", l.File, before.File)
		}
	}
	told := len(r.links)
	r.movein("one.png", picture(t, 500))
	r.until("one more", func() bool { return len(r.links) > told })
	if last := r.links[told]; len(last) != 1 || last[0].Path != "one.png" {
		t.Errorf("told %+v", last)
	}
}

// Files that keep coming are told of now and then.
func TestABurstWithoutEnd(t *testing.T) {
	clock := newHandClock()
	r := newRig(t, byHand(clock))
	id := r.watch(DefaultOptions())
	began := clock.Now()
	for i := 0; clock.Now().Sub(began) < longestBurst+longPatience; i++ {
		r.movein(fmt.Sprintf("%d.png", i), picture(t, 10+i))
		r.until("the upload", func() bool { return r.cards[id].Uploaded == i+1 && r.cards[id].Pending == 0 })
		clock.advance(together * 9 / 10)
	}
	if n := len(r.links); n < 5 || n > 9 {
		t.Errorf("told %d times", n)
	}
	first, last := r.links[0], r.links[len(r.links)-1]
	if len(first) != 1 || last[0].Path == first[0].Path {
		t.Errorf("the burst does not end: %d links, from %s", len(last), last[0].Path)
	}
}

// A link does not wait for a file that another program still writes, for a
// large one, nor for ever.
func TestALinkDoesNotWaitForOthersForLong(t *testing.T) {
	clock := newHandClock()
	r := newRig(t, byHand(clock))
	hold := make(chan struct{})
	id := r.watch(DefaultOptions())
	f, err := os.Create(filepath.Join(r.home, "long.txt"))
	r.ok(err)
	defer func() { r.ok(f.Close()) }()
	_, err = f.WriteString("begin")
	r.ok(errors.Join(err, os.Rename(f.Name(), r.path("long.txt"))))
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
	if got := r.linksOf(4); len(got) != 3 || got[2][0].Path != "stuck.png" || got[2][1].Path != "b.png" {
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
	clock.advance(together)
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
