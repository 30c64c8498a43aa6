package watched

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
	"sluice/service/watch"
)

// change changes the options of a folder: at once here, and soon where it is
// watched.
func (s *Screen) change(id watch.FolderID, change func(*watch.Options)) {
	if s.folders == nil {
		return
	}
	opts, _ := s.model.Wish(id, func(o *watch.Options, _ *bool) { change(o) })
	s.carryOut(id, func(ctx context.Context, f Folders) error { return f.Update(ctx, id, opts) })
}

// switchTo switches a folder on or off.
func (s *Screen) switchTo(id watch.FolderID, on bool) {
	if s.folders == nil {
		return
	}
	s.model.Wish(id, func(_ *watch.Options, was *bool) { *was = on })
	s.carryOut(id, func(ctx context.Context, f Folders) error { return f.SetEnabled(ctx, id, on) })
}

// carryOut has something done to a folder, after all that was asked for before.
func (s *Screen) carryOut(id watch.FolderID, do func(context.Context, Folders) error) {
	card, _ := s.model.Card(id)
	folders := s.folders
	s.show()
	s.cfg.Act(func(ctx context.Context) {
		lasting, cancel := outlast(ctx)
		defer cancel()
		err := do(lasting, folders)
		if ctx.Err() != nil {
			return
		}
		s.cfg.OnMain(func() {
			if s.folders != folders {
				return
			}
			s.model.Done(id, err != nil)
			if err != nil {
				s.cfg.Intents.Tell(s.cfg.Words.refusal(card.Path, err))
			}
			s.show()
		})
	})
}

// lastTime is how long a change may still take once the window has closed.
const lastTime = 5 * time.Second

// outlast gives a context that ends somewhat later than another, so that what
// was changed just before the window closed is not lost.
func outlast(ctx context.Context) (context.Context, context.CancelFunc) {
	lasting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(lastTime, cancel) })
	return lasting, func() {
		stop()
		cancel()
	}
}

// askRemove asks whether a folder is to be forgotten.
func (s *Screen) askRemove(id watch.FolderID) {
	card, ok := s.model.Card(id)
	if !ok {
		return
	}
	s.cfg.Intents.Ask(lang.L("Stop watching “{{.Folder}}”?", map[string]any{"Folder": s.cfg.Words.Format.Folder(card.Path)}),
		lang.L("Its activity is deleted. Your files, your uploads and all links stay; what is in the queue is still uploaded. If you watch the folder again later, only new files are uploaded unless you say otherwise."),
		kit.Answer{Label: lang.L("Stop watching"), Kind: kit.ButtonDanger, Do: func() {
			s.carryOut(id, func(ctx context.Context, f Folders) error { return f.Remove(ctx, id) })
		}},
		kit.Answer{Label: lang.L("Cancel"), Kind: kit.ButtonPlain})
}

// chooseThen says what becomes of files after their upload; moving asks where to.
func (s *Screen) chooseThen(id watch.FolderID, then watch.Then) {
	if then != watch.Move {
		s.change(id, func(o *watch.Options) { o.Then = then })
		return
	}
	s.show() // as it is, until a folder is chosen
	s.cfg.Intents.PickFolder(lang.L("Choose where uploaded files are moved to"), func(path string) {
		s.change(id, func(o *watch.Options) { o.Then, o.MoveTo = watch.Move, path })
	})
}

// wouldTake says what rules take of what is in a folder.
func (s *Screen) wouldTake(p watch.Preview) string {
	f := s.cfg.Words.Format
	return lang.N("These rules match {{.Count}} of the files that are there now ({{.Size}}). Files already there stay as they are: rules are for new files.", p.Files,
		map[string]any{"Count": f.Number(int64(p.Files)), "Size": f.Size(p.Bytes)})
}

// pauseOrResume asks how long nothing is to be uploaded, or ends that.
func (s *Screen) pauseOrResume() {
	folders := s.folders
	c := kit.Canvas(s.root)
	if folders == nil || c == nil {
		return
	}
	if s.model.Pause().On {
		s.cfg.Act(func(context.Context) { folders.Resume() })
		return
	}
	pause := func(until func() time.Time) func() {
		return func() { s.cfg.Act(func(context.Context) { folders.Pause(until()) }) }
	}
	menu := widget.NewPopUpMenu(fyne.NewMenu("",
		fyne.NewMenuItem(lang.L("For an hour"), pause(func() time.Time { return s.cfg.Now().Add(time.Hour) })),
		fyne.NewMenuItem(lang.L("Until Sluice restarts"), pause(func() time.Time { return time.Time{} }))), c)
	menu.ShowAtRelativePosition(fyne.NewPos(0, s.pause.Size().Height+2), s.pause)
}
