package watched

import (
	"strings"
	"testing"
)

func TestNoLowerLimitIsAdvised(t *testing.T) {
	for limit, want := range map[int]string{0: "=524288 ", 65536: "=524288 ", 1_000_000: "=2000000 "} {
		if got := raise("max_user_watches", 1<<19, limit); !strings.Contains(got, want) {
			t.Errorf("with %d allowed: %s", limit, got)
		}
	}
}
