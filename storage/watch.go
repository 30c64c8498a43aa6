package storage

import (
	"context"
	"database/sql"
	"time"
)

// WatchFolder is one watched folder.
type WatchFolder struct {
	ID       int64 // given by AddWatchFolder; grows, never used again
	Path     string
	Options  string // opaque text of whoever watches
	Enabled  bool
	Added    time.Time
	Uploaded int       // files, ever
	Last     time.Time // the last upload, zero for none
}

// WatchFile is what is known of one file in a watched folder. Folder and Path
// name it.
type WatchFile struct {
	Folder  int64
	Path    string // below the folder
	Device  uint64
	Inode   uint64 // 0 = not known
	Size    int64
	Changed int64  // time of change, nanoseconds since 1970
	SHA256  string // of what was uploaded, "" = not known
	State   string
	Batch   int64     // what it was uploaded with, 0 = nothing
	Handed  time.Time // when it was given to the queue
	Gone    time.Time // when it was seen to be away, zero while it is there
	Link    string
}

// WatchEntry is one line of what happened in watched folders.
type WatchEntry struct {
	ID     int64 // given by KeepWatched; grows
	Folder int64
	At     time.Time
	Path   string // below the folder
	What   string
	Reason string
	Link   string
	Size   int64
}

// AddWatchFolder keeps a new folder with what is in it already, all or
// nothing, and gives it back with its ID.
func (d *DB) AddWatchFolder(ctx context.Context, f WatchFolder, files []WatchFile) (WatchFolder, error) {
	err := d.write(ctx, "add a watched folder", func(w *writer) (err error) {
		f.ID, err = w.insert("INSERT INTO watch_folder (path, options, enabled, added, uploaded, last) VALUES (?, ?, ?, ?, ?, ?)",
			[]byte(f.Path), f.Options, bit(f.Enabled), nanos(f.Added), f.Uploaded, nanos(f.Last))
		if err != nil {
			return err
		}
		for _, file := range files {
			file.Folder = f.ID
			if err := w.putWatchFile(&file); err != nil {
				return err
			}
		}
		return nil
	})
	return f, err
}

// UpdateWatchFolder writes all of a folder but Path and Added.
func (d *DB) UpdateWatchFolder(ctx context.Context, f WatchFolder) error {
	return d.write(ctx, "keep a watched folder", func(w *writer) error {
		n, err := w.change("UPDATE watch_folder SET (options, enabled, uploaded, last) = (?, ?, ?, ?) WHERE id = ?",
			f.Options, bit(f.Enabled), f.Uploaded, nanos(f.Last), f.ID)
		if err == nil && n == 0 {
			err = ErrNotFound
		}
		return err
	})
}

