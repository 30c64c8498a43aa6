package ahead

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestReleaseEndsEverything(t *testing.T) {
	t.Setenv("DISPLAY", ":no-such-display")
	d := Load()
	for range 2 {
		d.Release()
	}
	var none *Driver
	none.Release()
}
