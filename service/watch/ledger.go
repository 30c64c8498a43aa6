package watch

import (
	"slices"
	"strings"
	"time"

	"sluice/storage"
)

// States of rows in the ledger, as the database has them.
const (
	rowFirst    = "first"    // was there when the folder was added
	rowSkipped  = "skipped"  // not taken; the reason was told
	rowHanding  = "handing"  // perhaps given to the queue
	rowQueued   = "queued"   // in the queue
	rowDue      = "due"      // uploaded, to be moved away
	rowUploaded = "uploaded" //
	rowStale    = "stale"    // uploaded, but it changed meanwhile: what it is now was not
	rowSame     = "same"     // is another name of what was uploaded
	rowFailed   = "failed"   // the queue gave it up, or the user did
)

// row is one file of the ledger.
type row struct {
	rel    string
	id     ident
	sum    string
	state  string
	batch  int64
	handed time.Time
	gone   time.Time
	link   string
}

func (r *row) inFlight() bool { return r.state == rowHanding || r.state == rowQueued }

// taken reports whether the version that the row knows needs no upload.
func (r *row) taken() bool {
	switch r.state {
	case rowFirst, rowUploaded, rowSame, rowDue:
		return true
	}
	return false
}

// place is what two names of one file have in common.
type place struct {
	inode         uint64
	size, changed int64
}

func (id ident) place() place { return place{id.inode, id.size, id.changed} }

// ledger is the part of the ledger about one folder. It belongs to the
// folder's goroutine.
type ledger struct {
	rows   map[string]*row
	places map[place][]*row
}

func newLedger(files []storage.WatchFile) *ledger {
	l := &ledger{rows: make(map[string]*row, len(files)), places: make(map[place][]*row)}
	for _, f := range files {
		l.put(&row{
			rel: f.Path, id: ident{f.Device, f.Inode, f.Size, f.Changed}, sum: f.SHA256, state: f.State,
			batch: f.Batch, handed: f.Handed, gone: f.Gone, link: f.Link,
		})
	}
	return l
}

func (l *ledger) put(r *row) {
	l.drop(r.rel)
	l.rows[r.rel] = r
	if r.id.inode != 0 {
		l.places[r.id.place()] = append(l.places[r.id.place()], r)
	}
}

func (l *ledger) drop(rel string) {
	old := l.rows[rel]
	if old == nil {
		return
	}
	delete(l.rows, rel)
	place := old.id.place()
	left := slices.DeleteFunc(l.places[place], func(other *row) bool { return other == old })
	if l.places[place] = left; len(left) == 0 {
		delete(l.places, place)
	}
}

// twin gives a row of another path that is the same version of the same file,
// and that is taken or in flight; nil for none.
func (l *ledger) twin(rel string, id ident) *row {
	for _, r := range l.places[id.place()] {
		if r.rel != rel && r.id.device == id.device && (r.taken() || r.inFlight()) {
			return r
		}
	}
	return nil
}

// below gives the rows of files in a folder, at any depth.
func (l *ledger) below(dir string, visit func(*row)) {
	for rel, r := range l.rows {
		if strings.HasPrefix(rel, dir+separator) {
			visit(r)
		}
	}
}
