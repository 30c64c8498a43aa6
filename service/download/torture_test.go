//go:build torture && unix

package download_test

import (
	"fmt"
	"testing"
)

// The long forms of the campaigns.

func TestTortureKills(t *testing.T) {
	for seed := range uint64(10) {
		killCampaign(t, 100+seed, 60)
	}
}

func TestTortureStorm(t *testing.T) {
	for seed := range uint64(200) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { storm(t, 1000+seed, 40, 80) })
	}
}
