package files

import (
	"testing"
	"time"

	"sluice/service"
)

type clock struct{ t time.Time }

func newClock() *clock { return &clock{t: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time       { return c.t }
func (c *clock) pass(d time.Duration) { c.t = c.t.Add(d) }
func named(names ...string) *shelfList {
	files := make([]service.File, len(names))
	for i, n := range names {
		files[i] = service.File{ID: service.FileID(n), Name: n}
	}
	return listOf(files...)
}

func TestFindByTyping(t *testing.T) {
	l := named("Apple.png", "banana.png", "Äpfel.jpg", "bat.txt", "bA\u0301r.gif", "zebra", "ßtrange", "日本.png", "b b.txt")
	c := newClock()
	f := NewFinder(c.now)
	at := -1
	for _, step := range []struct {
		wait  time.Duration
		typed string
		want  int
	}{
		{0, "a", 0},
		{2 * time.Second, "a", 2},        // the next one, whatever accent it has
		{500 * time.Millisecond, "a", 0}, // and again, around the end
		{2 * time.Second, "ap", 2},       // from the first a behind on
		{2 * time.Second, "b", 3},
		{900 * time.Millisecond, "a", 3},
		{900 * time.Millisecond, "r", 4}, // each letter begins the second anew
		{time.Second, "B", 8},            // a second later it is another word
		{2 * time.Second, "b b", 8},      // a space is a letter
		{2 * time.Second, "日", 7},
		{2 * time.Second, "ä", 0},
		{2 * time.Second, "xyz", -1},
		{500 * time.Millisecond, "z", -1}, // still xyzz
		{2 * time.Second, "Z", 5},
		{2 * time.Second, "\u0301", -1},
	} {
		c.pass(step.wait)
		got := -1
		for _, r := range step.typed {
			got = f.Type(r, l, at)
			if got >= 0 {
				at = got
			}
		}
		if got != step.want {
			t.Fatalf("typing %q finds %d, want %d", step.typed, got, step.want)
		}
	}
	if f.Typing() {
		t.Errorf("an accent alone is the begin of a word")
	}
	if got := f.Type('a', listOf(), -1); got != -1 {
		t.Errorf("in an empty list it finds %d", got)
	}
	if got := f.Type('a', named("", "a"), 5); got != 1 {
		t.Errorf("beyond the end it finds %d", got)
	}
}

func BenchmarkFindAmong100000(b *testing.B) {
	l := manyFiles()
	c := newClock()
	f := NewFinder(c.now)
	for b.Loop() {
		c.pass(2 * time.Second)
		f.Type('i', l, 0)
		f.Type('x', l, 0) // nowhere: looks at all
	}
}
