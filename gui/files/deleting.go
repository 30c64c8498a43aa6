package files

import (
	"slices"
	"time"

	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
)

// askDelete asks whether what is selected is to be deleted.
func (s *Screen) askDelete() {
	files := s.files(s.tiles.selection.IDs())
	if len(files) == 0 {
		return
	}
	size := int64(0)
	for i := range files {
		size += max(0, files[i].Size)
	}
	title := lang.N("Delete {{.Count}} files ({{.Size}})?", len(files), map[string]any{
		"Count": s.cfg.Format.Number(int64(len(files))), "Size": s.cfg.Format.Size(size),
	})
	if len(files) == 1 {
		title = lang.L("Delete “{{.Name}}” ({{.Size}})?", map[string]any{"Name": shownName(&files[0]), "Size": s.cfg.Format.Size(size)})
	}
	text := lang.L("Deleted files leave your account, and their links stop working for everyone. You can undo this for 8 seconds, and not after that. Files on this computer are not affected.")
	if n := s.tiles.selection.Hidden(); n > 0 && len(files) > 1 {
		text = lang.N("{{.Count}} of them are not shown at the moment, and will be deleted too.", n,
			map[string]any{"Count": s.cfg.Format.Number(int64(n))}) + " " + text
	}
	s.cfg.Outside.Ask(title, text,
		kit.Answer{Label: lang.L("Delete"), Kind: kit.ButtonDanger, Do: func() { s.remove(files) }},
		kit.Answer{Label: lang.L("Keep"), Kind: kit.ButtonPrimary})
}

// remove begins a deletion: for a while it only looks like one. Another that
// waits starts now.
func (s *Screen) remove(files []service.File) {
	for _, r := range slices.Clone(s.removals) {
		s.startRemoval(r)
	}
	r := newRemoval(files, Undo)
	s.supersede(r)
	s.removals = append(s.removals, r)
	s.model.list.leave(true, r.ids())
	s.tiles.Gone(r.ids()...)
	s.relist()
	s.countDown(r)
}

// supersede takes files out of earlier reports, which say that they are still there
// and offer to delete them again.
func (s *Screen) supersede(by *removal) {
	ids := make(map[service.FileID]bool, len(by.files))
	for i := range by.files {
		ids[by.files[i].ID] = true
	}
	for _, r := range slices.Clone(s.removals) {
		r.failed = slices.DeleteFunc(r.failed, func(f Failure) bool { return ids[f.File.ID] })
		if r.over && len(r.failed) == 0 {
			s.drop(r)
		}
	}
}

// countDown shows how long a deletion waits, and then starts it. Each second is
// shown: where the computer stands still meanwhile, what people did is heard first.
func (s *Screen) countDown(r *removal) {
	if r.wait <= 0 {
		s.startRemoval(r)
		return
	}
	s.showRemovals()
	r.stop = s.cfg.After(time.Second, func() {
		if slices.Contains(s.removals, r) && r.waiting() {
			r.wait -= time.Second
			s.countDown(r)
		}
	})
}

// untilNextSecond is when another number of seconds is left.
func untilNextSecond(left time.Duration) time.Duration {
	if next := left % time.Second; next > 0 {
		return next
	}
	return time.Second
}

// undo takes a deletion back that has not started.
func (s *Screen) undo(r *removal) {
	if !r.waiting() || !s.drop(r) {
		return
	}
	s.model.list.leave(false, r.ids())
	s.relist()
	s.selectAgain(r.ids())
}

// TakeBack takes the newest deletion back that has not started, and reports
// whether there was one.
func (s *Screen) TakeBack() bool {
	for _, r := range slices.Backward(s.removals) {
		if r.waiting() {
			s.undo(r)
			return true
		}
	}
	return false
}

