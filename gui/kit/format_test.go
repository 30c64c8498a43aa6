package kit

import (
	"path/filepath"
	"testing"
	"time"
)

func testFormat(t *testing.T, locale string) *Format {
	t.Helper()
	now := time.Date(2026, time.November, 23, 9, 41, 12, 0, time.FixedZone("CET", 3600))
	return NewFormat(locale, func() time.Time { return now }, filepath.FromSlash("/home/me"))
}

func TestBrief(t *testing.T) {
	f := testFormat(t, "en")
	for n, want := range map[int64]string{
		0: "0", 999: "999", 1000: "1k", 4649: "4.6k", 9949: "9.9k", 9950: "10k", 17_058: "17k", 999_499: "999k", 999_500: "1M",
		1_250_000: "1.2M", 3_000_000_000: "3bn", 1 << 53: "9,007,199bn",
	} {
		if got := f.Brief(n); got != want {
			t.Errorf("%d is written %q, want %q", n, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	f := testFormat(t, "en")
	for bytes, want := range map[int64]string{
		0: "0 B", 1: "1 B", 999: "999 B", 1000: "1.0 KB", 9949: "9.9 KB", 9950: "10 KB", 412_000: "412 KB",
		999_499: "999 KB", 999_500: "1.0 MB", 1_100_000: "1.1 MB", 4_000_000: "4.0 MB", 14_200_000: "14.2 MB",
		96_000_000: "96 MB", 99_960_000: "100 MB", 1_400_000_000: "1.4 GB", 61_200_000_000: "61.2 GB",
		1_234_000_000_000: "1.2 TB", 5_000_000_000_000_000: "5.0 PB", 1 << 62: "4.6 EB",
	} {
		if got := f.Size(bytes); got != want {
			t.Errorf("%d bytes are written %q, want %q", bytes, got, want)
		}
	}
}

func TestNumbersByLocale(t *testing.T) {
	for locale, want := range map[string][2]string{
		"en": {"1,284", "1.4 GB"}, "de": {"1.284", "1,4 GB"}, "de-CH": {"1’284", "1.4 GB"}, "nonsense!": {"1,284", "1.4 GB"},
	} {
		f := testFormat(t, locale)
		if got := [2]string{f.Number(1284), f.Size(1_400_000_000)}; got != want {
			t.Errorf("in %s: %q, want %q", locale, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	f := testFormat(t, "en")
	for part, want := range map[float64]string{
		0: "0%", 0.58: "58%", 0.29: "29%", 0.999: "99%", 1: "100%", 1.5: "100%", -1: "0%",
	} {
		if got := f.Percent(part); got != want {
			t.Errorf("%v is written %q, want %q", part, got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	f := testFormat(t, "en")
	for d, want := range map[time.Duration][2]string{
		-time.Second:                  {"0 s", "0 s"},
		400 * time.Millisecond:        {"0 s", "0 s"},
		45 * time.Second:              {"45 s", "45 s"},
		72 * time.Second:              {"1 min 12 s", "1 min"},
		2 * time.Minute:               {"2 min", "2 min"},
		12*time.Minute + time.Second:  {"12 min", "12 min"},
		3*time.Hour + 5*time.Minute:   {"3 h 5 min", "3 h"},
		3 * time.Hour:                 {"3 h", "3 h"},
		30 * time.Hour:                {"30 h", "30 h"},
		49 * time.Hour:                {"2 days", "2 days"},
		59*time.Second + 700*1000_000: {"1 min", "1 min"},
	} {
		if got := [2]string{f.Duration(d), f.Roughly(d)}; got != want {
			t.Errorf("%v is written %q, want %q", d, got, want)
		}
	}
}

func TestSpeed(t *testing.T) {
	if got := testFormat(t, "en").Speed(8.9e6); got != "8.9 MB/s" {
		t.Errorf("got %q", got)
	}
}

func TestLimit(t *testing.T) {
	f := testFormat(t, "en")
	for limit, want := range map[int64]string{
		1_000_000: "1 MB/s", 256_000: "256 KB/s", 1_500_000: "1.5 MB/s", 1_250_000: "1.25 MB/s", 50_000_000: "50 MB/s", 1_234_567: "1.23 MB/s",
	} {
		if got := f.Limit(limit); got != want {
			t.Errorf("%d is written %q, want %q", limit, got, want)
		}
	}
}

func TestTime(t *testing.T) {
	f := testFormat(t, "en")
	zone := time.FixedZone("CET", 3600)
	for _, test := range []struct {
		at   time.Time
		want string
	}{
		{time.Time{}, ""},
		{time.Date(2026, 11, 23, 9, 40, 0, 0, zone), "09:40"},
		{time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC), "00:30"}, // today here
		{time.Date(2026, 11, 22, 9, 40, 0, 0, zone), "22 Nov"},
		{time.Date(2025, 1, 2, 9, 40, 0, 0, zone), "2 Jan 2025"},
	} {
		if got := f.Time(test.at); got != test.want {
			t.Errorf("%v is written %q, want %q", test.at, got, test.want)
		}
	}
	for m := time.January; m <= time.December; m++ {
		if got := month(m); got != m.String()[:3] {
			t.Errorf("%v is written %q", m, got)
		}
	}
}

func TestFolder(t *testing.T) {
	f := testFormat(t, "en")
	for path, want := range map[string]string{
		"/home/me": "~", "/home/me/Videos": "~/Videos", "/home/meow/x": "/home/meow/x", "/srv/x": "/srv/x", "/home/me/a\nb": "~/a␣b",
	} {
		if got := f.Folder(filepath.FromSlash(path)); got != filepath.FromSlash(want) {
			t.Errorf("%q is written %q, want %q", path, got, want)
		}
	}
	if got := NewFormat("en", time.Now, "").Folder("/home/me/x"); got != "/home/me/x" {
		t.Errorf("without a home: %q", got)
	}
}
