//go:build torture

package watch

import (
	"flag"
	"fmt"
	"testing"
	"time"

	"sluice/service/clock"
)

var (
	minutes = flag.Int("minutes", 3, "how long each kind of chaos lasts")
	seeds   = flag.Int("seeds", 20, "campaigns of chaos without kills")
)

func TestTortureChaos(t *testing.T) {
	for i := range *seeds {
		seed := uint64(time.Now().UnixNano()) + uint64(i)
		t.Run(fmt.Sprint(seed), func(t *testing.T) { runChaos(t, seed, 1500) })
	}
}

func TestTortureZoo(t *testing.T) {
	z := newZoo(newRig(t, func(c *Config) { c.Clock = clock.System{} }))
	z.patience, z.times, z.large = 10*time.Minute, 10, 2<<30
	id := z.watch(deepOptions())
	z.animals(5000, 200)
	z.mapped()
	z.check(id)
	t.Attr("figures", fmt.Sprintf("%d files on the service", len(z.server.sent())))
}