// drop forgets a deletion, and reports whether there was one.
func (s *Screen) drop(r *removal) bool {
	i := slices.Index(s.removals, r)
	if i < 0 {
		return false
	}
	r.stop()
	s.removals = slices.Delete(s.removals, i, i+1)
	s.cfg.Outside.Hide(r.bar)
	return true
}

// startRemoval deletes the files.
func (s *Screen) startRemoval(r *removal) {
	if !r.waiting() {
		return
	}
	r.stop()
	r.running = true
	s.showRemovals()
	halt := make(chan struct{})
	r.halt = func() { close(halt) }
	files, ctx := slices.Clone(r.files), s.ctx
	var news outcomes
	take := func() {
		if slices.Contains(s.removals, r) {
			s.removed(r, news.take())
		}
	}
	d := &deletion{remove: s.lib.Delete, halt: halt, wait: func(d time.Duration, why *service.Error) <-chan struct{} {
		return s.holdRemoval(r, d, why)
	}, told: func(f service.File, err *service.Error) {
		if news.add(Failure{f, err}) { // else it is told with what came before
			s.cfg.OnMain(take)
		}
	}}
	s.wg.Go(func() {
		d.run(ctx, files)
		s.cfg.OnMain(func() {
			if take(); slices.Contains(s.removals, r) {
				s.endRemoval(r)
			}
		})
	})
}

// removed takes over what became of some files.
func (s *Screen) removed(r *removal, list []Failure) {
	for _, o := range list {
		r.ended(o.File, o.Err)
	}
	s.showRemovals()
}

// holdRemoval shows that a deletion waits, and gives what is closed when it goes
// on. It may be called on any goroutine.
func (s *Screen) holdRemoval(r *removal, d time.Duration, why *service.Error) <-chan struct{} {
	over := make(chan struct{})
	s.cfg.OnMain(func() {
		if slices.Contains(s.removals, r) {
			r.until, r.held, r.open = s.cfg.Now().Add(d), why, func() { close(over) }
			s.countDownHold(r)
		}
	})
	return over
}

// countDownHold shows how long a deletion waits that runs, and then lets it go on.
func (s *Screen) countDownHold(r *removal) {
	left := r.until.Sub(s.cfg.Now())
	if left <= 0 {
		r.held = nil
		r.open()
		s.showRemovals()
		return
	}
	s.showRemovals()
	r.stop = s.cfg.After(untilNextSecond(left), func() {
		if slices.Contains(s.removals, r) && r.held != nil {
			s.countDownHold(r)
		}
	})
}

// haltRemoval begins no more of a deletion's files.
func (s *Screen) haltRemoval(r *removal) {
	if r.halt == nil {
		return
	}
	r.halt()
	r.halt, r.held = nil, nil
	r.stop()
	s.showRemovals()
}

// endRemoval is the end of a deletion. What could not be deleted, and what was
// not begun, is shown again, and selected if nothing else is.
func (s *Screen) endRemoval(r *removal) {
	left, failed := r.left(), r.failedIDs()
	r.running, r.halt, r.held = false, nil, nil
	r.over = true
	if back := slices.Concat(failed, left); len(back) > 0 {
		s.model.list.leave(false, back)
		s.relist()
		if s.tiles.selection.Count() == 0 {
			s.selectAgain(back)
		}
	}
	count := map[string]any{"Count": s.cfg.Format.Number(int64(r.done)), "Left": s.cfg.Format.Number(int64(len(left)))}
	switch {
	case len(failed) > 0:
		s.showRemovals()
	case len(left) > 0:
		s.drop(r)
		s.cfg.Outside.Tell(lang.N("{{.Count}} files deleted before you stopped it; {{.Left}} stay", r.done, count))
	default:
		s.drop(r)
		s.cfg.Outside.Tell(lang.N("{{.Count}} files deleted", r.done, count))
	}
}

