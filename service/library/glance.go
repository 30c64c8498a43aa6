package library

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"sluice/storage/listing"
)

// glanceFiles is how many files a glance has: those of a large screen and of
// some turns of the wheel.
const glanceFiles = 600

// glanceForm is the version of how a glance is kept.
const glanceForm = 1

// sorting is how a List is sorted.
type sorting struct {
	by         Field
	descending bool
}

// glance is the beginning of the list of all files, in the order in which they
// were seen last, and what is told of all of them: enough to show them before
// they are read.
type glance struct {
	sorting
	files  int   // all
	bytes  int64 // of all
	counts [kindCount]int
	first  []record
}

// newGlance looks at a snapshot.
func newGlance(s *snapshot, by sorting) *glance {
	g := &glance{sorting: by, files: len(s.records), bytes: s.bytes()}
	for _, k := range s.kinds {
		g.counts[k]++
	}
	order := s.order(by.by)
	for n := range min(glanceFiles, len(order)) {
		i := order[n]
		if by.descending {
			i = order[len(order)-1-n]
		}
		g.first = append(g.first, s.records[i])
	}
	return g
}

// encode gives the form on the disk: versions, sorting, numbers, records.
func (g *glance) encode() []byte {
	descending := byte(0)
	if g.descending {
		descending = 1
	}
	to := []byte{glanceForm, byte(g.by), descending}
	to = binary.AppendUvarint(to, uint64(g.files)) //nolint:gosec // not negative
	to = binary.AppendVarint(to, g.bytes)
	for _, n := range g.counts {
		to = binary.AppendUvarint(to, uint64(n)) //nolint:gosec // not negative
	}
	return encode(to, g.first)
}

// decodeGlance is the opposite of encode. It takes any data.
func decodeGlance(data []byte) (*glance, error) {
	p := reader{rest: string(data)}
	form := p.byte()
	g := &glance{sorting: sorting{Field(p.byte()), p.byte() == 1}}
	g.files = p.count()
	g.bytes = p.number()
	sum := 0
	for k := range g.counts {
		g.counts[k] = p.count()
		sum += g.counts[k]
	}
	if p.failed || form != glanceForm || g.by > ByDownloads || sum != g.files || p.rest == "" {
		return nil, errPart
	}
	var err error
	if g.first, err = decode(nil, p.rest); err != nil {
		return nil, err
	}
	if len(g.first) != min(g.files, glanceFiles) {
		return nil, errPart
	}
	return g, nil
}

// count is a number of files.
func (r *reader) count() int {
	const most = 1<<31 - 1 // see newSnapshot
	v := r.unsigned()
	if v > most {
		r.failed, r.rest = true, ""
		return 0
	}
	return int(v) //nolint:gosec // it was compared
}

// snapshot makes the files of a glance a snapshot: those that it has, of all.
func (g *glance) snapshot() *snapshot {
	s := newSnapshot(g.first)
	s.glance = g
	return s
}

// list is what a search finds in a glance, nil when it takes all files to know.
func (s *snapshot) list(search *Search) *List {
	g := s.glance
	if search.narrow() || search.sorting() != g.sorting {
		return nil
	}
	l := &List{s: s, length: g.files, counts: Counts{All: g.files, Kind: g.counts}, order: make([]int32, len(s.records))}
	for i := range l.order {
		l.order[i] = int32(i) //nolint:gosec // see newSnapshot
	}
	return l
}

func (s *Search) sorting() sorting { return sorting{s.By, s.Descending} }

// narrow reports whether the search can leave files out.
func (s *Search) narrow() bool {
	q := &s.Query
	return s.Kind != AnyKind || q.Kind != AnyKind || len(q.Words)+len(q.Without) > 0 || q.Least > 0 || q.Below != 0 ||
		!q.After.IsZero() || !q.Before.IsZero()
}

// look shows what is kept to be seen first of the account, and reports whether
// there is something.
func (o *owner) look(ctx context.Context) bool {
	if o.c.cfg.Store == nil || o.c.cfg.Glance <= 0 || o.account.scope == "" {
		return false
	}
	data, at, err := o.c.cfg.Store.Glance(ctx, o.account.scope)
	if err != nil {
		return false // all files are read at once, which meets every error again
	}
	g, err := decodeGlance(data)
	if err != nil {
		return false
	}
	kept := g.sorting
	o.known, o.at, o.kept = true, at, &kept
	o.late = time.After(o.c.cfg.Glance)
	o.show(g.snapshot(), nil)
	return true
}

// whole reads all files where only a glance of them is shown.
func (o *owner) whole(ctx context.Context) {
	o.late = nil
	if o.c.files.Load().glance != nil {
		o.loadAll(ctx)
	}
}

// seen takes over how the files are sorted where people look at all of them.
func (c *Catalogue) seen(by sorting) {
	if before := c.sorted.Swap(&by); before == nil || *before != by {
		c.tell(order{look: true})
	}
}

// glance is that of a snapshot, to be kept with it; nil while nobody has seen
// the files.
func (o *owner) glance(s *snapshot) []byte {
	by := o.c.sorted.Load()
	if by == nil || len(s.records) == 0 {
		o.kept = nil
		return nil
	}
	o.kept = by
	return newGlance(s, *by).encode()
}

// keepGlance writes how the files are seen now, where that is not what is kept.
func (o *owner) keepGlance(ctx context.Context) {
	s, by := o.c.files.Load(), o.c.sorted.Load()
	if o.c.cfg.Store == nil || o.account.scope == "" || !o.known || s.glance != nil || by == nil || o.kept != nil && *o.kept == *by {
		return
	}
	if err := o.c.cfg.Store.SaveGlance(ctx, o.account.scope, o.glance(s)); err != nil && !errors.Is(err, listing.ErrNone) {
		o.complain(ctx, err)
	}
}
