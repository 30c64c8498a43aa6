package library

import (
	"runtime"
	"testing"

	"sluice/service"
)

// inUse is how many bytes the heap takes of the system for what is in use: with
// what is free between objects, which can't be given back.
func inUse() int64 {
	runtime.GC()
	runtime.GC() // what the first has found to be free is free now
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapInuse) //nolint:gosec // less than that
}

// textAndName is how many bytes files take as records and as what is searched.
func textAndName(files []service.File) int64 {
	sum := 0
	for i := range files {
		sum += len(newRecord(&files[i])) + len(appendPlain(nil, files[i].Name)) + 1
	}
	return int64(sum)
}

// What a file takes beside its record and its name: in columns, index and order,
// and in what is free between the records. It is the same after a start, after the
// first listing, and after others that have replaced most of the files many times.
func TestFilesTakeLittleMemory(t *testing.T) {
	const n, least, most = 20_000, 40, 110 // bytes a file
	files := makeFiles(n)
	text := textAndName(files)
	dir := t.TempDir()
	store := newStore(t, dir)
	before := inUse()
	beside := func(when string, c *Catalogue) {
		t.Helper()
		got := (inUse() - before - text) / n
		t.Logf("%s: %d bytes a file beside %d", when, got, text/n)
		if got < least || got > most {
			t.Errorf("%s: %d bytes a file beside its record and its name, want %d to %d", when, got, least, most)
		}
		runtime.KeepAlive(c)
	}

	from := &fakeService{files: files}
	c := New(Config{Store: store})
	c.Use("here", from)
	until(t, c, idle)
	beside("after the first listing", c)
	for round := range 12 {
		for i := range files {
			if i*2654435761>>16%3 != round%3 {
				files[i].Views = files[i].Views%1000 + 1
			}
		}
		from.set(files, nil)
		refresh(t, c)
	}
	beside("after others", c)
	c.Close()

	c = New(Config{Store: store})
	c.Use("here", nil)
	until(t, c, idle)
	beside("after a start", c)
	c.Close()
	runtime.KeepAlive(files)
}
