package library

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"sluice/service"
	"sluice/storage/listing"
)

// owner is the goroutine that changes a catalogue.
type owner struct {
	c       *Catalogue
	account account
	known   bool // there is a listing, of time at
	at      time.Time

	fetching context.CancelFunc // nil: no listing is coming
	answers  chan answer        // of the one that is
	again    bool               // another is wanted after it
	since    []change           // while it comes

	ease    <-chan time.Time // a listing is to be asked for then; nil: none is
	waiting []change         // told, and not shown yet
	rest    <-chan time.Time // nil: changes are shown at once
	late    <-chan time.Time // all files are to be read then; nil: they are
	kept    *sorting         // of the glance on the disk; nil: there is none
	loose   int              // bytes of records that came since all were last side by side
}

// restFor is how much longer than showing changes took no others are shown: a
// thousand uploads of small files are not a thousand snapshots.
const restFor = 10

// answer is a listing that has come, or why not.
type answer struct {
	records []record
	fresh   int // see read
	at      time.Time
	err     error
}

func (o *owner) run(ctx context.Context) {
	defer o.drop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-o.c.wake:
			o.obey(ctx)
		case <-o.ease:
			o.fetch(ctx)
		case <-o.late:
			o.whole(ctx)
		case <-o.rest:
			o.rest = nil
			o.flush(ctx)
		case a := <-o.answers:
			o.flush(ctx)
			o.fetching()
			o.fetching = nil
			o.take(ctx, &a)
			if o.again {
				o.fetch(ctx)
			}
		}
	}
}

// obey does what has been ordered.
func (o *owner) obey(ctx context.Context) {
	o.c.mu.Lock()
	todo := o.c.orders
	o.c.orders = nil
	o.c.mu.Unlock()
	for _, t := range todo {
		if t.changes == nil && !t.look {
			o.flush(ctx)
		}
		if t.use == nil && !t.forget && !t.look {
			o.whole(ctx)
		}
		switch {
		case t.use != nil:
			o.use(ctx, *t.use)
		case t.forget:
			o.forget(ctx)
		case t.whole:
		case t.look:
			o.keepGlance(ctx)
		case t.refresh:
			o.fetch(ctx)
		default:
			o.waiting = append(o.waiting, t.changes...)
			if o.rest == nil {
				o.flush(ctx)
			}
		}
	}
}

// use changes the account.
func (o *owner) use(ctx context.Context, a account) {
	o.drop()
	same := a.scope == o.account.scope
	o.account = a
	if same && o.c.files.Load().glance != nil {
		o.whole(ctx)
		return
	}
	if same {
		o.c.change(func(*Status) {}) // whoever waits to hear of an account hears it
		o.fetch(ctx)
		return
	}
	o.late, o.kept = nil, nil
	if !o.look(ctx) {
		o.loadAll(ctx)
	}
}

// loadAll reads and shows what is kept of the account, and has the service asked.
func (o *owner) loadAll(ctx context.Context) {
	records, at, err := o.load(ctx)
	if err != nil && !errors.Is(err, listing.ErrNone) {
		o.c.cfg.Logger.Warn("the files of the last time can't be read", slog.Any("err", err))
	}
	o.known, o.at, o.loose = err == nil, at, 0
	o.show(newSnapshot(records), nil)
	if o.known && o.account.from != nil && o.c.cfg.Ease > 0 {
		o.ease = time.After(o.c.cfg.Ease)
		return
	}
	o.fetch(ctx)
}

func (o *owner) forget(ctx context.Context) {
	o.drop()
	if o.c.cfg.Store != nil {
		if err := o.c.cfg.Store.Forget(ctx, o.account.scope); err != nil {
			o.c.cfg.Logger.Warn("the files of the account can't be forgotten", slog.Any("err", err))
		}
	}
	o.known, o.at, o.late, o.kept = false, time.Time{}, nil, nil
	o.show(newSnapshot(nil), nil)
}

// show makes a snapshot the one that is searched, ready for the sortings in
// use.
func (o *owner) show(s *snapshot, problem *service.Error) {
	before := o.c.files.Load()
	if s.glance == nil {
		s.order(ByUploaded)
	}
	for _, f := range before.sortedBy() {
		s.order(f)
	}
	o.c.files.Store(s)
	o.c.change(func(st *Status) {
		*st = Status{
			Scope: o.account.scope, Known: o.known, At: o.at, Files: s.files(), Bytes: s.bytes(),
			Busy: o.fetching != nil, Problem: problem, Version: st.Version + 1, Glance: s.glance != nil,
		}
	})
}

