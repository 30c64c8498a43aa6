//go:build torture

package upload_test

import (
	"flag"
	"fmt"
	"testing"

	"sluice/service/sandbox"
)

var (
	seeds = flag.Int("seeds", 3, "campaigns of each dialect")
	files = flag.Int("files", 5000, "files of a fault campaign")
	kills = flag.Int("kills", 1000, "kills of the kill campaign")
)

func TestTortureFaults(t *testing.T) {
	for seed := range *seeds {
		for _, dialect := range []int{sandbox.Dialect2020, sandbox.Dialect2026} {
			t.Run(fmt.Sprintf("%d seed %d", dialect, seed), func(t *testing.T) {
				campaign{
					seed: uint64(seed), dialect: dialect, files: *files, maxSize: 8 * mib,
					rate: []float64{0.05, 0.06, 0.08}[seed%3], clock: 60,
				}.run(t)
			})
		}
	}
}

func TestTortureKills(t *testing.T) { killCampaign(t, *kills) }
