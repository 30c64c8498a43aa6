package files

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
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
	text := lang.L("What is deleted leaves your account, and its link stops working for everybody. You can undo this for 8 seconds, and not after that. Files on this computer are not touched.")
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
	r := newRemoval(files, s.cfg.Now().Add(Undo))
	s.removals = append(s.removals, r)
	s.model.list.leave(true, r.ids())
	s.tiles.Gone(r.ids()...)
	s.relist()
	s.countDown(r)
}

// countDown shows how long a deletion waits, and then starts it.
func (s *Screen) countDown(r *removal) {
	left := r.until.Sub(s.cfg.Now())
	if left <= 0 {
		s.startRemoval(r)
		return
	}
	s.showRemovals()
	next := left % time.Second
	if next == 0 {
		next = time.Second
	}
	r.stop = s.cfg.After(next, func() {
		if slices.Contains(s.removals, r) && !r.running {
			s.countDown(r)
		}
	})
}

// undo takes a deletion back that has not started.
func (s *Screen) undo(r *removal) {
	if r.running || !s.drop(r) {
		return
	}
	s.model.list.leave(false, r.ids())
	s.relist()
	s.tiles.Select(func(sel *Selection) {
		sel.Clear()
		for _, id := range r.ids() {
			if i := s.model.list.Index(id); i >= 0 {
				sel.Press(i, true, false)
			}
		}
	})
}

// drop forgets a deletion, and reports whether there was one.
func (s *Screen) drop(r *removal) bool {
	i := slices.Index(s.removals, r)
	if i < 0 {
		return false
	}
	r.stop()
	s.removals = slices.Delete(s.removals, i, i+1)
	s.showRemovals()
	return true
}

// startRemoval deletes the files.
func (s *Screen) startRemoval(r *removal) {
	if r.running {
		return
	}
	r.stop()
	r.running = true
	s.showRemovals()
	files, ctx, remove := slices.Clone(r.files), s.ctx, s.lib.Delete
	var news outcomes
	s.wg.Go(func() {
		deleteAll(ctx, files, remove, func(f service.File, err *service.Error) {
			if !news.add(Failure{f, err}) {
				return // it is told with what came before
			}
			s.cfg.OnMain(func() {
				if list := news.take(); slices.Contains(s.removals, r) {
					s.removed(r, list)
				}
			})
		})
	})
}

// removed takes over what became of some files. Those that could not be deleted
// are shown again once all have ended.
func (s *Screen) removed(r *removal, list []Failure) {
	ended := false
	for _, o := range list {
		ended = r.ended(o.File, o.Err)
	}
	if ended && len(r.failed) == 0 {
		s.drop(r)
		s.cfg.Outside.Tell(lang.N("{{.Count}} files deleted", r.done, map[string]any{"Count": s.cfg.Format.Number(int64(r.done))}))
		return
	}
	if ended {
		s.model.list.leave(false, r.failedIDs())
		s.relist()
	}
	s.showRemovals()
}

// endRemovals gives up deletions, those that wait and those that run.
func (s *Screen) endRemovals() {
	s.cancel()
	s.ctx, s.cancel = newLife()
	for _, r := range s.removals {
		r.stop()
	}
	s.removals = nil
	s.showRemovals()
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
	s.cfg.Outside.Warn(lang.L("Another account is in use. What was not deleted yet stays in the one before."))
}

// showRemovals shows a bar for every deletion.
func (s *Screen) showRemovals() {
	bars := make([]fyne.CanvasObject, len(s.removals))
	for i, r := range s.removals {
		r.bar.Set(s.removalContent(r))
		bars[i] = r.bar
	}
	s.notices.Objects = bars
	s.notices.Refresh()
	s.body.Refresh()
}

func (s *Screen) removalContent(r *removal) kit.NoticeContent {
	count := map[string]any{
		"Count": s.cfg.Format.Number(int64(len(r.files))), "Size": s.cfg.Format.Size(r.size),
		"Done": s.cfg.Format.Number(int64(r.done + len(r.failed))),
	}
	switch {
	case !r.running:
		seconds := int((r.until.Sub(s.cfg.Now()) + time.Second - 1) / time.Second)
		text := lang.N("{{.Count}} files · {{.Size}}", len(r.files), count) + " · " +
			lang.N("will be deleted in {{.Count}} seconds", seconds, map[string]any{"Count": seconds})
		return kit.NoticeContent{Text: text, Color: kit.ColorRed, Action: lang.L("Undo"), Do: func() { s.undo(r) }}
	case r.done+len(r.failed) < len(r.files):
		return kit.NoticeContent{Text: lang.L("Deleting: {{.Done}} of {{.Count}}", count), Color: kit.ColorAmber}
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
	next := newRemoval(r.failedFiles(), s.cfg.Now())
	s.removals = append(s.removals, next)
	s.model.list.leave(true, next.ids())
	s.tiles.Gone(next.ids()...)
	s.relist()
	s.startRemoval(next)
}

// failures says what could not be deleted and why: for one file whole sentences,
// for more a few words each.
func (s *Screen) failures(r *removal) string {
	if len(r.failed) == 1 {
		return lang.L("“{{.Name}}” could not be deleted.", map[string]any{"Name": shownName(&r.failed[0].File)}) + " " + s.reason(r.failed[0].Err)
	}
	if first := r.failed[0].Err; forAll(first) && !slices.ContainsFunc(r.failed, func(f Failure) bool { return f.Err.Kind != first.Kind }) {
		return lang.N("{{.Count}} files could not be deleted and are still there.", len(r.failed),
			map[string]any{"Count": s.cfg.Format.Number(int64(len(r.failed)))}) + " " + s.reason(first)
	}
	const named = 3
	var names []string
	for _, f := range r.failed[:min(named, len(r.failed))] {
		names = append(names, "“"+shownName(&f.File)+"” ("+s.cfg.Short(f.Err)+")")
	}
	if more := len(r.failed) - named; more > 0 {
		names = append(names, lang.N("and {{.Count}} more", more, map[string]any{"Count": s.cfg.Format.Number(int64(more))}))
	}
	return lang.N("{{.Count}} files could not be deleted and are still there:", len(r.failed),
		map[string]any{"Count": s.cfg.Format.Number(int64(len(r.failed)))}) + " " + strings.Join(names, ", ")
}

// reason is why something did not work, in whole sentences. Those for uploads
// promise to go on by themselves; a deletion does not.
func (s *Screen) reason(err *service.Error) string {
	if err.Kind == service.Offline {
		return lang.L("The service can’t be reached, so nothing was changed. Check your connection, then try again.")
	}
	return s.cfg.Long(err)
}
