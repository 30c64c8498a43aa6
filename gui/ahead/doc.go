// Package ahead does some of what making a window takes before it is asked for,
// on another thread: see docs/decisions/0017-the-first-frame-has-the-files.md.
package ahead

import "sync"

// Driver is the OpenGL driver of the display, loaded ahead of the window.
type Driver struct {
	once sync.Once
	done chan struct{} // closed by Release
	work sync.WaitGroup
}

// Load begins to load the driver of the display that the environment names,
// which takes a quarter of the time that a window takes: while the program does
// other things the driver's libraries are found, linked and set up. It must be
// called before anything else connects with the display. Where there is no X
// display it does nothing. Release ends it.
func Load() *Driver {
	d := &Driver{done: make(chan struct{})}
	if begin() {
		d.work.Go(func() {
			release := load()
			<-d.done
			release()
		})
	}
	return d
}

// Release gives free what only the loading needed, once a window has been made:
// until then it keeps the driver from being unloaded. It waits for the loading,
// and may be called again, from any goroutine. Nil has nothing to release.
func (d *Driver) Release() {
	if d == nil {
		return
	}
	d.once.Do(func() { close(d.done) })
	d.work.Wait()
}
