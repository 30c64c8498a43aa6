package upload_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"sluice/service"
	"sluice/service/upload"
)

// damageCampaign flips bytes of a database with links and a queue in it, at
// random, and opens the engine on it: it must start every time and tell the
// right links, those that could be read.
func damageCampaign(t *testing.T, rounds int) {
	t.Helper()
	const links, left = 300, 40
	r := newRig(t)
	var paths []string
	for i := range links {
		paths = append(paths, r.file(fmt.Sprint("sent/", i), 16+i))
	}
	want := map[service.JobID]upload.Job{}
	for _, j := range r.send(paths...) {
		want[j.ID] = j
	}
	withoutClient(&r.cfg, nil)
	r.restart()
	s := r.follow()
	for i := range left {
		r.add(r.file(fmt.Sprint("left/", i), 16+i))
	}
	s.until("all waiting", func() bool { return s.totals.Waiting == left && s.totals.Scanning == 0 })
	r.close()
	sound, err := os.ReadFile(filepath.Join(r.home, "sluice.db"))
	must(t, err)
	random := rand.New(rand.NewPCG(9, uint64(rounds)))
	told, aside, worst := 0, 0, links
	for round := range rounds {
		data, flips := bytes.Clone(sound), 1+random.IntN(12)
		for range flips {
			data[random.IntN(len(data))] ^= byte(1 + random.IntN(255))
		}
		d := r.openDamaged(t, data, want)
		told += d.links
		worst = min(worst, d.links)
		if d.moved {
			aside++
		}
		// A page holds about a dozen rows; one flip may take a page of pages.
		if d.links < links-flips*15-30 {
			t.Errorf("round %d: %d flips left %d of %d links", round, flips, d.links, links)
		}
	}
	t.Attr("figures", fmt.Sprintf("%d rounds: %d times moved aside; %.1f %% of the links told, at worst %d of %d", rounds, aside,
		100*float64(told)/float64(rounds*links), worst, links))
	if aside == 0 {
		t.Error("no damage was ever noticed")
	}
}

// damaged is what became of a damaged database.
type damaged struct {
	links int // told, all of them right
	moved bool
}

func (r *rig) openDamaged(t *testing.T, data []byte, want map[service.JobID]upload.Job) (d damaged) {
	t.Helper()
	r.home = quickDir(t)
	must(t, os.WriteFile(filepath.Join(r.home, "sluice.db"), data, 0o600))
	r.open()
	defer func() {
		r.close()
		must(t, os.RemoveAll(r.home))
	}()
	d.moved = r.db.Opening().MovedAside != ""
	for before := int64(0); ; {
		page, next, err := r.engine.History(t.Context(), before, 50, "")
		must(t, err)
		for _, j := range page {
			if was := want[j.ID]; j.Link != "" && j.Link == was.Link && j.SHA256 == was.SHA256 && j.Name == was.Name {
				d.links++
			}
		}
		if before = next; before == 0 {
			break
		}
	}
	var all []json.RawMessage
	var file bytes.Buffer
	must(t, r.engine.Export(t.Context(), &file, upload.JSON, ""))
	must(t, json.Unmarshal(file.Bytes(), &all))
	if len(all) < d.links {
		t.Errorf("%d jobs in the export, %d in the history", len(all), d.links)
	}
	return d
}

// quickDir makes a temporary folder that is not on the disk, where there is such
// a place. The caller removes it.
func quickDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "sluice-test-") //nolint:usetesting // not on the disk
	if err != nil {
		return t.TempDir()
	}
	return dir
}

func TestDamagedDatabases(t *testing.T) {
	t.Parallel()
	damageCampaign(t, 12)
}
