package watch

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Times by the clock of the configuration.
const (
	tellAfter   = time.Minute           // how long a file may be written or be empty before that is told
	shortest    = 10 * time.Millisecond // between two looks at a file that is being written
	longest     = time.Second           // the same
	unreadEvery = 30 * time.Second      // between two looks at a file that can't be read
	parkFor     = time.Second           // while the same file is on its way by another name
)

// unsureTimes is how many times longer a file must be quiet where nobody can
// tell whether it is complete: neither the platform nor its format.
const unsureTimes = 5

// pieceQuiet is how long a file must be quiet that looks like a piece of a film:
// its other piece may be on its way.
const pieceQuiet = 30 * time.Second

// pending is a file that was found and is not complete yet, or waits for its
// turn.
type pending struct {
	rel     string
	id      ident
	first   time.Time // when it was found
	since   time.Time // how long it has been quiet
	due     time.Time // when to look again
	probed  time.Time
	wait    time.Duration // between looks while it is written
	told    Reason
	late    bool // it had come before the folder was watched
	hashing bool
	sum     string // of the content of id, "" = not known
}

// await makes a file pending, or notes that it has changed.
func (f *folder) await(rel string, id ident) {
	now := f.w.cfg.Clock.Now()
	p := f.pending[rel]
	switch {
	case p == nil:
		f.pending[rel] = &pending{rel: rel, id: id, first: now, since: now, due: now, late: id.changed < f.late.UnixNano() && !f.late.IsZero()}
	case p.id != id:
		p.changed(id, now)
	case p.told == ReasonUnreadable:
		p.due = now
	}
}

func (p *pending) changed(id ident, now time.Time) {
	p.id, p.since, p.wait, p.sum, p.late = id, now, 0, "", false
	p.due = now
	if soon := p.probed.Add(shortest); soon.After(now) {
		p.due = soon
	}
}

// hurry makes all pending files due.
func (f *folder) hurry() {
	for _, p := range f.pending {
		p.due = time.Time{}.Add(1)
	}
}

// ripen looks at the files that are due, and hands over those that are ready.
func (f *folder) ripen(ctx context.Context) {
	now := f.w.cfg.Clock.Now()
	if f.problem != nil && now.Before(f.retry) {
		return
	}
	var ready []*pending
	paused := f.w.isPaused()
	for _, p := range f.pending {
		switch {
		case p.hashing || now.Before(p.due):
		case !f.ripe(p, now):
		case paused:
			p.due = now.Add(time.Hour) // hurry comes with the end of the pause
		case f.wanted(ctx, p):
			ready = append(ready, p)
		}
	}
	slices.SortFunc(ready, func(a, b *pending) int { // the order in which their links are given
		return cmp.Or(cmp.Compare(a.id.changed, b.id.changed), strings.Compare(a.rel, b.rel))
	})
	f.handOver(ctx, ready)
}

// ripe reports whether a file is complete. If not, it is due later, or not
// pending any more.
func (f *folder) ripe(p *pending, now time.Time) bool {
	path := filepath.Join(f.path, p.rel)
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		p.due = now.Add(unreadEvery)
		f.dirty[p.rel] = struct{}{}
		return false
	}
	p.probed = now
	if id := identOf(path, info); id != p.id {
		p.changed(id, now)
		return false
	}
	if p.id.size == 0 {
		p.due = p.since.Add(tellAfter)
		if !now.Before(p.due) {
			f.skip(p.rel, p.id, ReasonEmpty)
		}
		return false
	}
	held, whole := f.w.cfg.probe(path, p.id)
	if controlled(path) {
		held = writing
	}
	switch held {
	case writing:
		p.since = now
		p.wait = min(max(p.wait*2, shortest), longest)
		p.due = now.Add(p.wait)
		if now.Sub(p.first) >= tellAfter {
			f.tellWaiting(p, ReasonWriting)
		}
	case changing, vanished:
		p.since, p.due = now, now.Add(shortest)
	case unreadable:
		p.due = now.Add(unreadEvery)
		f.tellWaiting(p, ReasonUnreadable)
	case free, unknown:
		quiet := f.w.cfg.Quiet
		if held == unknown && !whole {
			quiet *= unsureTimes // its writer may only be resting
		}
		if _, partly := piece(filepath.Base(path)); partly {
			quiet = max(quiet, pieceQuiet)
		}
		if held == free && whole || now.Sub(p.since) >= quiet {
			return true
		}
		p.due = p.since.Add(quiet)
	}
	return false
}

// tellWaiting notes once what a file waits for.
func (f *folder) tellWaiting(p *pending, reason Reason) {
	if p.told != reason {
		p.told = reason
		f.note(Entry{Path: p.rel, What: Waiting, Reason: reason, Size: p.id.size})
	}
}

