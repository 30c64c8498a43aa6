package session

import (
	"strings"
	"testing"
	"time"

	"sluice/service/handoff"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/settings"
)

// The speed limit and the sending of duplicates follow the settings, while
// running and at the next start.
func TestUploadsFollowTheSettings(t *testing.T) {
	server := sandboxtest.New(t)
	cfg := Config{Home: newHome(t), Keyring: newRing(), APIURL: server.APIURL()}
	s := enter(t, cfg)
	set := func(change func(*settings.Values)) {
		t.Helper()
		err := s.Settings().Change(t.Context(), change)
		if err == nil {
			_, err = s.CheckKey(t.Context(), sandboxtest.Key) // also applies what was changed
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	sent := func(content string, want handoff.Status) time.Duration {
		t.Helper()
		start := time.Now()
		if got := uploadOne(t, s, content); got.Status != want {
			t.Errorf("%.9q: %+v, want %s", content, got, want)
		}
		return time.Since(start)
	}
	const limit = 20_000
	file := strings.Repeat("limited ", limit/8) // a second, but for what the limit lets through at once
	least := time.Duration(0.7 * float64(time.Second))

	set(func(*settings.Values) {})
	sent("the same", handoff.StatusUploaded)
	sent("the same", handoff.StatusDuplicate)
	set(func(v *settings.Values) { v.SkipDuplicates, v.SpeedLimit = false, limit })
	sent("the same", handoff.StatusUploaded)
	if took := sent(file, handoff.StatusUploaded); took < least {
		t.Errorf("%d bytes took %v at %d bytes/s", len(file), took, limit)
	}
	closeIt(t, s)

	s = enter(t, cfg)
	if _, err := s.LoadKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	if took := sent(file, handoff.StatusUploaded); took < least {
		t.Errorf("after a restart %d bytes took %v at %d bytes/s", len(file), took, limit)
	}
	set(func(v *settings.Values) { v.SkipDuplicates = true })
	sent(file, handoff.StatusDuplicate)
}
