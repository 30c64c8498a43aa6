package gui

import (
	"context"
	"path"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/gui/watched"
	"sluice/service"
	"sluice/service/upload"
	"sluice/service/watch"
)

// newWatched makes the screen of watched folders.
func newWatched(s *Shell) *watched.Screen {
	return watched.New(watched.Config{
		Words: watched.Words{Format: s.format, Short: ErrorShort, Long: ErrorText},
		Now:   func() time.Time { return s.now() }, OnMain: s.onMain, Act: s.watchActs.add, Home: s.cfg.Home,
		Look: watch.LookInto, OnNetwork: watch.OnNetwork, Downloads: s.downloadFolder,
		Intents: watched.Intents{
			PickFolder: s.PickFolder, Copy: s.copyEntry, CopyText: s.copyText, Open: s.OpenURL, ShowFolder: s.showFolder,
			Ask:  func(title, text string, answers ...kit.Answer) { s.ask(nil, title, text, answers...) },
			Tell: func(text string) { s.notices.tell(text, kit.ColorAmber) }, Done: s.toast,
			Changed: s.watchChanged,
		},
	})
}

// watchedSeen reports whether the watched folders are what the window shows.
func (s *Shell) watchedSeen() bool { return s.frame.current == "watched" }

// watching reports whether folders of the session in use are watched.
func (s *Shell) watching() bool { return s.watched.Model().On() > 0 }

// watchChanged takes over that folders were added, removed or switched.
func (s *Shell) watchChanged(int) {
	if s.frame == nil {
		return
	}
	for i := range s.frame.screens {
		if s.frame.screens[i].name == "watched" {
			s.frame.screens[i].item.SetWarning(s.watched.Model().Stopped())
		}
	}
	if s.watched.Model().State() == watched.Ready {
		held := s.burst.held
		s.burst.held = nil
		for i := range held {
			s.watchedDone(&held[i])
		}
	}
	s.endBackground()
}

// newsSince is the time from which on what watched folders have uploaded is news.
func (s *Shell) newsSince() time.Time {
	if since := s.backend.WatchedSince; !since.IsZero() {
		return since
	}
	return s.now()
}

// watchedBefore takes over what watched folders have uploaded since watching
// began and before the window heard of what happens.
func (s *Shell) watchedBefore(jobs []upload.Job) {
	b := upload.Batch{Origin: upload.Watch}
	for i := range jobs {
		if jobs[i].Origin == upload.Watch && jobs[i].State.Finished() && jobs[i].Finished.After(s.burst.since) {
			b.Jobs = append(b.Jobs, jobs[i])
		}
	}
	s.watchedDone(&b)
}

// copyEntry copies the link of a watched file.
func (s *Shell) copyEntry(e watch.Entry) {
	_, id, _ := strings.Cut(e.Link, "/u/")
	s.copyJobs([]upload.Job{{File: service.FileID(id), Name: path.Base(e.Path), Size: e.Size, Link: e.Link}})
	s.watched.Copied(e.Link)
}

// watchedDone copies the links of watched files and tells of them, as their
// folders say. It is called in the order in which uploads of all sorts end, so
// that the clipboard has what ended last.
func (s *Shell) watchedDone(b *upload.Batch) {
	if len(b.Jobs) == 0 {
		return
	}
	if s.watched.Model().State() == watched.Opening { // what their folders say is not known yet
		s.burst.held = append(s.burst.held, *b)
		return
	}
	if !s.inBurst(b) {
		s.endCopying()
		s.burst = burst{since: s.burst.since} // nothing else was under way: what comes now is new
	}
	fresh := 0
	for _, j := range b.Jobs {
		c, ok := s.watched.Model().Covering(j.Path)
		if !ok || j.State == upload.Cancelled {
			continue
		}
		s.burst.ended = later(s.burst.ended, j.Finished)
		if c.Options.CopyLink && j.Link != "" && !s.watched.CaughtUp(j.Path) {
			fresh++
			s.burst.copied = append(s.burst.copied, j)
		}
		switch {
		case !c.Options.Notify:
		case j.Link != "":
			s.burst.told = append(s.burst.told, j)
		case j.State == upload.Failed:
			s.burst.failed = append(s.burst.failed, j)
		}
	}
	if fresh > 0 {
		s.copyBurst()
	}
	s.tellBurst()
}

// inBurst reports whether files were there already, or even on their way, when
// those before them had not ended. Some are whole before they are added.
func (s *Shell) inBurst(b *upload.Batch) bool {
	return slices.ContainsFunc(b.Jobs, func(j upload.Job) bool {
		if j.Added.Before(s.burst.ended) {
			return true
		}
		since := s.watched.WholeSince(j.Path)
		return !since.IsZero() && since.Before(s.burst.ended)
	})
}

// copyPace is the least time between two copies of one burst, so that programs
// that remember what was copied don't remember each batch of it.
const copyPace = time.Second

// copyBurst copies all links of the burst, the first ones at once.
func (s *Shell) copyBurst() {
	if s.burst.waits != nil {
		return
	}
	if wait := copyPace - s.now().Sub(s.burst.copiedAt); wait > 0 {
		s.burst.waits = s.after(wait, s.endCopying)
		return
	}
	s.copyBurstNow()
}

// endCopying copies what waits for its turn.
func (s *Shell) endCopying() {
	if s.burst.waits != nil {
		s.copyBurstNow()
	}
}

func (s *Shell) copyBurstNow() {
	if s.burst.waits != nil {
		s.burst.waits()
	}
	s.burst.waits, s.burst.copiedAt = nil, s.now()
	s.copyJobs(s.burst.copied)
	links := make([]string, 0, len(s.burst.copied))
	for _, j := range s.burst.copied {
		links = append(links, j.Link)
	}
	s.watched.Copied(links...)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// burst is what watched folders have uploaded without standing still: one copy,
// one notification.
type burst struct {
	since  time.Time      // from when on what is uploaded is news
	held   []upload.Batch // that ended before the folders were known
	ended  time.Time      // of the last file
	copied []upload.Job   // or to be copied when waits is over
	told   []upload.Job
	failed []upload.Job

	copiedAt time.Time
	waits    func() // ends the waiting for the next copy, nil while there is none
}

// openWatched shows the watched folders, also when the window is away.
func (s *Shell) openWatched() {
	s.bringBack()
	s.Show("watched")
}

// watchOn is what becomes of a window that is closed while folders are watched
// and nothing else is done. It reports false when none are.
func (s *Shell) watchOn() bool {
	if !s.watching() || s.backend.Watched == nil {
		return false
	}
	return s.closeWatching()
}

// endWork tells once, in the background, that the work is done while watching
// goes on.
func (s *Shell) endWork() {
	if !s.tellEnd {
		return
	}
	s.tellEnd = false
	note := s.lastWords()
	s.since = s.now()
	s.acts.add(func(ctx context.Context) { s.notify(ctx, note) })
}

// watchTitle says how many folders are watched.
func (s *Shell) watchTitle() string {
	n := s.watched.Model().On()
	return lang.N("{{.Count}} folders are watched", n, map[string]any{"Count": s.format.Number(int64(n))})
}
