package library

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"sluice/service"
	"sluice/storage/listing"
)

// tellEvery is how many files are read between two tellings of how many.
const tellEvery = 2000

// read reads a listing. Records that did not change are those of base; fresh is
// how many bytes the others take.
func read(ctx context.Context, from Lister, base *snapshot, tell func(n int)) (records []record, fresh int, err error) {
	records = make([]record, 0, len(base.records))
	seen := newNumbers(len(base.records))
	var form []byte
	var room arena
	err = from.EachFile(ctx, func(f service.File) error {
		if f.ID == "" {
			return nil
		}
		form = appendRecord(form[:0], &f)
		i, ok := base.index.find(base.records, string(f.ID))
		switch {
		case ok && seen.has(i): // told twice
			return nil
		case ok && string(base.records[i]) == string(form):
			records = append(records, base.records[i])
		default:
			records = append(records, record(room.keep(form)))
			fresh += len(form)
		}
		if ok {
			seen.add(i)
		}
		if len(records)%tellEvery == 0 {
			tell(len(records))
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, 0, err
	}
	return records, fresh, nil
}

// load reads what is kept of the account.
func (o *owner) load(ctx context.Context) (records []record, at time.Time, err error) {
	if o.c.cfg.Store == nil || o.account.scope == "" {
		return nil, time.Time{}, listing.ErrNone
	}
	records = make([]record, 0, o.c.files.Load().files()) // as many as the glance tells
	var room arena
	at, err = o.c.cfg.Store.Load(ctx, o.account.scope, func(_ int, data []byte) error {
		var err error
		records, err = decode(records, room.keep(data))
		return err
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	return records, at, nil
}

// save writes the parts in which two snapshots differ.
func (o *owner) save(ctx context.Context, before, after *snapshot) {
	if o.c.cfg.Store == nil || o.account.scope == "" {
		return
	}
	err := o.c.cfg.Store.Save(ctx, o.account.scope, o.at, false, parts(after, differing(before, after)), o.glance(after))
	if errors.Is(err, listing.ErrNone) {
		o.saveAll(ctx, after)
		return
	}
	o.complain(ctx, err)
}

// saveAll writes everything in place of what is kept.
func (o *owner) saveAll(ctx context.Context, s *snapshot) {
	if o.c.cfg.Store == nil || o.account.scope == "" {
		return
	}
	all := func(record) bool { return true }
	err := o.c.cfg.Store.Save(ctx, o.account.scope, o.at, true, parts(s, partsOf(s, all)), o.glance(s))
	if errors.Is(err, listing.ErrNone) { // it was damaged, and is empty now
		err = o.c.cfg.Store.Save(ctx, o.account.scope, o.at, true, parts(s, partsOf(s, all)), o.glance(s))
	}
	o.complain(ctx, err)
}

func (o *owner) complain(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		o.c.cfg.Logger.Warn("the list of files can't be kept", slog.Any("err", err))
	}
}

// partSet is a set of parts.
type partSet [partCount]bool

// partsOf are the parts with a record of which which is true.
func partsOf(s *snapshot, which func(record) bool) *partSet {
	set := &partSet{}
	for _, r := range s.records {
		if which(r) {
			set[partOf(r.id())] = true
		}
	}
	return set
}

// differing are the parts in which two snapshots differ.
func differing(before, after *snapshot) *partSet {
	set := partsOf(after, func(r record) bool { return before.get(r.id()) != r })
	for _, r := range before.records {
		if after.get(r.id()) == "" {
			set[partOf(r.id())] = true
		}
	}
	return set
}

// parts encodes the parts of a set, one after the other in the same memory.
func parts(s *snapshot, set *partSet) func(yield func(int, []byte) bool) {
	return func(yield func(int, []byte) bool) {
		var dealt [partCount][]record
		for _, r := range s.records {
			if n := partOf(r.id()); set[n] {
				dealt[n] = append(dealt[n], r)
			}
		}
		var data []byte
		for n, wanted := range set {
			if !wanted {
				continue
			}
			data = encode(data[:0], dealt[n])
			if !yield(n, data) {
				return
			}
		}
	}
}
