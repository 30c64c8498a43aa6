package upload

import (
	"encoding/hex"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
	"sluice/service/transfer"
)

// contentKey names a content. The zero value names none.
type contentKey struct {
	size int64
	sum  [32]byte
}

// keyOf makes a key, and false when sum is no SHA-256.
func keyOf(size int64, sum string) (contentKey, bool) {
	k := contentKey{size: size}
	if len(sum) != 2*len(k.sum) {
		return contentKey{}, false
	}
	if _, err := hex.Decode(k.sum[:], []byte(sum)); err != nil {
		return contentKey{}, false
	}
	return k, true
}

// catalogue is what the account has, as far as it takes to notice contents
// that are there already. It is guarded by Engine.mu; one that is being filled
// belongs to the lister.
type catalogue struct {
	files map[contentKey]service.FileID
	sizes map[int64]*sizeInfo

	loaded  time.Time // when the listing was fetched, zero = never
	failed  int       // tries in a row that failed
	retry   time.Time // not to be fetched before
	without bool      // it can't be had for now; uploads go on without
}

// sizeInfo tells which contents of one size there are.
type sizeInfo struct {
	unseen int                  // contents of which there are no samples
	prints map[contentPrint]int // those that were uploaded from here
}

const (
	catalogueAge   = 10 * time.Minute // when it is fetched again
	catalogueTries = 3                // before uploads go on without it
)

func newCatalogue() *catalogue {
	return &catalogue{files: make(map[contentKey]service.FileID), sizes: make(map[int64]*sizeInfo)}
}

// add notes a file; samples is nil when they are not known.
func (c *catalogue) add(id service.FileID, size int64, sum string, samples *contentPrint) {
	k, ok := keyOf(size, sum)
	if !ok {
		return
	}
	if _, there := c.files[k]; there {
		c.files[k] = id
		return
	}
	c.files[k] = id
	s := c.sizes[size]
	if s == nil {
		s = &sizeInfo{}
		c.sizes[size] = s
	}
	if samples == nil {
		s.unseen++
		return
	}
	if s.prints == nil {
		s.prints = make(map[contentPrint]int)
	}
	s.prints[*samples]++
}

// drop forgets a file that turned out to be gone.
func (c *catalogue) drop(k contentKey, id service.FileID) {
	if c.files[k] == id {
		delete(c.files, k) // sizes may promise too much now: that costs a hash at worst
	}
}

// mayHave reports whether a large file with these samples may be there.
func (c *catalogue) mayHave(size int64, samples func() (contentPrint, bool)) bool {
	s := c.sizes[size]
	if s == nil {
		return false
	}
	if s.unseen > 0 {
		return true
	}
	p, ok := samples()
	return !ok || s.prints[p] > 0
}

// knownEnough reports whether uploads can start: what the account has is known,
// or need not or can't be. e.mu is held.
func (e *Engine) knownEnough() bool {
	return !e.skipKnown || !e.known.loaded.IsZero() || e.known.without
}

// wantsCatalogue reports whether the listing is to be fetched for the sake of
// duplicates. e.mu is held.
func (e *Engine) wantsCatalogue() bool {
	c, now := e.known, e.clock.Now()
	if !e.skipKnown || e.ready[quick].Len()+e.ready[bulk].Len() == 0 || now.Before(c.retry) {
		return false
	}
	return c.loaded.IsZero() || now.Sub(c.loaded) > catalogueAge
}

// listingFailed notes that the listing could not be fetched, and reports
// whether the service will not give it. e.mu is held.
func (e *Engine) listingFailed(client *pixeldrain.Client, err *service.Error) (never bool) {
	c := e.known
	c.retry = e.clock.Now()
	switch _, all := e.trouble(client, err, 0); {
	case all, client != e.client:
		return false // tried again when the hold ends
	case err.Kind.Temporary() || err.Kind == service.Internal:
		c.failed++
		c.retry = c.retry.Add(transfer.Backoff(c.failed, err))
		c.without = c.failed >= catalogueTries
	default:
		c.without, never = true, true
		c.retry = c.retry.Add(catalogueAge)
	}
	e.alarm.Rouse()
	return never
}

// own is a file that was uploaded from here since the engine started.
type own struct {
	id    service.FileID
	size  int64
	sum   string
	print *contentPrint
}

// remember notes that the account has j's file now. e.mu is held.
func (e *Engine) remember(j *job) {
	o := own{id: service.FileID(j.row.FileID), size: j.row.Size, sum: j.row.SHA256, print: j.print}
	if o.sum == "" {
		return
	}
	e.ours = append(e.ours, o)
	e.known.add(o.id, o.size, o.sum, o.print)
}

// list makes a catalogue to be filled from a listing. What was uploaded from
// here comes first, because only there the samples are known. e.mu is held.
func (e *Engine) list() (fresh *catalogue, ours int) {
	fresh = newCatalogue()
	for _, o := range e.ours {
		fresh.add(o.id, o.size, o.sum, o.print)
	}
	return fresh, len(e.ours)
}

// listed puts a filled catalogue in place; ours is what list gave. e.mu is held.
func (e *Engine) listed(fresh *catalogue, ours int, at time.Time) {
	for _, o := range e.ours[ours:] {
		fresh.add(o.id, o.size, o.sum, o.print)
	}
	fresh.loaded = at
	e.known = fresh
}
