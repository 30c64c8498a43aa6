package history

import (
	"cmp"
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service/upload"
)

// begin looks for a search, "" for everything, and gives up the one before: a
// search that is still waiting when the next letter comes is not even begun.
func (s *Screen) begin(search string) {
	s.stop()
	s.reads, s.stop = context.WithCancel(context.Background())
	s.read(s.model.Begin(search))
	if s.model.State() == Reading {
		s.show()
	}
}

// again tries once more to read what could not be read.
func (s *Screen) again() {
	q := s.model.Again()
	s.show()
	s.read(q)
}

// more reads the next page, if there is one.
func (s *Screen) more() {
	if q, ok := s.model.More(); ok {
		s.read(q)
	}
}

// read has a page read and shows it.
func (s *Screen) read(q Query) {
	store, reads := s.store, s.reads
	if store == nil {
		s.loaded(q, nil, 0, nil)
		return
	}
	s.cfg.Intents.Act(func(ctx context.Context) {
		if reads.Err() != nil {
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		defer context.AfterFunc(reads, cancel)()
		jobs, next, err := store.History(ctx, q.Before, pageSize, q.Search)
		if ctx.Err() != nil {
			return
		}
		s.cfg.Intents.OnMain(func() { s.loaded(q, jobs, next, err) })
	})
}

func (s *Screen) loaded(q Query, jobs []upload.Job, next int64, err error) {
	if s.open && s.model.Loaded(q, jobs, next, err) {
		s.show()
	}
}

// copyDay copies all links of a day, in the order in which the files were
// added, also those that were not read yet.
func (s *Screen) copyDay(d *Day) {
	jobs, rest, more := d.Linked()
	if !more {
		s.copy(inOrder(jobs)...)
		return
	}
	store, on := s.store, d.Has()
	s.cfg.Intents.Act(func(ctx context.Context) {
		for before := rest.Before; before != 0; {
			page, next, err := store.History(ctx, before, pageSize, rest.Search)
			if err != nil {
				s.cfg.Intents.OnMain(func() { s.cfg.Intents.TellError("read the history", err) })
				return
			}
			before = next
			for i := range page {
				if !on(page[i].Finished) {
					before = 0
					break
				}
				if page[i].Link != "" {
					jobs = append(jobs, page[i])
				}
			}
		}
		s.cfg.Intents.OnMain(func() { s.copy(inOrder(jobs)...) })
	})
}

// inOrder sorts uploads as they were added.
func inOrder(jobs []upload.Job) []upload.Job {
	slices.SortFunc(jobs, func(a, b upload.Job) int { return cmp.Compare(a.ID, b.ID) })
	return jobs
}

// keptDays is how much the smaller clearing leaves.
const keptDays = 30

// askClear counts, then asks what is to be cleared.
func (s *Screen) askClear() {
	store := s.store
	if store == nil || s.counting {
		return
	}
	s.setCounting(true)
	limit := s.cfg.Now().AddDate(0, 0, -keptDays)
	s.cfg.Intents.Act(func(ctx context.Context) {
		all, old, err := count(ctx, store, limit)
		s.cfg.Intents.OnMain(func() {
			s.setCounting(false)
			switch {
			case ctx.Err() != nil || !s.open:
			case err != nil:
				s.cfg.Intents.TellError("read the history", err)
			default:
				s.ask(all, old, limit)
			}
		})
	})
}

// setCounting keeps people from asking twice.
func (s *Screen) setCounting(on bool) {
	s.counting = on
	s.clear.SetEnabled(!on)
}

// count tells how many uploads the history has, and how many of them ended
// before a time.
func count(ctx context.Context, store Store, limit time.Time) (all, old int, err error) {
	const step = 1000
	for before := int64(0); ; {
		jobs, next, err := store.History(ctx, before, step, "")
		if err != nil {
			return 0, 0, err
		}
		all += len(jobs)
		for i := range jobs {
			if jobs[i].Finished.Before(limit) {
				old++
			}
		}
		if before = next; before == 0 {
			return all, old, nil
		}
	}
}

// ask asks what is to be cleared.
func (s *Screen) ask(all, old int, limit time.Time) {
	number := func(n int) string { return s.cfg.Words.Format.Number(int64(n)) }
	text := lang.N("The history has {{.Count}} uploads.", all, map[string]any{"Count": number(all)})
	answers := []kit.Answer{}
	if old > 0 && old < all {
		text += " " + lang.N("{{.Count}} of them are older than {{.Days}} days.", old, map[string]any{"Count": number(old), "Days": keptDays})
		answers = append(answers, kit.Answer{
			Label: lang.L("Older than {{.Days}} days", map[string]any{"Days": keptDays}), Kind: kit.ButtonDanger, Do: func() { s.clearOlder(limit) },
		})
	}
	text += " " + lang.L("Clearing only removes them from this computer’s history: files on the service, their links and your own files stay.")
	answers = append(answers,
		kit.Answer{Label: lang.L("Everything"), Kind: kit.ButtonDanger, Do: func() { s.clearOlder(time.Time{}) }},
		kit.Answer{Label: lang.L("Cancel"), Kind: kit.ButtonPlain})
	s.cfg.Intents.Ask(lang.L("Clear the history?"), text, answers...)
}

// clearOlder clears what ended before a time, the zero time for everything.
func (s *Screen) clearOlder(limit time.Time) {
	store := s.store
	s.cfg.Intents.Act(func(ctx context.Context) {
		n, err := store.ClearHistory(ctx, limit)
		s.cfg.Intents.OnMain(func() { //nolint:contextcheck // what is read then lives as long as its search
			if err != nil {
				s.cfg.Intents.TellError("clear the history", err)
			} else {
				s.cfg.Intents.Tell(lang.N("{{.Count}} uploads cleared from the history", n, map[string]any{"Count": s.cfg.Words.Format.Number(int64(n))}))
			}
			if s.open && s.store == store {
				s.begin(s.model.Search())
			}
		})
	})
}
