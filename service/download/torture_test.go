//go:build torture && unix

package download_test

import (
	"fmt"
	"testing"
)

// The long forms of the campaigns.

func TestTortureKills(t *testing.T) {
	for seed := range uint64(10) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { killCampaign(t, 100+seed, 60) })
	}
}

func TestTortureStorm(t *testing.T) {
	const seeds, files, steps = 200, 40, 80
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { storm(t, 1000+seed, files, steps) })
	}
	t.Attr("figures", fmt.Sprintf("%d seeds, %d files and %d commands each", seeds, files, steps))
}
