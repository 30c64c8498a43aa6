// Package spare keeps the memory of a program that runs all day near what it
// uses. Go's collector lets the heap grow to twice of what is in use before it
// looks, and gives pages back slowly. Where tens of megabytes are in use most of
// the time, by a list of files and its pictures, that is as much again for
// nothing: so it looks sooner here, and what is spare is given back as soon as the
// program comes to rest.
//
// What a window has drawn is kept beyond Go's heap, for a while and until it is
// drawn again: tens of megabytes after scrolling through many files. So it is
// told to forget that, and the C library gives its pages back.
package spare

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	lookEvery = 4 * time.Second
	percent   = 30      // garbage beside what is in use before it is collected
	quiet     = 4 << 20 // bytes allocated between two looks at rest: Fyne tidies up now and then
	worth     = 6 << 20 // bytes: less is left where it is
)

// Run does so until ctx ends, and calls forget, which may wait for the window, when
// something is given back; nil: there is no window. The start of the program is
// left alone, whose heap would be collected at every megabyte. Where the user has
// set GOGC, that stays.
func Run(ctx context.Context, forget func()) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	select {
	case <-ctx.Done():
		return
	case <-ticker.C:
	}
	if os.Getenv("GOGC") == "" {
		before := debug.SetGCPercent(percent)
		defer debug.SetGCPercent(before)
	}
	k := keeper{read: read, forget: forget, free: debug.FreeOSMemory, trim: trim}
	for {
		k.look()
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// state is what the runtime says of its memory, in bytes.
type state struct {
	allocated uint64 // ever
	held      uint64 // of the system's, for the heap
	live      uint64 // what was in use at the last collection
}

func read() state {
	samples := []metrics.Sample{
		{Name: "/gc/heap/allocs:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/gc/heap/live:bytes"},
	}
	metrics.Read(samples)
	value := func(i int) uint64 { return samples[i].Value.Uint64() }
	return state{allocated: value(0), held: value(1) + value(2) + value(3), live: value(4)}
}

// keeper decides when to give memory back.
type keeper struct {
	read   func() state
	forget func() // nil: nothing is drawn
	free   func()
	trim   func()

	last  uint64 // allocated at the last look
	given bool   // in this rest
}

// look gives back what is spare once per rest: a collection takes some
// hundredths of a second of a processor.
func (k *keeper) look() {
	now := k.read()
	resting := now.allocated-k.last < quiet
	k.last = now.allocated
	if !resting {
		k.given = false
		return
	}
	if k.given || now.held < now.live+worth {
		return
	}
	k.given = true
	if k.forget != nil {
		k.forget()
	}
	k.free()
	k.trim()
	k.last = k.read().allocated
}
