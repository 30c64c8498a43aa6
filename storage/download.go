package storage

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Download is one file on its way from the service, or an album of which the
// files are not known yet. It counts as unfinished while Finished is the zero
// time.
type Download struct {
	ID     int64  // given by AddDownloads; grows, never used again
	Batch  int64  // what was accepted together: the ID of the first of them
	API    string // address of the service
	FileID string // "" for an album
	Album  string // id of the album that it is or comes from, "" = none

	Name     string // as the service has it, "" until told
	Folder   string // where the file goes
	Part     string // path of the unfinished file, "" = none
	Path     string // path of the finished file, "" until it is chosen
	Size     int64  // bytes, below 0 = not told
	SHA256   string
	ETag     string
	Uploaded time.Time

	State   string
	Tries   int
	NextTry time.Time

	FailKind, FailValue, FailText string

	Added    time.Time
	Finished time.Time
	Verified bool
	Position int64 // order in the queue, lower first; AddDownloads gives the ID
}

// The columns of a Download that change after AddDownloads, and all of them.
const (
	changingDownload = `name, folder, part, path, size, sha256, etag, uploaded, state, tries, next_try,
		fail_kind, fail_value, fail_text, finished, verified, position`
	downloadColumns = `id, batch, api, file_id, album_id, added, ` + changingDownload
)

func (l *Download) changing() []any {
	return []any{
		l.Name, []byte(l.Folder), []byte(l.Part), []byte(l.Path), l.Size, l.SHA256, l.ETag, nanos(l.Uploaded),
		l.State, l.Tries, nanos(l.NextTry), l.FailKind, l.FailValue, l.FailText, nanos(l.Finished), bit(l.Verified), l.Position,
	}
}

func scanDownload(rows *sql.Rows) (l Download, err error) {
	err = rows.Scan(&l.ID, &l.Batch, &l.API, &l.FileID, &l.Album, instant{&l.Added},
		&l.Name, &l.Folder, &l.Part, &l.Path, &l.Size, &l.SHA256, &l.ETag, instant{&l.Uploaded},
		&l.State, &l.Tries, instant{&l.NextTry}, &l.FailKind, &l.FailValue, &l.FailText,
		instant{&l.Finished}, flag{&l.Verified}, &l.Position)
	return l, err
}

// AddDownloads puts files and albums at the end of the queue, all or none, and
// gives them back with ID and Position, and with Batch where that was 0: such
// rows are one new batch.
func (d *DB) AddDownloads(ctx context.Context, list []Download) (added []Download, err error) {
	err = d.write(ctx, "add downloads", func(w *writer) error {
		added = make([]Download, len(list))
		copy(added, list)
		return w.addDownloads(added, nil)
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

// ReplaceDownload puts others into the place that the row id has in the queue
// and forgets that, all or nothing. They come back as from AddDownloads. It
// fails with ErrNotFound when there is no such row.
func (d *DB) ReplaceDownload(ctx context.Context, id int64, list []Download) (added []Download, err error) {
	err = d.write(ctx, "replace a download", func(w *writer) error {
		var position int64
		err := w.lookUp("SELECT position FROM download WHERE id = ?", id, &position)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		if _, err := w.exec("DELETE FROM download WHERE id = ?", id); err != nil {
			return err
		}
		added = make([]Download, len(list))
		copy(added, list)
		return w.addDownloads(added, &position)
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}

// addDownloads inserts rows and sets what the database gives them. All share
// the position, if there is one.
func (w *writer) addDownloads(list []Download, position *int64) error {
	batch := int64(0)
	for i := range list {
		l := &list[i]
		id, err := w.insert(`INSERT INTO download (batch, api, file_id, album_id, added, `+changingDownload+`)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			append([]any{l.Batch, l.API, l.FileID, l.Album, nanos(l.Added)}, l.changing()...)...)
		if err != nil {
			return err
		}
		if batch == 0 {
			batch = id
		}
		l.ID, l.Position = id, id
		if l.Batch == 0 {
			l.Batch = batch
		}
		if position != nil {
			l.Position = *position
		}
		if _, err := w.exec("UPDATE download SET (batch, position) = (?, ?) WHERE id = ?", l.Batch, l.Position, id); err != nil {
			return err
		}
	}
	return nil
}

// UpdateDownloads writes what can change of downloads: all but Batch, API,
// FileID, Album and Added. All or none is written; rows that were deleted are
// passed over.
func (d *DB) UpdateDownloads(ctx context.Context, list ...Download) error {
	return d.write(ctx, "update downloads", func(w *writer) error {
		for i := range list {
			_, err := w.exec(`UPDATE download SET (`+changingDownload+`) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?`,
				append(list[i].changing(), list[i].ID)...)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// DeleteDownloads forgets downloads, all or none. Ids that are gone already are
// passed over.
func (d *DB) DeleteDownloads(ctx context.Context, ids ...int64) error {
	return d.write(ctx, "delete downloads", func(w *writer) error {
		for _, id := range ids {
			if _, err := w.exec("DELETE FROM download WHERE id = ?", id); err != nil {
				return err
			}
		}
		return nil
	})
}

// UnfinishedDownloads gives the queue in its order.
func (d *DB) UnfinishedDownloads(ctx context.Context) ([]Download, error) {
	return query(ctx, d, "read the downloads", scanDownload,
		"SELECT "+downloadColumns+" FROM download NOT INDEXED WHERE finished IS NULL ORDER BY position, id")
}

// FinishedDownloads gives at most limit finished downloads, those that finished
// last first.
func (d *DB) FinishedDownloads(ctx context.Context, limit int) ([]Download, error) {
	return query(ctx, d, "read the downloads", scanDownload,
		"SELECT "+downloadColumns+" FROM download WHERE finished IS NOT NULL ORDER BY finished DESC, id DESC LIMIT ?", limit)
}

// FailedDownloads is FinishedDownloads for those in the state "failed".
func (d *DB) FailedDownloads(ctx context.Context, limit int) ([]Download, error) {
	return query(ctx, d, "read the downloads", scanDownload, "SELECT "+downloadColumns+
		" FROM download WHERE finished IS NOT NULL AND state = 'failed' ORDER BY finished DESC, id DESC LIMIT ?", limit)
}
