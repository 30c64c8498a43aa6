package watch

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// canaryName is a file that is made and removed to see whether that causes an
// event.
const canaryName = ".sluice-watch-test"

// canaryPatience is how long its event may take.
const canaryPatience = 10 * time.Second

// verify finds out whether the folder is still the one that is watched, and
// watches it again if not.
func (f *folder) verify(ctx context.Context) {
	now := f.w.cfg.Clock.Now()
	f.check = now.Add(f.w.cfg.CheckEvery)
	info, err := os.Stat(f.path)
	if err == nil && info.IsDir() {
		err = enterable(f.path)
	}
	switch {
	case err != nil && notThere(err):
		f.lose(Missing, err)
	case err != nil:
		f.lose(Unreadable, err)
	case !info.IsDir():
		f.lose(Unreadable, ErrNotFolder)
	case f.root == nil || !os.SameFile(f.root, info) || !f.allWatched() || !f.attach.IsZero() && !now.Before(f.attach):
		f.take(ctx, info)
	}
}

// enterable tells what keeps a folder from being listed and its files from being
// looked at: events go on coming when the permission for that is lost.
func enterable(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	_ = dir.Close() // it was only opened
	_, err = os.Lstat(path + separator + ".")
	return err
}

// allWatched reports whether the system still watches all that it should.
func (f *folder) allWatched() bool {
	if f.events == nil {
		return true
	}
	watched := make(map[string]struct{}, len(f.dirs))
	for _, path := range f.events.WatchList() {
		watched[path] = struct{}{}
	}
	for rel := range f.dirs {
		if _, ok := watched[filepath.Join(f.path, rel)]; !ok {
			return false
		}
	}
	return true
}

// lose notes that the folder is not there.
func (f *folder) lose(state State, err error) {
	f.detach()
	f.root, f.reasons = nil, ""
	clear(f.pending)
	clear(f.dirty)
	f.tell(func(c *Card) { c.State, c.Reason, c.Err = state, "", err })
}

// detach ends events.
func (f *folder) detach() {
	if f.events != nil {
		if err := f.events.Close(); err != nil {
			f.w.cfg.Logger.Debug("watched folder: close", slog.Any("error", err))
		}
	}
	f.events, f.canary = nil, time.Time{}
	clear(f.dirs)
}

// take watches the folder that is at the path now, and sweeps it.
func (f *folder) take(ctx context.Context, info os.FileInfo) {
	f.detach()
	f.root, f.reasons, f.attach = info, "", time.Time{}
	events, err := f.w.cfg.open()
	if err == nil {
		f.events = events
		err = events.Add(f.path)
	}
	switch {
	case err == nil:
	case notThere(err): // it has gone since it was looked at
		f.lose(Missing, err)
		return
	case errors.Is(err, fs.ErrPermission):
		f.lose(Unreadable, err)
		return
	default:
		f.pollInstead(limitReason(err), err)
	}
	f.dirs[""] = info
	if f.events != nil {
		f.testEvents()
	}
	f.sweepAll(ctx)
	if f.root == nil {
		return
	}
	if f.events != nil && f.reasons == "" && f.w.cfg.remote(f.path) {
		f.reasons = ReasonNetwork
		f.sweep = f.w.cfg.Clock.Now().Add(f.w.cfg.PollEvery)
	}
	f.tell(func(c *Card) {
		c.State, c.Reason, c.Err = Watching, f.reasons, nil
		if f.reasons != "" {
			c.State = Polling
		}
	})
	f.resume(ctx)
}

// testEvents makes the test file. Where nothing can be written, nothing is
// tested.
func (f *folder) testEvents() {
	path := filepath.Join(f.path, canaryName)
	_ = os.Remove(path) // an earlier run's, if it was killed just then
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return
	}
	_ = file.Close() // nothing is in it
	_ = os.Remove(path)
	f.canary = f.w.cfg.Clock.Now().Add(canaryPatience)
}

