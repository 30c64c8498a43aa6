//go:build torture

package watch

import (
	"fmt"
	"testing"
	"time"
)

func TestTortureChaos(t *testing.T) {
	for i := range 20 {
		seed := uint64(time.Now().UnixNano()) + uint64(i)
		t.Run(fmt.Sprint(seed), func(t *testing.T) { runChaos(t, seed, 1500) })
	}
}

func TestTortureZoo(t *testing.T) {
	z := &zoo{rig: newRig(t), want: make(map[string]string)}
	id := z.watch(deepOptions())
	z.animals(5000, 200)
	z.mapped()
	z.check(id)
}
