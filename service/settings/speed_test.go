package settings_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"sluice/service"
	"sluice/service/settings"
)

func TestParseSpeed(t *testing.T) {
	for text, want := range map[string]int64{
		"1.5 MB/s": 1_500_000, "1,5MB/s": 1_500_000, " 800 KB/s ": 800_000, "800 kB/s": 800_000, "12 Mbit/s": 1_500_000,
		"100 Mbps": 12_500_000, "100 MBps": 100_000_000, "2 MiB/s": 2 << 20, "1 mb/s": 1_000_000, "3 MB": 3_000_000,
		"1 Gbit/s": 125_000_000, "64 KiB/s": 64 << 10, "10 KB / s": 10_000, "5\u00a0MB/s": 5_000_000, ".5 MB/s": 500_000,
		"800 kbit": 100_000, "1 Kibit/s": 0, "10 GB/s": settings.MaxSpeedLimit,
	} {
		got, err := settings.ParseSpeed(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q is read as %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "fast", "5", "5 m/s", "MB/s", "-1 MB/s", "0 MB/s", "1..5 MB/s", "1,000,000 KB/s", "1 B/s", "9 KB/s", "11 GB/s", "1e99 MB/s", "1 TB/s", "5 MB/h",
	} {
		n, err := settings.ParseSpeed(text)
		if e, ok := errors.AsType[*service.Error](err); !ok || e.Kind != service.Invalid || n != 0 {
			t.Errorf("%q is read as %d, %v", text, n, err)
		}
	}
}

func TestSpeedIsWrittenAsItIsRead(t *testing.T) {
	if got := settings.WriteSpeed(1_500_000); got != "1.5 MB/s" {
		t.Errorf("written as %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(settings.MinSpeedLimit, settings.MaxSpeedLimit).Draw(t, "speed")
		if got, err := settings.ParseSpeed(settings.WriteSpeed(n)); got != n || err != nil {
			t.Fatalf("%d is written %q, read as %d, %v", n, settings.WriteSpeed(n), got, err)
		}
	})
}
