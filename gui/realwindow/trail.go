//go:build realwindow

package realwindow

import (
	"fmt"
	"strings"
	"time"
)

// trailLength is how many steps are told of a test that failed.
const trailLength = 8

// step is something that a test does with a display, or waits for.
type step struct {
	what  string
	began time.Time
	took  time.Duration
}

// step notes what begins here, and gives what is to be called at its end.
func (d *Display) step(format string, args ...any) (over func()) {
	s := &step{what: fmt.Sprintf(format, args...), began: time.Now()}
	d.steps = append(d.steps, s)
	if len(d.steps) > trailLength {
		d.steps = d.steps[1:]
	}
	return func() { s.took = time.Since(s.began) }
}

// Trail tells the last steps, the last one last.
func (d *Display) Trail() string {
	told := make([]string, len(d.steps))
	for i, s := range d.steps {
		told[i] = fmt.Sprintf("%s (%.1f s)", s.what, s.took.Seconds())
	}
	return strings.Join(told, "; ")
}