// flush shows what this computer has done.
func (o *owner) flush(ctx context.Context) {
	if len(o.waiting) == 0 {
		return
	}
	began := time.Now()
	changes := o.waiting
	o.waiting = nil
	if o.fetching != nil {
		o.since = append(o.since, changes...)
	}
	before := o.c.files.Load()
	after := newSnapshot(changed(before.records, changes, true))
	if o.known {
		o.save(ctx, before, after)
	}
	o.show(after, o.c.Status().Problem)
	o.rest = time.After(restFor * time.Since(began))
}

// changed gives the records after the changes. A file that is put and there
// already is replaced, or with replace false left as it is.
func changed(records []record, changes []change, replace bool) []record {
	last := make(map[string]record, len(changes)) // "": taken away, or put already
	for _, c := range changes {
		last[c.id] = c.put
	}
	after := make([]record, 0, len(records)+len(last))
	for _, r := range records {
		put, touched := last[r.id()]
		if touched && put != "" {
			last[r.id()] = ""
			if replace {
				r = put
			}
		} else if touched {
			continue
		}
		after = append(after, r)
	}
	for _, c := range changes {
		if put := last[c.id]; put != "" {
			after = append(after, put)
			last[c.id] = ""
		}
	}
	return after
}

// fetch asks for a listing.
func (o *owner) fetch(ctx context.Context) {
	o.ease = nil
	o.again = o.fetching != nil
	if o.again || o.account.from == nil {
		return
	}
	fetching, cancel := context.WithCancel(ctx)
	o.fetching, o.since = cancel, nil
	o.c.change(func(s *Status) { s.Busy, s.Reading = true, 0 })
	from, base, now := o.account.from, o.c.files.Load(), o.c.cfg.Now()
	answers := o.answers
	o.c.done.Go(func() {
		records, fresh, err := read(fetching, from, base, func(n int) {
			o.c.change(func(s *Status) {
				if fetching.Err() == nil {
					s.Reading = n
				}
			})
		})
		select {
		case answers <- answer{records, fresh, now, err}:
		case <-fetching.Done():
		}
	})
}

// drop gives up the fetch under way.
func (o *owner) drop() {
	if o.fetching != nil {
		o.fetching()
		o.fetching = nil
		o.c.change(func(s *Status) { s.Busy, s.Reading = false, 0 })
	}
	o.answers, o.again, o.since, o.ease = make(chan answer), false, nil, nil
}

// take takes over the answer of a fetch that has ended.
func (o *owner) take(ctx context.Context, a *answer) {
	if a.err != nil {
		problem := service.AsError("list files", a.err)
		o.c.change(func(s *Status) { s.Busy, s.Reading, s.Problem = false, 0, problem })
		return
	}
	if len(o.since) > 0 {
		a.records = changed(a.records, o.since, false)
	}
	before := o.c.files.Load()
	o.pack(before, a)
	after := before
	if !before.isOf(a.records) {
		after = newSnapshot(a.records)
	}
	first := !o.known
	o.known, o.at = true, a.at
	if first {
		o.saveAll(ctx, after)
	} else {
		o.save(ctx, before, after)
	}
	if after == before && !first {
		o.c.change(func(s *Status) { s.Busy, s.Reading, s.At, s.Problem = false, 0, o.at, nil })
		return
	}
	o.show(after, nil)
}

// pack puts the records of an answer side by side when half of them have come one
// listing after the other: what they replace is in the same pieces of memory as
// what stays.
func (o *owner) pack(before *snapshot, a *answer) {
	o.loose += a.fresh
	switch {
	case len(before.records) == 0:
		o.loose = 0
	case o.loose > textOf(a.records)/2:
		a.records, o.loose = packed(a.records), 0
	}
}

// isOf reports whether the snapshot has these very records, in any order.
func (s *snapshot) isOf(records []record) bool {
	if len(records) != len(s.records) {
		return false
	}
	for _, r := range records {
		if s.get(r.id()) != r {
			return false
		}
	}
	return true
}
