package pixeldrain

import (
	"errors"
	"sync"
	"time"

	"sluice/service"
)

// leastProgress is what has to move in slowPeriods stall times; less is a
// connection that only seems alive.
const (
	leastProgress = 64 << 10
	slowPeriods   = 5
)

// meter ends an upload on which nothing moves. Time that the source or a speed
// limit takes does not count. Its methods may be called from any goroutine and
// on nil.
type meter struct {
	stall  time.Duration
	answer time.Duration
	fail   func(error) // called once at most, from a goroutine of its own

	mu      sync.Mutex
	timer   *time.Timer
	last    time.Time // when something moved
	outside bool      // the source is being read: not the network's time
	sent    bool
	over    bool // the answer has begun
	moved   int64
	mark    int64         // moved at the start of the current slow period
	busy    time.Duration // the network's time in the current slow period
	since   time.Time     // start of the network's time that busy has not got yet
}

func newMeter(stall, answer time.Duration, fail func(error)) *meter {
	m := &meter{stall: stall, answer: answer, fail: fail}
	m.mu.Lock() // check needs the timer, which is set below
	defer m.mu.Unlock()
	m.last = time.Now()
	m.since = m.last
	m.timer = time.AfterFunc(stall, m.check)
	return m
}

// move says that n bytes went over the network in either direction.
func (m *meter) move(n int) {
	if m == nil || n <= 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.moved += int64(n)
	m.last = time.Now()
}

// reading says whether the source is being read now.
func (m *meter) reading(now bool) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.outside == now {
		return
	}
	m.outside = now
	t := time.Now()
	if now {
		m.busy += t.Sub(m.since)
	} else {
		m.since = t
		m.last = t
	}
}

// lastByte says that everything is sent: from now on only the answer is due.
func (m *meter) lastByte() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.over {
		return
	}
	m.sent = true
	m.last = time.Now()
	m.timer.Reset(m.answer)
}

// answered says that the answer has begun: the rest of it must not stall.
func (m *meter) answered() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent, m.over = false, true
	m.outside = false
	m.last = time.Now()
	m.since, m.busy = m.last, 0
	m.timer.Reset(m.stall)
}

func (m *meter) stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.timer.Stop()
	m.fail = func(error) {}
}

func (m *meter) check() {
	m.mu.Lock()
	next, err := m.judge(time.Now())
	fail := m.fail
	if err == nil {
		m.timer.Reset(next)
	}
	m.mu.Unlock()
	if err != nil {
		fail(err)
	}
}

// judge gives the time of the next check, or why the upload has to end.
func (m *meter) judge(now time.Time) (time.Duration, error) {
	limit := m.stall
	if m.sent {
		limit = m.answer
	}
	if m.outside {
		return limit, nil
	}
	quiet := now.Sub(m.last)
	if quiet >= limit {
		return 0, stalled("nothing moved for " + quiet.Round(time.Millisecond).String())
	}
	if m.sent {
		return limit - quiet, nil
	}
	if m.busy+now.Sub(m.since) >= slowPeriods*m.stall {
		if m.moved-m.mark < leastProgress {
			return 0, stalled("hardly anything moved")
		}
		m.busy, m.since, m.mark = 0, now, m.moved
	}
	return limit - quiet, nil
}

func stalled(why string) error {
	return &service.Error{Kind: service.Offline, Value: service.ReasonStalled, Err: errors.New(why)}
}
