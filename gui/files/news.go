package files

import (
	"time"

	"sluice/service"
	"sluice/service/transfer"
)

// take takes over what the reader brings.
func (s *Screen) take(n news) {
	if n.status.Scope != s.model.status.Scope {
		s.tiles.grid.Release(false) // it was meant for others
		s.otherAccount()
	}
	changed := s.model.Take(n)
	if changed && len(s.removals) == 0 {
		s.model.list.settle(func(id service.FileID) bool {
			_, ok := s.lib.Catalogue.File(id)
			return ok
		})
	}
	if changed {
		s.relist()
		s.dropLost()
		s.goAlong()
	} else {
		s.show()
	}
	s.heard = true
	s.wait()
	s.whole()
	s.tryLater()
	s.cfg.Outside.Changed(n.status)
}

// goAlong brings a file into view that was renamed.
func (s *Screen) goAlong() {
	if i := s.model.list.Index(s.follow); s.follow != "" && i >= 0 {
		s.follow = ""
		s.tiles.grid.ScrollTo(i)
	}
}

// dropLost takes files out of the selection that are no longer in the account.
func (s *Screen) dropLost() {
	if s.tiles.selection.Hidden() == 0 {
		return
	}
	var lost []service.FileID
	for _, id := range s.tiles.selection.IDs() {
		if _, ok := s.lib.Catalogue.File(id); !ok {
			lost = append(lost, id)
		}
	}
	if len(lost) > 0 {
		s.tiles.Gone(lost...)
		s.relist()
	}
}

// When the files are asked for without anybody's doing.
const (
	tryFirst   = 3 * time.Second  // after a listing that failed and may work later, doubling to
	tryAfter   = 30 * time.Second // this, or later where the service asks for it
	staleAfter = 10 * time.Minute // when people come to the screen
)

// tryLater asks again after a while where the last listing failed.
func (s *Screen) tryLater() {
	status := s.model.status
	if status.Problem == nil && !status.Busy {
		s.tries = 0
	}
	if status.Problem == nil || status.Busy || !status.Problem.Kind.Temporary() || s.trying != nil {
		return
	}
	wait := min(tryFirst<<min(s.tries, 8), tryAfter)
	s.tries++
	s.trying = s.cfg.After(max(wait, min(status.Problem.RetryAfter, transfer.MaxAskedWait)), func() {
		s.trying = nil
		if s.ctx.Err() == nil && s.model.status.Problem != nil {
			s.Refresh()
		}
	})
}

func (s *Screen) ready(ids []service.FileID) {
	s.tiles.Changed(ids)
	s.details.ready(ids)
}
