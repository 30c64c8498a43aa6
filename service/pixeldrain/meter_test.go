package pixeldrain

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"sluice/service"
)

const (
	testStall  = time.Minute
	testAnswer = 30 * time.Minute
)

// runMeter starts a meter, lets play act on it and gives when it ended the
// upload, 0 = never within a day.
func runMeter(t *testing.T, play func(m *meter)) time.Duration {
	t.Helper()
	var ended time.Duration
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		over := make(chan struct{})
		m := newMeter(testStall, testAnswer, func(err error) {
			e, ok := errors.AsType[*service.Error](err)
			if !ok || e.Value != service.ReasonStalled || e.Kind != service.Offline {
				t.Errorf("ended by %v", err)
			}
			ended = time.Since(started)
			close(over)
		})
		defer m.stop()
		play(m)
		select {
		case <-over:
		case <-time.After(24 * time.Hour):
		}
	})
	return ended
}

func wait(d time.Duration) { <-time.After(d) }

func TestMeter(t *testing.T) {
	for name, c := range map[string]struct {
		play func(m *meter)
		want time.Duration
	}{
		"nothing moves": {func(*meter) {}, testStall},
		"then nothing moves": {func(m *meter) {
			for range 100 {
				wait(50 * time.Second)
				m.move(16 << 10)
			}
		}, 5000*time.Second + testStall},
		"moving nothing is no move": {func(m *meter) {
			wait(30 * time.Second)
			m.move(0)
			m.move(-1)
		}, testStall},
		"a trickle": {func(m *meter) {
			for range 1000 {
				wait(10 * time.Second)
				m.move(100)
			}
		}, 5 * time.Minute},
		"slow but honest": {func(m *meter) {
			for range 1000 {
				wait(20 * time.Second)
				m.move(8 << 10)
			}
			m.stop()
		}, 0},
		"a limit is no stall": {func(m *meter) {
			m.reading(true)
			wait(10 * time.Hour)
			m.reading(false)
			m.move(1)
			m.stop()
		}, 0},
		"after a limit": {func(m *meter) {
			m.reading(true)
			wait(time.Hour)
			m.reading(false)
		}, time.Hour + testStall},
		"limited to a trickle": {func(m *meter) {
			for range 1000 {
				m.reading(true)
				wait(10 * time.Second)
				m.reading(false)
				m.move(100)
			}
			m.stop()
		}, 0},
		"waiting for the answer": {func(m *meter) {
			m.move(1)
			m.lastByte()
		}, testAnswer},
		"the answer starts and stalls": {func(m *meter) {
			m.lastByte()
			wait(29 * time.Minute)
			m.answered()
		}, 30 * time.Minute},
		"the answer is there before the last byte is noticed": {func(m *meter) {
			m.answered()
			m.lastByte()
		}, testStall},
		"stopped": {func(m *meter) { m.stop() }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := runMeter(t, c.play)
			if c.want == 0 && got != 0 || c.want > 0 && (got < c.want || got > c.want+testStall) {
				t.Errorf("ended after %v, want %v", got, c.want)
			}
		})
	}
}

func TestNoMeter(*testing.T) {
	var m *meter
	m.move(1)
	m.reading(true)
}