// wanted reports whether a complete file is to be uploaded. If not, it is due
// later, or the ledger knows it now.
func (f *folder) wanted(ctx context.Context, p *pending) bool {
	if reason := f.opts.Rules.Size(p.id.size); reason != "" {
		f.skip(p.rel, p.id, reason)
		return false
	}
	if twin := f.ledger.twin(p.rel, p.id); twin != nil {
		f.isTwin(p, twin)
		return false
	}
	if own, sure := f.downloaded(ctx, p); own || !sure {
		return false
	}
	r := f.ledger.rows[p.rel]
	if r != nil && r.gone.IsZero() && r.sum != "" && r.id.size == p.id.size {
		switch p.sum {
		case "":
			f.hash(ctx, p)
			return false
		case r.sum:
			f.touched(ctx, p, r)
			return false
		}
	}
	if r == nil || !r.gone.IsZero() || !r.taken() || f.opts.Edited {
		return true
	}
	next := *r
	next.id = p.id
	f.keep(next)
	delete(f.pending, p.rel)
	f.note(Entry{Path: p.rel, What: Skipped, Reason: ReasonEdited, Size: p.id.size})
	return false
}

// isTwin sees to another name of a file that the ledger knows.
func (f *folder) isTwin(p *pending, twin *row) {
	if twin.inFlight() {
		p.due = f.w.cfg.Clock.Now().Add(parkFor)
		return
	}
	state := rowSame
	if twin.state == rowFirst {
		state = rowFirst
	}
	f.keep(row{rel: p.rel, id: p.id, sum: twin.sum, state: state, link: twin.link})
	delete(f.pending, p.rel)
	if _, err := os.Lstat(filepath.Join(f.path, twin.rel)); err == nil {
		f.note(Entry{Path: p.rel, What: Skipped, Reason: ReasonSame, Link: twin.link, Size: p.id.size})
	}
}

// downloaded reports whether a file is what Sluice itself has put there, and not
// something that took its name since. It is not sure while the hash is missing,
// or the database does not answer.
func (f *folder) downloaded(ctx context.Context, p *pending) (own, sure bool) {
	sums, err := f.w.cfg.DB.DownloadedTo(ctx, filepath.Join(f.path, p.rel))
	switch {
	case err != nil:
		p.due = f.w.cfg.Clock.Now().Add(retryAfter)
		if ctx.Err() == nil {
			f.trouble(err)
		}
		return false, false
	case len(sums) == 0:
		return false, true
	case p.sum == "":
		f.hash(ctx, p)
		return false, false
	case !slices.Contains(sums, p.sum):
		return false, true
	}
	// As what was there first: it stays known when the list of downloads is not.
	f.keep(row{rel: p.rel, id: p.id, sum: p.sum, state: rowFirst})
	delete(f.pending, p.rel)
	f.note(Entry{Path: p.rel, What: Skipped, Reason: ReasonDownloaded, Size: p.id.size})
	return true, true
}

// touched sees to a file with the content that it had when it was uploaded: only
// its time changed, or it changed back.
func (f *folder) touched(ctx context.Context, p *pending, r *row) {
	delete(f.pending, p.rel)
	next := *r
	next.id = p.id
	switch {
	case next.state == rowStale && (f.opts.Then == Move || f.opts.Then == Bin):
		next.state = rowDue // it changed before its upload ended, and was uploaded as it is
	case next.state == rowStale, next.state == rowFailed:
		next.state = rowUploaded
	}
	f.keep(next)
	if next.state == rowDue {
		f.remove(ctx, &next)
	}
}

// hash finds out the hash of a pending file.
func (f *folder) hash(ctx context.Context, p *pending) {
	p.hashing = true
	id := p.id
	f.busy.Go(func() {
		sum, err := f.w.sum(ctx, filepath.Join(f.path, p.rel), id)
		f.inbox.put(func() {
			p.hashing = false
			p.due = f.w.cfg.Clock.Now()
			if err != nil {
				p.due = p.due.Add(longest)
			} else if p.id == id {
				p.sum = sum
			}
		})
	})
}

var errChanged = errors.New("it is not the same file any more")

// sum gives the SHA-256 of a version of a file.
func (w *Watcher) sum(ctx context.Context, path string, id ident) (string, error) {
	select {
	case w.slow <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-w.slow }()
	file, err := openForProbe(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }() // it was only read
	same := func() bool {
		info, err := file.Stat()
		return err == nil && info.Mode().IsRegular() && identOf(path, info).sameVersion(id)
	}
	if !same() {
		return "", errChanged
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, reader{ctx, file}); err != nil {
		return "", err
	}
	if !same() || !named(path, file) {
		return "", errChanged
	}
	return strings.ToLower(hex.EncodeToString(hash.Sum(nil))), nil
}

// named reports whether a path still leads to an open file: another may have
// taken its name while it was read.
func named(path string, file *os.File) bool {
	opened, err := file.Stat()
	if err != nil {
		return false
	}
	now, err := os.Lstat(path)
	return err == nil && os.SameFile(opened, now)
}

// reader reads until its context ends.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(b)
}