// DeleteWatchFolder forgets a folder and all that is known of it. One that is
// gone already is no error.
func (d *DB) DeleteWatchFolder(ctx context.Context, id int64) error {
	return d.write(ctx, "forget a watched folder", func(w *writer) error {
		for _, statement := range []string{
			"DELETE FROM watch_activity WHERE folder = ?", "DELETE FROM watch_file WHERE folder = ?", "DELETE FROM watch_folder WHERE id = ?",
		} {
			if _, err := w.exec(statement, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// WatchFolders gives the watched folders in the order in which they were
// added.
func (d *DB) WatchFolders(ctx context.Context) ([]WatchFolder, error) {
	return query(ctx, d, "read the watched folders", func(rows *sql.Rows) (f WatchFolder, err error) {
		err = rows.Scan(&f.ID, &f.Path, &f.Options, flag{&f.Enabled}, instant{&f.Added}, &f.Uploaded, instant{&f.Last})
		return f, err
	}, "SELECT id, path, options, enabled, added, uploaded, last FROM watch_folder ORDER BY id")
}

// WatchFiles gives the ledger of a folder, in no order.
func (d *DB) WatchFiles(ctx context.Context, folder int64) ([]WatchFile, error) {
	return query(ctx, d, "read a watched folder", func(rows *sql.Rows) (f WatchFile, err error) {
		var device, inode int64
		err = rows.Scan(&f.Folder, &f.Path, &device, &inode, &f.Size, &f.Changed, &f.SHA256, &f.State, &f.Batch,
			instant{&f.Handed}, instant{&f.Gone}, &f.Link)
		f.Device, f.Inode = uint64(device), uint64(inode)
		return f, err
	}, `SELECT folder, path, device, inode, size, changed, sha256, state, batch, handed, gone, link
		FROM watch_file WHERE folder = ?`, folder)
}

// WatchChange is what KeepWatched writes together.
type WatchChange struct {
	Put    []WatchFile // in place of what was known of that path
	Forget []WatchFile // only Folder and Path count
	Add    []WatchEntry
}

// KeepWatched writes a change of the ledger, all or nothing, and gives the
// entries back with their IDs.
func (d *DB) KeepWatched(ctx context.Context, c WatchChange) (added []WatchEntry, err error) {
	err = d.write(ctx, "keep what was seen in a watched folder", func(w *writer) error {
		for _, f := range c.Forget {
			if _, err := w.exec("DELETE FROM watch_file WHERE folder = ? AND path = ?", f.Folder, []byte(f.Path)); err != nil {
				return err
			}
		}
		for i := range c.Put {
			if err := w.putWatchFile(&c.Put[i]); err != nil {
				return err
			}
		}
		added = make([]WatchEntry, len(c.Add))
		for i, a := range c.Add {
			id, err := w.insert("INSERT INTO watch_activity (folder, at, path, what, reason, link, size) VALUES (?, ?, ?, ?, ?, ?, ?)",
				a.Folder, nanos(a.At), []byte(a.Path), a.What, a.Reason, a.Link, a.Size)
			if err != nil {
				return err
			}
			a.ID = id
			added[i] = a
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

func (w *writer) putWatchFile(f *WatchFile) error {
	_, err := w.exec(`INSERT INTO watch_file (folder, path, device, inode, size, changed, sha256, state, batch, handed, gone, link)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (folder, path) DO UPDATE
		SET (device, inode, size, changed, sha256, state, batch, handed, gone, link) = (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)`,
		f.Folder, []byte(f.Path), int64(f.Device), int64(f.Inode), f.Size, f.Changed, f.SHA256, f.State, f.Batch,
		nanos(f.Handed), nanos(f.Gone), f.Link)
	return err
}

// WatchActivity gives at most limit entries with IDs below before (0 = from
// the newest), newest first.
func (d *DB) WatchActivity(ctx context.Context, before int64, limit int) ([]WatchEntry, error) {
	return query(ctx, d, "read what happened in watched folders", func(rows *sql.Rows) (a WatchEntry, err error) {
		err = rows.Scan(&a.ID, &a.Folder, instant{&a.At}, &a.Path, &a.What, &a.Reason, &a.Link, &a.Size)
		return a, err
	}, `SELECT id, folder, at, path, what, reason, link, size FROM watch_activity
		WHERE ?1 = 0 OR id < ?1 ORDER BY id DESC LIMIT ?2`, before, limit)
}

// ForgetWatched deletes entries of before activity, and files that were away
// before gone.
func (d *DB) ForgetWatched(ctx context.Context, activity, gone time.Time) error {
	return d.write(ctx, "tidy watched folders", func(w *writer) error {
		if _, err := w.exec("DELETE FROM watch_activity WHERE at < ?", nanos(activity)); err != nil {
			return err
		}
		_, err := w.exec("DELETE FROM watch_file WHERE gone < ?", nanos(gone))
		return err
	})
}

// BatchOfPath gives the newest batch of that origin that a path was accepted
// with at or after the time, 0 for none.
func (d *DB) BatchOfPath(ctx context.Context, origin, path string, since time.Time) (int64, error) {
	found, err := query(ctx, d, "look for an accepted path", func(rows *sql.Rows) (id int64, err error) {
		err = rows.Scan(&id)
		return id, err
	}, `SELECT batch FROM intake WHERE path = ?1 AND origin = ?2 AND added >= ?3
		UNION SELECT batch FROM job WHERE path = ?1 AND origin = ?2 AND added >= ?3 ORDER BY 1 DESC LIMIT 1`,
		[]byte(path), origin, nanos(since))
	if err != nil || len(found) == 0 {
		return 0, err
	}
	return found[0], nil
}

// DownloadedTo gives the SHA-256 of what was downloaded to a path, of each
// download that is known; none for a path that none has or had.
func (d *DB) DownloadedTo(ctx context.Context, path string) ([]string, error) {
	return query(ctx, d, "look for a downloaded file", func(rows *sql.Rows) (sum string, err error) {
		err = rows.Scan(&sum)
		return sum, err
	}, "SELECT sha256 FROM download WHERE path = ?", []byte(path))
}
