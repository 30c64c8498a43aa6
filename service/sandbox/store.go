package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/gofrs/flock"

	"sluice/service"
)

// errAbsent means that there is no such file or album.
var errAbsent = errors.New("no such file or album")

// errFull means that the account has no room for a file.
var errFull = errors.New("the account is full")

// store keeps files and albums: metadata in memory and in the journal,
// contents as blobs. A made-up file has a record only once something happened
// to it; until then the gallery tells of it.
type store struct {
	dir     string
	kept    bool // the folder outlives the server
	blobs   blobs
	gallery *gallery
	space   int64 // bytes an account can hold, 0 for any
	lock    *flock.Flock

	mu      sync.RWMutex
	files   map[service.FileID]*record
	albums  map[service.AlbumID]*album
	gone    map[int]bool      // numbers of made-up files that were deleted
	used    map[account]int64 // bytes of uploads
	touched int               // made-up files that have a record
	seq     int64
	journal *journal // nil when nothing outlives the server
}

func openStore(dir string, cfg Config) (*store, error) {
	st := &store{
		dir: dir, kept: cfg.Dir != "", gallery: newGallery(cfg.Files), space: cfg.Space,
		files: map[service.FileID]*record{}, albums: map[service.AlbumID]*album{},
		gone: map[int]bool{}, used: map[account]int64{},
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	if st.kept {
		if err := st.claim(); err != nil {
			return nil, err
		}
	}
	var err error
	if st.blobs, err = openBlobs(dir); err == nil && st.kept {
		err = st.load(cfg.Logger)
	}
	if err != nil {
		return nil, errors.Join(err, st.close())
	}
	return st, nil
}

// claim makes sure that no other server uses the folder.
func (st *store) claim() error {
	st.lock = flock.New(filepath.Join(st.dir, "lock"))
	ok, err := st.lock.TryLock()
	if err != nil {
		return fmt.Errorf("sandbox: locking %s: %w", st.dir, err)
	}
	if !ok {
		return fmt.Errorf("sandbox: %s is in use by another sandbox", st.dir)
	}
	return nil
}

// load reads what an earlier server left, makes it consistent and starts a
// fresh journal.
func (st *store) load(log *slog.Logger) error {
	found, err := readJournal(st.dir, st.apply)
	if err != nil {
		return err
	}
	for id, r := range st.files {
		if r.Made == 0 && !r.Discarded && st.blobs.size(id) != r.Size {
			log.Warn("contents are missing, file is dropped", slog.String("id", string(id)), slog.String("name", r.Name))
			st.apply(entry{Drop: id})
		}
	}
	if found {
		err = st.blobs.sweep(func(id service.FileID) bool { return st.files[id] != nil })
		if err != nil {
			return fmt.Errorf("sandbox: cleaning up: %w", err)
		}
	}
	st.journal, err = rewriteJournal(st.dir, st.entries)
	return err
}

// entries gives the whole state as journal entries.
func (st *store) entries(yield func(entry) bool) {
	for _, n := range slices.Sorted(maps.Keys(st.gone)) {
		if !yield(entry{Gone: n + 1}) {
			return
		}
	}
	for _, r := range bySeq(st.files, func(*record) bool { return true }) {
		if !yield(entry{File: r}) {
			return
		}
	}
	for _, a := range bySeq(st.albums, func(*album) bool { return true }) {
		if !yield(entry{List: a}) {
			return
		}
	}
}

// order is the order of arrival.
func (r *record) order() int64 { return r.Seq }

func (a *album) order() int64 { return a.Seq }

// bySeq gives the chosen values of m in order of arrival.
func bySeq[K comparable, V interface{ order() int64 }](m map[K]V, choose func(V) bool) []V {
	var all []V
	for _, v := range m {
		if choose(v) {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b V) int { return cmp.Compare(a.order(), b.order()) })
	return all
}

// apply makes a change in memory. The caller holds mu or is alone.
func (st *store) apply(e entry) {
	switch {
	case e.File != nil:
		st.forget(e.File.ID)
		st.files[e.File.ID] = e.File
		if e.File.Made > 0 {
			st.touched++
		} else {
			st.used[e.File.Owner] += e.File.Size
		}
		st.seq = max(st.seq, e.File.Seq)
	case e.Drop != "":
		st.forget(e.Drop)
	case e.Gone != 0:
		st.gone[e.Gone-1] = true
	case e.List != nil:
		st.albums[e.List.ID] = e.List
		st.seq = max(st.seq, e.List.Seq)
	case e.Unlist != "":
		delete(st.albums, e.Unlist)
	}
}

func (st *store) forget(id service.FileID) {
	if r := st.files[id]; r != nil {
		if r.Made > 0 {
			st.touched--
		} else {
			st.used[r.Owner] -= r.Size
		}
		delete(st.files, id)
	}
}

// commit writes a change down and then makes it. The caller holds mu.
func (st *store) commit(e entry) error {
	if st.journal != nil {
		if err := st.journal.add(e); err != nil {
			return err
		}
	}
	st.apply(e)
	if st.journal == nil || st.journal.lines < 10_000+4*(len(st.files)+len(st.albums)+len(st.gone)) {
		return nil
	}
	fresh, err := rewriteJournal(st.dir, st.entries)
	if err != nil {
		return err
	}
	old := st.journal
	st.journal = fresh
	return old.close()
}

func (st *store) close() error {
	var errs []error
	if st.journal != nil {
		errs = append(errs, st.journal.close())
	}
	if st.lock != nil {
		errs = append(errs, st.lock.Close())
	}
	return errors.Join(errs...)
}

// add stores a finished upload under a new id. It fills in ID and Seq.
func (st *store) add(r record, incoming string) (record, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.space > 0 && st.used[r.Owner]+r.Size > st.space {
		return r, errFull
	}
	for r.ID == "" || st.has(r.ID) {
		r.ID = service.FileID(newID())
	}
	st.seq++
	r.Seq = st.seq
	if incoming != "" {
		if err := st.blobs.keep(incoming, r.ID); err != nil {
			return r, err
		}
	}
	if err := st.commit(entry{File: &r}); err != nil {
		return r, errors.Join(err, st.blobs.remove(r.ID))
	}
	return r, nil
}

// has reports whether an id is taken. The caller holds mu.
func (st *store) has(id service.FileID) bool {
	_, err := st.find(id)
	return err == nil
}

// find gives a file's record. The caller holds mu.
func (st *store) find(id service.FileID) (record, error) {
	if r := st.files[id]; r != nil && r.Made <= st.gallery.count {
		return *r, nil
	}
	if n, ok := st.gallery.number(id); ok && !st.gone[n] {
		return st.gallery.record(n), nil
	}
	return record{}, errAbsent
}

// file gives a copy of a file's record.
func (st *store) file(id service.FileID) (record, error) {
	st.mu.RLock()
	defer st.mu.RUnlock()
	return st.find(id)
}

// change changes a file's record.
func (st *store) change(id service.FileID, how func(*record) error) (record, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	r, err := st.find(id)
	if err != nil {
		return r, err
	}
	if err := how(&r); err != nil {
		return r, err
	}
	return r, st.commit(entry{File: &r})
}

// drop deletes a file if allowed agrees.
func (st *store) drop(id service.FileID, allowed func(record) error) error {
	st.mu.Lock()
	defer st.mu.Unlock()
	r, err := st.find(id)
	if err != nil {
		return err
	}
	if err := allowed(r); err != nil {
		return err
	}
	if r.Made > 0 {
		if err := st.commit(entry{Gone: r.Made}); err != nil {
			return err
		}
	}
	if st.files[id] == nil {
		return nil
	}
	if err := st.commit(entry{Drop: id}); err != nil {
		return err
	}
	if r.Made > 0 || r.Discarded {
		return nil
	}
	return st.blobs.remove(id)
}