// pollInstead gives up on events for now.
func (f *folder) pollInstead(reason Reason, err error) {
	f.w.cfg.Logger.Info("a watched folder is polled", slog.String("path", f.path), slog.String("reason", string(reason)), slog.Any("error", err))
	known := f.dirs
	f.dirs = make(map[string]os.FileInfo)
	f.detach()
	f.dirs = known
	now := f.w.cfg.Clock.Now()
	f.reasons, f.attach, f.sweep = reason, now.Add(f.w.cfg.SweepEvery), now
	limit := limitOf(reason)
	f.tell(func(c *Card) { c.State, c.Reason, c.Err, c.Limit = Polling, reason, err, limit })
}

// enter watches a subfolder and looks at what is in it.
func (f *folder) enter(rel string, visited map[string]struct{}) {
	if _, known := f.dirs[rel]; !known {
		info, err := os.Lstat(filepath.Join(f.path, rel))
		if err != nil || !info.IsDir() {
			f.dirty[rel] = struct{}{}
			return
		}
		f.dirs[rel] = info
		if f.events != nil {
			switch err := f.events.Add(filepath.Join(f.path, rel)); {
			case err == nil:
			case notThere(err):
				delete(f.dirs, rel)
				return
			case errors.Is(err, fs.ErrPermission):
				delete(f.dirs, rel)
				f.skip(rel, ident{}, ReasonUnreadable)
			default:
				f.pollInstead(limitReason(err), err)
			}
		}
	} else if visited == nil {
		return
	}
	f.list(rel, visited)
}

// leave forgets a subfolder that is away, or is another now.
func (f *folder) leave(rel string) {
	for dir := range f.dirs {
		if dir == rel || inside(dir, rel) {
			delete(f.dirs, dir)
			if f.events != nil {
				_ = f.events.Remove(filepath.Join(f.path, dir)) // gone by itself, mostly
			}
		}
	}
	f.ledger.below(rel, func(r *row) { f.dirty[r.rel] = struct{}{} })
	for p := range f.pending {
		if inside(p, rel) {
			f.dirty[p] = struct{}{}
		}
	}
}

// sweepAll looks at everything that is there, and at what was.
func (f *folder) sweepAll(ctx context.Context) {
	began := f.w.cfg.Clock.Now()
	f.sweep = began.Add(f.w.cfg.SweepEvery)
	visited := make(map[string]struct{})
	if !f.list("", visited) || ctx.Err() != nil {
		return
	}
	now := f.w.cfg.Clock.Now()
	if f.events == nil || f.reasons != "" {
		f.sweep = now.Add(max(f.w.cfg.PollEvery, 20*now.Sub(began)))
	}
	if info, err := os.Stat(f.path); err != nil || !os.SameFile(info, f.root) {
		f.check = time.Time{} // what was not seen may be there
		return
	}
	for dir := range f.dirs {
		if _, seen := visited[dir]; !seen && dir != "" {
			f.leave(dir)
		}
	}
	for rel, r := range f.ledger.rows {
		if _, seen := visited[rel]; !seen && r.gone.IsZero() {
			f.look(rel)
		}
	}
	for rel := range f.pending {
		if _, seen := visited[rel]; !seen {
			f.look(rel)
		}
	}
	f.asFirst, f.late = false, time.Time{}
}

// list looks at what is in a folder, and below it. With visited, it looks also
// into subfolders that are watched already, and notes what it saw. It reports
// whether the folder could be read.
func (f *folder) list(dir string, visited map[string]struct{}) bool {
	all, err := f.w.cfg.readDir(filepath.Join(f.path, dir))
	if err != nil && len(all) == 0 {
		switch {
		case dir != "" && notThere(err):
			return true
		case dir != "":
			f.skip(dir, ident{}, ReasonUnreadable)
			return true
		case notThere(err):
			f.lose(Missing, err)
		default:
			f.lose(Unreadable, err)
		}
		return false
	}
	for _, entry := range all {
		rel := filepath.Join(dir, entry.Name())
		if visited != nil {
			visited[rel] = struct{}{}
		}
		if entry.IsDir() {
			if f.opts.Subfolders && !hidden(filepath.ToSlash(rel)) && !concealedEntry(entry) {
				f.enter(rel, visited)
			}
			continue
		}
		f.look(rel)
	}
	return true
}