// selectAgain selects what is shown of some files; the keyboard stands on the
// first of them.
func (s *Screen) selectAgain(ids []service.FileID) {
	s.tiles.Select(func(sel *Selection) {
		sel.Clear()
		first := -1
		for _, id := range ids {
			i := s.model.list.Index(id)
			if i < 0 {
				continue
			}
			sel.Press(i, true, false)
			if first < 0 {
				first = i
			}
		}
		if first >= 0 {
			sel.Go(first, true, false)
		}
	})
}

// endRemovals gives up deletions, those that wait and those that run.
func (s *Screen) endRemovals() {
	s.cancel()
	s.ctx, s.cancel = newLife()
	for _, r := range s.removals {
		r.stop()
		s.cfg.Outside.Hide(r.bar)
	}
	s.removals = nil
}

// Undeleted is how many files are still to be deleted, by deletions that wait and
// those that run.
func (s *Screen) Undeleted() int {
	n := 0
	for _, r := range s.removals {
		if !r.over {
			n += len(r.files) - len(r.told)
		}
	}
	return n
}

// otherAccount gives deletions up where the files are another account's from
// now on, and says so.
func (s *Screen) otherAccount() {
	if len(s.removals) == 0 {
		return
	}
	for _, r := range s.removals {
		s.model.list.leave(false, r.ids())
	}
	s.endRemovals()
	s.cfg.Outside.Warn(lang.L("The account was changed. What was not deleted yet stays in the previous one."))
}

// showRemovals shows a bar for every deletion.
func (s *Screen) showRemovals() {
	for _, r := range s.removals {
		if r.running && r.quiet {
			continue
		}
		r.bar.Set(s.removalContent(r))
		s.cfg.Outside.Show(r.bar)
	}
}

func (s *Screen) removalContent(r *removal) kit.NoticeContent {
	count := map[string]any{
		"Count": s.cfg.Format.Number(int64(len(r.files))), "Size": s.cfg.Format.Size(r.size),
		"Done": s.cfg.Format.Number(int64(r.done + len(r.failed))), "Failed": s.cfg.Format.Number(int64(len(r.failed))),
	}
	left := r.wait
	if r.held != nil {
		left = r.until.Sub(s.cfg.Now())
	}
	seconds := int((left + time.Second - 1) / time.Second)
	switch {
	case r.waiting():
		text := lang.N("{{.Count}} files · {{.Size}}", len(r.files), count) + " · " +
			lang.N("will be deleted in {{.Count}} seconds", seconds, map[string]any{"Count": seconds})
		return kit.NoticeContent{Text: text, Color: kit.ColorRed, Action: lang.L("Undo"), Do: func() { s.undo(r) }}
	case r.running:
		c := kit.NoticeContent{Text: lang.L("Deleting: {{.Done}} of {{.Count}}", count), Color: kit.ColorAmber, Close: lang.L("Close")}
		c.Dismiss = func() {
			r.quiet = true
			s.cfg.Outside.Hide(r.bar)
		}
		if len(r.failed) > 0 {
			c.Text += " · " + lang.L("{{.Failed}} failed", count)
		}
		if r.held != nil {
			c.Text += " · " + s.cfg.Short(r.held) + " · " + lang.N("resumes in {{.Count}} seconds", seconds, map[string]any{"Count": seconds})
		}
		if r.halt != nil {
			c.Action, c.Do = lang.L("Stop"), func() { s.haltRemoval(r) }
		}
		return c
	}
	return kit.NoticeContent{
		Text: s.failures(r), Color: kit.ColorRed, Action: lang.L("Try again"), Close: lang.L("Close"),
		Do:      func() { s.again(r) },
		Dismiss: func() { s.drop(r) },
	}
}

// again deletes what could not be deleted. It was confirmed and waited for
// already.
func (s *Screen) again(r *removal) {
	if !s.drop(r) {
		return
	}
	next := newRemoval(r.failedFiles(), 0)
	s.removals = append(s.removals, next)
	s.model.list.leave(true, next.ids())
	s.tiles.Gone(next.ids()...)
	s.relist()
	s.startRemoval(next)
}
