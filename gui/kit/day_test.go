package kit

import (
	"testing"
	"time"
)

func TestDay(t *testing.T) {
	f := testFormat(t, "en")
	zone := time.FixedZone("CET", 3600)
	for _, test := range []struct {
		at   time.Time
		want string
	}{
		{time.Date(2026, 11, 23, 0, 0, 0, 0, zone), "Today"},
		{time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC), "Today"}, // here it is after midnight
		{time.Date(2026, 11, 22, 9, 0, 0, 0, zone), "Yesterday"},
		{time.Date(2026, 11, 20, 9, 0, 0, 0, zone), "Friday 20 November 2026"},
		{time.Date(2025, 5, 1, 9, 0, 0, 0, zone), "Thursday 1 May 2025"},
	} {
		if got := f.Day(test.at); got != test.want {
			t.Errorf("%v is written %q, want %q", test.at, got, test.want)
		}
	}
	for m := time.January; m <= time.December; m++ {
		if got := wholeMonth(m); got != m.String() {
			t.Errorf("%v is written %q", m, got)
		}
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if got := weekday(d); got != d.String() {
			t.Errorf("%v is written %q", d, got)
		}
	}
}

func TestClock(t *testing.T) {
	f := testFormat(t, "en")
	if got := f.Clock(time.Date(2020, 1, 2, 8, 5, 0, 0, time.UTC)); got != "09:05" {
		t.Errorf("got %q", got)
	}
	if got := f.Clock(time.Time{}); got != "" {
		t.Errorf("no time is written %q", got)
	}
}
