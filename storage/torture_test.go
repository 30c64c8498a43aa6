//go:build torture

package storage

import (
	options "flag"
	"testing"
)

var (
	kills   = options.Int("kills", 1000, "kills of the kill campaign")
	damages = options.Int("damages", 500, "rounds of the damage campaign")
)

func TestTortureKills(t *testing.T) { killCampaign(t, *kills) }

func TestTortureDamage(t *testing.T) { damageCampaign(t, *damages) }
