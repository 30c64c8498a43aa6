package watch

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sluice/storage"
)

// look finds out what is at a path below the folder, and what to do about it.
func (f *folder) look(rel string) {
	path := filepath.Join(f.path, rel)
	info, err := os.Lstat(path)
	if err != nil {
		if notThere(err) {
			f.vanished(rel)
		} else {
			f.check = time.Time{}
		}
		return
	}
	if _, known := f.dirs[rel]; known && !info.IsDir() {
		f.leave(rel)
	}
	switch {
	case hidden(filepath.ToSlash(rel)), concealed(info):
	case info.IsDir():
		if f.opts.Subfolders {
			f.enter(rel, nil)
		}
	case info.Mode()&fs.ModeSymlink != 0:
		f.skip(rel, identOf(path, info), ReasonLink)
	case !info.Mode().IsRegular():
		f.skip(rel, identOf(path, info), ReasonNotRegular)
	default:
		f.found(rel, identOf(path, info))
	}
}

// vanished notes that there is no file at a path. When all of the folder is
// away, that says nothing.
func (f *folder) vanished(rel string) {
	if info, err := os.Stat(f.path); err != nil || f.root == nil || !os.SameFile(info, f.root) {
		f.check = time.Time{}
		return
	}
	delete(f.pending, rel)
	if _, known := f.dirs[rel]; known {
		f.leave(rel)
	}
	r := f.ledger.rows[rel]
	if r == nil || !r.gone.IsZero() {
		return
	}
	if r.state == rowSkipped {
		f.forget(rel)
		return
	}
	next := *r
	next.gone = f.w.cfg.Clock.Now()
	f.keep(next)
}

// found sees to a regular file.
func (f *folder) found(rel string, id ident) {
	r := f.ledger.rows[rel]
	if r != nil && r.state != rowSkipped && r.id.sameVersion(id) {
		if !r.gone.IsZero() || r.id != id {
			next := *r
			next.gone, next.id = time.Time{}, id
			f.keep(next)
		}
		delete(f.pending, rel)
		return
	}
	switch {
	case r != nil && r.inFlight(): // its result decides
		return
	case !f.opts.Subfolders && strings.Contains(rel, separator):
		return
	}
	if reason := f.opts.Rules.Name(rel); reason != "" {
		f.skip(rel, id, reason)
		return
	}
	if f.asFirst && (r == nil || r.state == rowSkipped || !r.gone.IsZero()) {
		f.keep(row{rel: rel, id: id, state: rowFirst})
		return
	}
	f.await(rel, id)
}

// skip notes that a path is not taken, and tells it once. What the ledger knows
// of it stays.
func (f *folder) skip(rel string, id ident, reason Reason) {
	delete(f.pending, rel)
	r := f.ledger.rows[rel]
	if r != nil && r.gone.IsZero() && (r.state != rowSkipped || r.link == string(reason)) {
		return
	}
	f.keep(row{rel: rel, id: id, state: rowSkipped, link: string(reason)})
	f.note(Entry{Path: rel, What: Skipped, Reason: reason, Size: id.size})
}

// keep puts a row into the ledger, and on the disk soon.
func (f *folder) keep(r row) {
	f.tally(r.rel, -1)
	f.ledger.put(&r)
	f.tally(r.rel, +1)
	f.change.Put = append(f.change.Put, r.stored(f.id))
}

// forget takes a row out of the ledger.
func (f *folder) forget(rel string) {
	f.tally(rel, -1)
	f.ledger.drop(rel)
	// In its order among what is kept: a row without a state is deleted.
	f.change.Put = append(f.change.Put, storage.WatchFile{Folder: int64(f.id), Path: rel})
}

func (f *folder) tally(rel string, n int) {
	if r := f.ledger.rows[rel]; r != nil && r.inFlight() {
		f.inFlight += n
	}
}

// note adds to the activity list.
func (f *folder) note(e Entry) {
	f.change.Add = append(f.change.Add, storage.WatchEntry{
		Folder: int64(f.id), At: f.w.cfg.Clock.Now(), Path: e.Path, What: string(e.What), Reason: string(e.Reason), Link: e.Link, Size: e.Size,
	})
}

func (r *row) stored(folder FolderID) storage.WatchFile {
	return storage.WatchFile{
		Folder: int64(folder), Path: r.rel, Device: r.id.device, Inode: r.id.inode, Size: r.id.size, Changed: r.id.changed,
		SHA256: r.sum, State: r.state, Batch: r.batch, Handed: r.handed, Gone: r.gone, Link: r.link,
	}
}
