package spare

import (
	"math"
	"runtime/debug"
	"testing"
)

// collector is how the collector is set.
func collector() (percent int, limit int64) {
	percent = debug.SetGCPercent(100)
	debug.SetGCPercent(percent)
	return percent, debug.SetMemoryLimit(-1)
}

func TestNothingIsCollectedUntilTheStartIsOver(t *testing.T) {
	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "")
	before, none := collector()
	if before <= 0 || none != math.MaxInt64 {
		t.Fatalf("%d %% and %d bytes before", before, none)
	}
	release := Hold()
	if percent, limit := collector(); percent != -1 || limit != heldMost {
		t.Errorf("%d %% and %d bytes while it is held", percent, limit)
	}
	for range 2 {
		release()
		if percent, limit := collector(); percent != before || limit != none {
			t.Errorf("%d %% and %d bytes after it", percent, limit)
		}
	}
}

func TestWhatTheUserHasSetStays(t *testing.T) {
	t.Setenv("GOGC", "70")
	before, none := collector()
	release := Hold()
	if percent, limit := collector(); percent != before || limit != none {
		t.Errorf("%d %% and %d bytes", percent, limit)
	}
	release()

	t.Setenv("GOGC", "")
	t.Setenv("GOMEMLIMIT", "1GiB")
	debug.SetMemoryLimit(1 << 30)
	defer debug.SetMemoryLimit(none)
	release = Hold()
	if percent, limit := collector(); percent != -1 || limit != 1<<30 {
		t.Errorf("%d %% and %d bytes with a limit of the user's", percent, limit)
	}
	release()
	if percent, limit := collector(); percent != before || limit != 1<<30 {
		t.Errorf("%d %% and %d bytes after it", percent, limit)
	}
}
