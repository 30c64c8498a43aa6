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

func TestTortureMigrations(t *testing.T) {
	if kills, early := migrationCampaign(t, *kills/10, 3, 20_000); early == 0 || early == kills {
		t.Errorf("%d of %d kills came before the database was open", early, kills)
	}
}
