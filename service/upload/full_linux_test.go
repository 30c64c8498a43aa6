//go:build torture

package upload_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"sluice/service"
	"sluice/service/upload"
	"sluice/storage"
)

// TestTortureFullDisk keeps the queue on a small file system, which only root
// can mount, and fills it up again and again: the engine starts, says that the
// queue can't be written, tells every link that it has told before, and goes
// on once there is room.
func TestTortureFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		t.Fatalf("this test has to run as root: %v", err)
	}
	t.Cleanup(func() { must(t, unix.Unmount(dir, 0)) })
	r := newRig(t)
	t.Cleanup(r.close)
	r.close()
	r.home = filepath.Join(dir, "data")
	r.open()
	links := map[service.JobID]string{}
	refused, held := 0, 0
	for round := range 40 {
		id := r.add(r.drops(round, 30)...)
		jobs := r.wait(id)
		for _, j := range jobs {
			links[j.ID] = j.Link
		}
		r.fillUp(filepath.Join(dir, "filler"))
		accepted, full := r.addWhenFull(round)
		refused += full
		r.tellsLinks(links)
		r.restart() // it starts on the full disk
		r.tellsLinks(links)
		s := r.follow()
		if s.totals.Err != nil && s.totals.Err.Value == service.ReasonQueueUnwritable {
			held++
		}
		must(t, os.Remove(filepath.Join(dir, "filler")))
		for _, id := range accepted {
			for _, j := range r.wait(id) {
				r.served(j)
				links[j.ID] = j.Link
			}
		}
		s.sub.Close()
	}
	r.once(r.everything())
	t.Attr("figures", fmt.Sprintf("40 fillings, %d links, %d drops refused, %d times the queue was held at a start", len(links), refused, held))
	if refused == 0 {
		t.Error("the disk was never full")
	}
}

// drops makes n small files.
func (r *rig) drops(round, n int) (paths []string) {
	for i := range n {
		paths = append(paths, r.file(fmt.Sprintf("%d/%d-%d", round, n, i), 16+i))
	}
	return paths
}

// everything is the whole history.
func (r *rig) everything() []upload.Job {
	r.t.Helper()
	all, _, err := r.engine.History(r.t.Context(), 0, 1<<20, "")
	must(r.t, err)
	return all
}

// fillUp leaves no byte on the file system.
func (r *rig) fillUp(path string) {
	r.t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	must(r.t, err)
	for size := 1 << 16; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	must(r.t, f.Close())
}

// addWhenFull drops files until a drop is refused, and gives those accepted.
func (r *rig) addWhenFull(round int) (accepted []service.BatchID, refused int) {
	r.t.Helper()
	for i := range 2000 {
		id, err := r.engine.Add(r.t.Context(), upload.Drop, r.drops(round, 31+i)[:1])
		if err == nil {
			accepted = append(accepted, id)
			continue
		}
		if service.AsError("add", err).Value != service.ReasonQueueUnwritable || !errors.Is(err, storage.ErrFull) {
			r.t.Fatalf("a drop on a full disk: %v", err)
		}
		return accepted, 1
	}
	return accepted, 0
}

// tellsLinks checks that the history has every link.
func (r *rig) tellsLinks(links map[service.JobID]string) {
	r.t.Helper()
	has := map[service.JobID]string{}
	for _, j := range r.everything() {
		has[j.ID] = j.Link
	}
	for id, link := range links {
		if has[id] != link {
			r.t.Errorf("the link of job %d is %q, was %q", id, has[id], link)
		}
	}
}
