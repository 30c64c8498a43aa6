package uploads

import (
	"time"

	"sluice/service"
	"sluice/service/download"
	"sluice/service/upload"
)

// Totals is what the two queues tell of themselves, as one.
type Totals struct {
	// Totals has the sums of both; Sent is what went out and came in. Offline,
	// NeedsKey, Err and Until are told when they hold up everything that is to
	// be done, and Err also when nothing of this computer's list can be written.
	upload.Totals

	Up   upload.Totals
	Down download.Totals
}

// sum adds up the queues.
func sum(up *upload.Totals, down *download.Totals) Totals {
	t := Totals{Totals: *up, Up: *up, Down: *down}
	t.Paused = up.Paused || down.Paused
	t.Active += down.Active
	t.Waiting += down.Waiting
	t.Held += down.Held
	t.Failed += down.Failed
	t.Finished += down.Finished
	t.Files += down.Files
	t.FilesDone += down.FilesDone
	t.Bytes += down.Bytes
	t.Sent += down.Done
	t.Speed += down.Speed
	switch {
	case !down.Busy(): // the uploads tell what is wrong
		if down.Err != nil && down.Err.Value == service.ReasonQueueUnwritable && t.Err == nil {
			t.Err = down.Err
		}
	case !up.Busy():
		t.Left, t.Until = down.Left, down.Until
		t.Offline, t.NeedsKey, t.Err = down.Offline, down.NeedsKey, down.Err
	default:
		t.Left = longer(up.Left, down.Left)
		t.both(up, down)
	}
	return t
}

// both tells what holds up both queues.
func (t *Totals) both(up *upload.Totals, down *download.Totals) {
	t.Offline, t.NeedsKey = up.Offline && down.Offline, up.NeedsKey && down.NeedsKey
	t.Err, t.Until = nil, time.Time{}
	switch {
	case unwritable(up.Err):
		t.Err = up.Err
	case unwritable(down.Err):
		t.Err = down.Err
	case up.Err != nil && down.Err != nil:
		t.Err, t.Until = up.Err, up.Until
	}
}

func unwritable(err *service.Error) bool {
	return err != nil && err.Value == service.ReasonQueueUnwritable
}

// longer is the longer of two times left, negative when one is not known.
func longer(a, b time.Duration) time.Duration {
	if a < 0 || b < 0 {
		return -1
	}
	return max(a, b)
}

// Held says what keeps a queue from going on.
type Held struct{ NeedsKey, Paused, Offline bool }

// allHeld is what of the totals the rows tell.
func (m *Model) allHeld() [2]Held {
	return [2]Held{m.held(Item{}), m.held(Item{Download: &download.Job{}})}
}

// held is what keeps the queue of an item from going on.
func (m *Model) held(it Item) Held {
	if it.Download != nil {
		return Held{m.down.NeedsKey, m.down.Paused, m.down.Offline}
	}
	return Held{m.up.NeedsKey, m.up.Paused, m.up.Offline}
}
