package transfer

import (
	"math"
	"time"
)

const (
	// SampleTime is the shortest time between two samples of speeds, and between
	// two reports of byte progress.
	SampleTime = 100 * time.Millisecond
	// memory is how long a speed takes to follow a change, mostly.
	memory = 2 * time.Second
	// stillTime is how long nothing moves until the speed is none.
	stillTime = 3 * time.Second
	// idleTime is a time between two samples in which nothing was under way.
	idleTime = 10 * SampleTime
	// longest is the longest time that is told to be left.
	longest = 1000 * time.Hour
)

// Meter measures the speed of something that moves. The zero value has seen
// nothing and stands at 0.
type Meter struct {
	last  int64
	speed float64
	known bool          // speed is of a sample
	still time.Duration // since something moved
}

// Start begins anew: so many bytes had moved until then. The next sample counts
// in full.
func (m *Meter) Start(moved int64) { *m = Meter{last: moved} }

// Sample takes in that so many bytes have moved since ever, and how much time
// has passed since Start or the last sample. When less has moved than before, it
// begins anew from there.
func (m *Meter) Sample(moved int64, passed time.Duration) {
	if moved < m.last {
		m.Start(moved)
		return
	}
	now := float64(moved-m.last) / passed.Seconds()
	m.last = moved
	if m.still += passed; now > 0 {
		m.still = 0
	}
	switch {
	case !m.known:
		m.speed, m.known = now, true
		return
	case m.still >= stillTime:
		m.speed = 0
		return
	}
	m.speed += (1 - math.Exp(-passed.Seconds()/memory.Seconds())) * (now - m.speed)
}

// Speed is in bytes a second.
func (m *Meter) Speed() float64 { return m.speed }

// TimeLeft is how long so many bytes take, -1 ns when nobody knows.
func TimeLeft(bytes int64, speed float64) time.Duration {
	if speed < 1 {
		return -1
	}
	seconds := min(float64(max(bytes, 0))/speed, longest.Seconds())
	return time.Duration(seconds * float64(time.Second))
}

// Sampler says when it is time for samples, and measures all together.
type Sampler struct {
	Total Meter
	at    time.Time // of the last sample
}

// Due takes a sample of all that has moved, unless the last one was only just
// taken: then it reports false. busy tells whether anything is under way; when
// nothing is, the speed is none. passed is for the samples of single meters.
func (s *Sampler) Due(now time.Time, moved int64, busy bool) (passed time.Duration, due bool) {
	passed = now.Sub(s.at)
	if passed < SampleTime {
		return passed, false
	}
	s.at = now
	if !busy || passed > idleTime && s.Total.Speed() == 0 {
		s.Total.Start(moved)
	} else {
		s.Total.Sample(moved, passed)
	}
	return passed, true
}

// Next is when the next sample is due.
func (s *Sampler) Next(now time.Time) time.Time {
	if next := s.at.Add(SampleTime); next.After(now) {
		return next
	}
	return now.Add(time.Millisecond)
}
