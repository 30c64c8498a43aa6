//go:build torture && linux

package upload_test

import (
	"flag"
	"fmt"
	"testing"

	"sluice/service/sandbox"
)

var (
	seeds   = flag.Int("seeds", 3, "campaigns of each dialect")
	files   = flag.Int("files", 5000, "files of a fault campaign")
	damages = flag.Int("damages", 500, "rounds of the damage campaign")
	kills   = flag.Int("kills", 1000, "kills of the kill campaign, half in each dialect")
	older   = flag.String("older", "", "the compiled tests of this package in an older version, whose queues are taken over")
	sources = flag.Int("sources", 100, "rounds of the source campaign: each fault of the source at each moment")
)

func TestTortureFaults(t *testing.T) {
	for seed := range *seeds {
		for _, dialect := range []int{sandbox.Dialect2020, sandbox.Dialect2026} {
			t.Run(fmt.Sprintf("%d seed %d", dialect, seed), func(t *testing.T) {
				campaign{
					seed: uint64(seed), dialect: dialect, files: *files, maxSize: 8 * mib,
					trouble: []float64{0.55, 0.65, 0.75}[seed%3], clock: 60,
				}.run(t)
			})
		}
	}
}

func TestTortureKills(t *testing.T) {
	for _, dialect := range []int{sandbox.Dialect2020, sandbox.Dialect2026} {
		t.Run(fmt.Sprint(dialect), func(t *testing.T) {
			if *older == "" {
				killCampaign(t, dialect, *kills/2, "")
				return
			}
			const least = 10
			for n := range *kills / 2 / least {
				t.Run(fmt.Sprint(n), func(t *testing.T) { killCampaign(t, dialect, least+n, *older) })
			}
		})
	}
}

func TestTortureDamage(t *testing.T) { damageCampaign(t, *damages) }

func TestTortureSources(t *testing.T) {
	for round := range *sources {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			sourceCampaign(t, uint64(round), []int{sandbox.Dialect2020, sandbox.Dialect2026}[round%2])
		})
	}
	t.Attr("figures", fmt.Sprintf("%d rounds of %d mishaps at three moments: %d in all", *sources, len(mishaps()), *sources*len(mishaps())*3))
}
