package thumbnail_test

import (
	"testing"

	"sluice/service/sandbox"
	"sluice/service/thumbnail"
	"sluice/storage/thumbs"
)

// benchScreen measures the time until a screen of 60 thumbnails is there, from
// a service that answers after 40 ms or from the disk.
func benchScreen(b *testing.B, side int, disk *thumbs.Store) {
	b.Helper()
	const visible = 60
	s, wanted := gallery(b, 150, sandbox.Dialect2026, latency)
	wanted = pictured(wanted)[:visible]
	client := newClient(b, s)
	load := func() {
		w := start(b, thumbnail.Config{Disk: disk})
		w.Use(client)
		w.Want(side, wanted)
		w.awaitAll(b, side, wanted)
		b.StopTimer()
		if n := w.states(side, wanted)[thumbnail.Ready]; n != visible {
			b.Fatalf("%d of %d thumbnails", n, visible)
		}
		w.Close()
		if disk != nil {
			if err := disk.Flush(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
	}
	b.StopTimer()
	load() // connections, and the disk
	before := s.Stats().Begun
	for b.Loop() {
		load()
	}
	b.ReportMetric(float64(s.Stats().Begun-before)/float64(b.N), "requests/op")
}

func BenchmarkScreenCold108(b *testing.B) { benchScreen(b, 108, nil) }
func BenchmarkScreenCold216(b *testing.B) { benchScreen(b, 216, nil) }
func BenchmarkScreenDisk108(b *testing.B) { benchScreen(b, 108, newDisk(b)) }
func BenchmarkScreenDisk216(b *testing.B) { benchScreen(b, 216, newDisk(b)) }

// BenchmarkWant is what a step of scrolling costs the caller: everything is in
// memory and a row of new files comes with each step.
func BenchmarkWant(b *testing.B) {
	w := start(b, thumbnail.Config{})
	wanted := photos(100_000)
	w.Use(slow(b))
	const visible, row = 240, 8
	for i := 0; b.Loop(); i++ {
		at := i * row % (len(wanted) - visible)
		w.Want(108, wanted[at:at+visible])
	}
}
