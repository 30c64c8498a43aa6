package thumbs

import (
	"context"
	"log/slog"
	"time"
)

// fits orders classes by how well they serve another: below 0 when a is the
// better one.
func fits(a, b, wanted int) int {
	switch {
	case a == b:
		return 0
	case a >= wanted && b >= wanted:
		return a - b
	default: // at most one is large enough: the larger one is better
		return b - a
	}
}

// getPending looks a file up in what waits to be written. A file that has no
// thumbnail is not ok once its time has passed, but found to have none.
func (s *Store) getPending(key Key, class int) (found Found, ok bool) {
	s.pendMu.Lock()
	defer s.pendMu.Unlock()
	rows := s.pending[key]
	if len(rows) == 0 {
		return Found{}, false
	}
	best := rows[0]
	for _, r := range rows[1:] {
		if fits(r.class, best.class, class) < 0 {
			best = r
		}
	}
	if best.class == 0 {
		return Found{None: true}, s.cfg.Now().Before(best.until)
	}
	return Found{Class: best.class, Data: best.data}, true
}

func (s *Store) put(key Key, r row) {
	s.pendMu.Lock()
	defer s.pendMu.Unlock()
	if s.isClosed() || s.waiting+int64(len(r.data)) > maxPending {
		return
	}
	var kept []row
	for _, old := range s.pending[key] {
		if r.class == 0 || old.class == 0 || old.class == r.class {
			s.waiting -= int64(len(old.data))
			s.rows--
		} else {
			kept = append(kept, old)
		}
	}
	s.pending[key] = append(kept, r)
	s.waiting += int64(len(r.data))
	s.rows++
	signal(s.wake)
	if s.waiting >= batchBytes || s.rows >= batchRows {
		signal(s.full)
	}
}

// touch notes that a row was used.
func (s *Store) touch(id int64) {
	s.pendMu.Lock()
	defer s.pendMu.Unlock()
	s.clock++
	s.touched[id] = s.clock
	if len(s.touched) >= batchRows {
		signal(s.wake)
		signal(s.full)
	}
}

// drop forgets what waits.
func (s *Store) drop() {
	s.pendMu.Lock()
	defer s.pendMu.Unlock()
	clear(s.pending)
	s.waiting, s.rows = 0, 0
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// writeLoop writes batches until Close.
func (s *Store) writeLoop(ctx context.Context) {
	defer close(s.done)
	for {
		select {
		case <-s.wake:
			timer := time.NewTimer(batchWait)
			select {
			case <-timer.C:
			case <-s.full:
			case answer := <-s.flush:
				answer <- s.writeAll(ctx)
			case <-s.closing:
			}
			timer.Stop()
			s.log(s.writeAll(ctx))
		case answer := <-s.flush:
			answer <- s.writeAll(ctx)
		case <-s.closing:
			s.log(s.writeAll(ctx))
			return
		}
	}
}

// log tells of the first of several failures.
func (s *Store) log(err error) {
	if err != nil && !s.failing {
		s.cfg.Logger.Warn("thumbnail cache", slog.Any("error", err))
	}
	s.failing = err != nil
}

// batch is what one transaction writes.
type batch struct {
	rows  []keyedRow
	bytes int64
	uses  map[int64]int64
	clock int64 // of the last row
}

type keyedRow struct {
	Key
	row
}

// writeAll writes everything that waits, batch by batch. What can't be written
// is dropped.
func (s *Store) writeAll(ctx context.Context) error {
	for {
		b := s.nextBatch()
		if len(b.rows) == 0 && len(b.uses) == 0 {
			return nil
		}
		s.mu.RLock()
		db := s.db
		var err error
		if db != nil {
			err = db.write(ctx, b, s.cfg.Budget)
		}
		s.mu.RUnlock()
		s.written(b)
		if err != nil {
			if isDamage(err) {
				s.renew(ctx, db, err)
				continue
			}
			s.drop()
			return err
		}
	}
}

// nextBatch takes a batch. Its rows stay visible as pending until written.
func (s *Store) nextBatch() batch {
	s.pendMu.Lock()
	defer s.pendMu.Unlock()
	b := batch{uses: s.touched}
	s.touched = map[int64]int64{}
	for key, rows := range s.pending {
		for _, r := range rows {
			b.rows = append(b.rows, keyedRow{key, r})
			b.bytes += cost(len(r.data))
			s.clock++
		}
		if b.bytes >= batchBytes || len(b.rows) >= batchRows {
			break
		}
	}
	b.clock = s.clock
	return b
}

// written takes a batch out of what waits, but for rows that were put in anew
// since.
func (s *Store) written(b batch) {
	s.pendMu.Lock()
	defer s.pendMu.Unlock()
	for _, done := range b.rows {
		rows := s.pending[done.Key]
		kept := rows[:0:0]
		for _, r := range rows {
			if r.same(done.row) {
				s.waiting -= int64(len(r.data))
				s.rows--
			} else {
				kept = append(kept, r)
			}
		}
		if s.pending[done.Key] = kept; len(kept) == 0 {
			delete(s.pending, done.Key)
		}
	}
}

// same tells whether two rows are one and the same, not just equal.
func (r row) same(o row) bool {
	if r.class != o.class || !r.until.Equal(o.until) || len(r.data) != len(o.data) {
		return false
	}
	return len(r.data) == 0 || &r.data[0] == &o.data[0]
}
