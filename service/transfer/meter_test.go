package transfer

import (
	"math"
	"testing"
	"time"
)

func TestMeter(t *testing.T) {
	var m Meter
	m.Start(5000)
	if m.Sample(6000, time.Second/2); m.Speed() != 2000 {
		t.Errorf("the first sample gives %v", m.Speed())
	}
	total := int64(6000)
	for range 20 { // two seconds at 10,000
		total += 1000
		m.Sample(total, SampleTime)
	}
	if s := m.Speed(); s < 6500 || s > 7500 {
		t.Errorf("after two seconds %v", s)
	}
	for range 200 {
		total += 1000
		m.Sample(total, SampleTime)
	}
	if math.Abs(m.Speed()-10_000) > 10 {
		t.Errorf("at last %v", m.Speed())
	}
	for range 29 {
		m.Sample(total, SampleTime)
	}
	if s := m.Speed(); s < 2000 || s > 3000 {
		t.Errorf("nothing moves for 2.9 seconds: %v", s)
	}
	if m.Sample(total, SampleTime); m.Speed() != 0 {
		t.Errorf("nothing moves for 3 seconds: %v", m.Speed())
	}
	total += 10_000
	if m.Sample(total, SampleTime); m.Speed() < 4000 || m.Speed() > 6000 {
		t.Errorf("a burst gives %v", m.Speed())
	}
	if m.Sample(10, SampleTime); m.Speed() != 0 {
		t.Errorf("started over: %v", m.Speed())
	}
	if m.Sample(110, SampleTime); m.Speed() != 1000 {
		t.Errorf("and then: %v", m.Speed())
	}
}

func TestTimeLeft(t *testing.T) {
	for _, c := range []struct {
		bytes int64
		speed float64
		want  time.Duration
	}{{100, 50, 2 * time.Second}, {100, 0, -1}, {100, 0.9, -1}, {-5, 10, 0}, {math.MaxInt64, 1, longest}} {
		if got := TimeLeft(c.bytes, c.speed); got != c.want {
			t.Errorf("%d bytes at %v: %v, want %v", c.bytes, c.speed, got, c.want)
		}
	}
}

func TestSampler(t *testing.T) {
	var s Sampler
	now := time.Now()
	sample := func(after time.Duration, moved int64, busy, due bool, speed float64) {
		t.Helper()
		now = now.Add(after)
		passed, was := s.Due(now, moved, busy)
		if was != due || was && s.Total.Speed() != speed {
			t.Errorf("due %v, speed %v", was, s.Total.Speed())
		}
		if next := s.Next(now); !next.After(now) || next.After(now.Add(SampleTime)) || passed <= 0 {
			t.Errorf("next in %v, %v passed", next.Sub(now), passed)
		}
	}
	sample(0, 0, false, true, 0)
	sample(time.Hour, 700, true, true, 0) // begins now
	sample(SampleTime/2, 750, true, false, 0)
	sample(SampleTime/2, 800, true, true, 1000)
	sample(SampleTime, 900, true, true, 1000)
	sample(SampleTime, 900, false, true, 0)
	sample(SampleTime, 950, true, true, 500)
	sample(time.Minute, 950+30_000, true, true, 500) // late, not idle
}
