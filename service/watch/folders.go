package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sluice/storage"
)

const separator = string(filepath.Separator)

// AddFolder watches a folder from now on. Unless existing is set, what is
// there already is not uploaded, ever. It fails with ErrNotFolder, ErrWatched,
// ErrOverlap, what Rules.Check says, or because the folder can't be read or the
// database not be written.
func (w *Watcher) AddFolder(ctx context.Context, path string, opts Options, existing bool) (FolderID, error) {
	w.commands.Lock()
	defer w.commands.Unlock()
	path, err := filepath.Abs(path)
	if err != nil {
		return 0, fmt.Errorf("watch %q: %w", path, err)
	}
	if err := w.check(path, opts, 0); err != nil {
		return 0, err
	}
	var files []storage.WatchFile
	if !existing {
		if files, err = first(ctx, path, nil); err != nil {
			return 0, fmt.Errorf("watch %q: %w", path, err)
		}
	}
	text, err := json.Marshal(opts)
	if err != nil {
		return 0, fmt.Errorf("watch %q: %w", path, err)
	}
	kept, err := w.cfg.DB.AddWatchFolder(ctx, storage.WatchFolder{Path: path, Options: string(text), Enabled: true, Added: w.cfg.Clock.Now()}, files)
	if err != nil {
		return 0, fmt.Errorf("watch %q: %w", path, err)
	}
	f := newFolder(w, kept)
	w.mu.Lock()
	w.folders = append(w.folders, f)
	w.feed.Publish(Event{Cards: []Card{f.card}})
	w.mu.Unlock()
	f.start()
	return f.id, nil
}

// check tells what is wrong with a folder that is to be watched.
func (w *Watcher) check(path string, opts Options, but FolderID) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("watch %q: %w", path, err)
	}
	if !info.IsDir() {
		return fmt.Errorf("watch %q: %w", path, ErrNotFolder)
	}
	for _, f := range w.folders {
		if f.id == but {
			continue
		}
		other, err := os.Stat(f.path)
		if f.path == path || err == nil && os.SameFile(info, other) {
			return fmt.Errorf("watch %q: %w", path, ErrWatched)
		}
		if opts.Subfolders && below(f.path, path) || f.opts.Subfolders && below(path, f.path) {
			return fmt.Errorf("watch %q: %w", path, ErrOverlap)
		}
		if f.opts.Then == Move && opts.holds(path, f.opts.MoveTo) {
			return fmt.Errorf("watch %q: %w", path, ErrTargetHere)
		}
	}
	return w.allows(path, opts)
}

// allows tells what is wrong with options for a folder. Files are not moved to
// where any folder is watched: they would be taken again.
func (w *Watcher) allows(path string, opts Options) error {
	if err := opts.check(path); err != nil || opts.Then != Move {
		return err
	}
	for _, f := range w.folders {
		if f.path != path && f.opts.holds(f.path, opts.MoveTo) {
			return ErrTargetHere
		}
	}
	return nil
}

// holds reports whether what is put into a folder is seen by watching path.
func (o Options) holds(path, folder string) bool {
	return resolved(folder) == resolved(path) || o.Subfolders && below(folder, path)
}

// resolved gives a path without links, as far as it leads.
func resolved(path string) string {
	path = filepath.Clean(path)
	if found, err := filepath.EvalSymlinks(path); err == nil {
		return found
	}
	if up := filepath.Dir(path); up != path {
		return filepath.Join(resolved(up), filepath.Base(path))
	}
	return path
}

func (o Options) check(path string) error {
	if o.Then == Move {
		switch {
		case !filepath.IsAbs(o.MoveTo):
			return ErrNoTarget
		case o.holds(path, o.MoveTo):
			return ErrTargetHere
		}
	}
	return o.Rules.Check()
}

// below is inside, by whatever links either is named.
func below(path, dir string) bool { return inside(resolved(path), resolved(dir)) }

// inside reports whether path is below dir.
func inside(path, dir string) bool {
	return strings.HasPrefix(filepath.Clean(path), strings.TrimSuffix(dir, separator)+separator)
}

// halted gives a folder that has stopped watching. w.commands is held.
func (w *Watcher) halted(id FolderID) (*folder, error) {
	i := slices.IndexFunc(w.folders, func(f *folder) bool { return f.id == id })
	if i < 0 {
		return nil, ErrUnknown
	}
	w.folders[i].halt()
	return w.folders[i], nil
}

// change stops a folder, does something to it and starts it again.
func (w *Watcher) change(id FolderID, do func(f *folder) error) error {
	w.commands.Lock()
	defer w.commands.Unlock()
	f, err := w.halted(id)
	if err != nil {
		return err
	}
	err = do(f)
	f.start()
	return err
}

// Update changes the options of a folder. What is there and was not taken by
// the old ones is not uploaded by the new ones either. It fails as AddFolder
// does; the old options stay then.
func (w *Watcher) Update(ctx context.Context, id FolderID, opts Options) error {
	return w.change(id, func(f *folder) error {
		if err := errors.Join(w.allows(f.path, opts), w.overlaps(f, opts)); err != nil {
			return err
		}
		known, err := w.cfg.DB.WatchFiles(ctx, int64(id))
		if err != nil {
			return fmt.Errorf("change a watched folder: %w", err)
		}
		old, rows := f.opts, newLedger(known)
		files, err := first(ctx, f.path, func(rel string, size int64) bool {
			r := rows.rows[rel]
			return (r == nil || r.state == rowSkipped) && !old.covers(rel, size)
		})
		if err != nil && !notThere(err) && !errors.Is(err, os.ErrPermission) {
			return fmt.Errorf("change a watched folder: %w", err)
		}
		for i := range files {
			files[i].Folder = int64(id)
		}
		if _, err := w.cfg.DB.KeepWatched(ctx, storage.WatchChange{Put: files}); err != nil {
			return fmt.Errorf("change a watched folder: %w", err)
		}
		f.opts = opts
		if err := f.save(ctx); err != nil {
			f.opts = old
			return err
		}
		f.tell(func(c *Card) { c.Options = opts })
		return nil
	})
}

func (w *Watcher) overlaps(f *folder, opts Options) error {
	for _, other := range w.folders {
		if other != f && opts.Subfolders && below(other.path, f.path) {
			return ErrOverlap
		}
	}
	return nil
}

// SetEnabled switches a folder off or on. What came meanwhile is uploaded if
// Options.CatchUp is set.
func (w *Watcher) SetEnabled(ctx context.Context, id FolderID, on bool) error {
	return w.change(id, func(f *folder) error {
		was := f.enabled
		f.enabled = on
		if err := f.save(ctx); err != nil {
			f.enabled = was
			return err
		}
		f.asFirst = on && !was && !f.opts.CatchUp
		if on && !was {
			f.late = w.cfg.Clock.Now()
		}
		return nil
	})
}

// Remove forgets a folder, with what is known of its files and what happened
// there. What is in the queue stays there.
func (w *Watcher) Remove(ctx context.Context, id FolderID) error {
	w.commands.Lock()
	defer w.commands.Unlock()
	f, err := w.halted(id)
	if err != nil {
		return err
	}
	if err := w.cfg.DB.DeleteWatchFolder(ctx, int64(id)); err != nil {
		f.start()
		return fmt.Errorf("forget a watched folder: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.folders = slices.DeleteFunc(w.folders, func(other *folder) bool { return other == f })
	w.feed.Publish(Event{Removed: []FolderID{id}})
	return nil
}
