package watched

import (
	"context"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service/watch"
)

// addSheet asks how a new folder is to be watched.
type addSheet struct {
	s       *Screen
	path    string
	sheet   *sheet
	rules   *rulesForm
	preview *preview
	deep    *kit.Switch
	problem *kit.Notice
	cancel  *kit.Button
	all     *kit.Button
	only    *kit.Button
	adding  context.CancelFunc // nil: not yet
	failure string             // why it was not added
}

// askAdd asks for a folder and how it is to be watched.
func (s *Screen) askAdd() {
	if s.folders == nil {
		return
	}
	s.cfg.Intents.PickFolder(lang.L("Choose a folder to watch"), func(path string) { s.offer(filepath.Clean(path), nil) })
}

// offer asks how a folder is to be watched, unless it can't be.
func (s *Screen) offer(path string, kinds []watch.Kind) {
	c := kit.Canvas(s.root)
	if c == nil || s.folders == nil {
		return
	}
	w := &s.cfg.Words
	if over, ok := s.model.Covering(path); ok {
		words := map[string]any{"Folder": w.Format.Folder(path), "Outer": w.Format.Folder(over.Path)}
		switch {
		case over.Path == path:
			s.cfg.Intents.Tell(lang.L("{{.Folder}} is already watched. Nothing was changed.", words))
			return
		case over.Options.Subfolders:
			s.cfg.Intents.Tell(lang.L("{{.Folder}} is in {{.Outer}}, which is watched with its subfolders: its new files are already uploaded.", words))
			return
		}
	}
	a := &addSheet{s: s, path: path}
	a.build(c, kinds)
	downloads := s.cfg.Downloads()
	s.wg.Go(func() { // asking the system where it is can take long
		network := s.cfg.OnNetwork(path)
		s.cfg.OnMain(func() { a.caution(w.caution(path, s.cfg.Home, downloads, network)) })
	})
	a.look()
	s.open(a.sheet, a.only)
}

func (a *addSheet) build(c fyne.Canvas, kinds []watch.Kind) {
	fit := func() { a.sheet.fit() }
	escape := func() { a.sheet.hide() }
	w := &a.s.cfg.Words
	a.problem = kit.NewNotice()
	a.problem.Hide()
	label := lang.L("Include subfolders")
	a.deep = kit.NewSwitch(label, false, func(bool) { a.look() }).WithEscape(escape)
	a.rules = newRulesForm(watch.Rules{Kinds: kinds}, false, a.look, escape, fit)
	a.preview = newPreview(a.s, a.path, a.question, a.show, escape, fit)
	a.cancel = kit.NewButton(lang.L("Cancel"), kit.ButtonPlain, escape)
	a.all = kit.NewButton(lang.L("Upload them too"), kit.ButtonPlain, func() { a.add(true) })
	a.only = kit.NewButton(lang.L("Only new ones"), kit.ButtonPrimary, func() { a.add(false) })
	rows := []fyne.CanvasObject{
		kit.NewHint(w.Format.Folder(a.path), kit.TextStyle{Color: kit.ColorSecondary, Elide: kit.ElidePath}), a.problem,
	}
	rows = append(rows, a.rules.rows...)
	rows = append(rows, kit.NewFormRow(label, a.deep), kit.NewLine())
	rows = append(rows, a.preview.rows...)
	a.sheet = newSheet(c, lang.L("Watch this folder?"), rows...)
	a.preview.reveal = a.sheet.scroll.ScrollToBottom
	a.sheet.answer(a.cancel, a.all, a.only)
	a.sheet.closed = func() {
		a.preview.giveUp()
		if a.adding != nil {
			a.adding()
		}
	}
}

// caution shows what speaks against this folder, "" for nothing.
func (a *addSheet) caution(text string) {
	a.problem.Set(kit.NoticeContent{Text: text, Color: kit.ColorAmber})
	a.problem.Hidden = text == ""
	a.sheet.fit()
}

func (a *addSheet) options() (watch.Options, bool) {
	opts := watch.DefaultOptions()
	opts.Subfolders = a.deep.On()
	rules, ok := a.rules.rules()
	opts.Rules = rules
	return opts, ok
}

// look counts again what is there.
func (a *addSheet) look() {
	a.failure = ""
	if opts, ok := a.options(); ok {
		a.preview.look(opts)
		return
	}
	a.preview.giveUp()
	a.show()
	a.sheet.fit()
}

// question asks what is to become of what is there already.
func (a *addSheet) question(p watch.Preview) string {
	f := a.s.cfg.Words.Format
	if p.Files == 0 {
		return lang.L("There is nothing to upload in it yet. Files that appear from now on are uploaded.")
	}
	return lang.N("Upload the {{.Count}} files ({{.Size}}) that are there, or only new ones?", p.Files,
		map[string]any{"Count": f.Number(int64(p.Files)), "Size": f.Size(p.Bytes)})
}

// inner is a watched folder below this one that would be taken twice.
func (a *addSheet) inner() (watch.Card, bool) {
	m := a.s.model
	i := slices.IndexFunc(m.cards, func(c watch.Card) bool { return a.deep.On() && inside(c.Path, a.path) })
	if i < 0 {
		return watch.Card{}, false
	}
	return m.cards[i], true
}

// show fits the buttons to what is known.
func (a *addSheet) show() {
	_, ok := a.options()
	text := a.failure
	if c, nested := a.inner(); nested {
		ok = false
		text = lang.L("{{.Folder}} is inside it and already watched. Watch this one without subfolders, or remove the other first.",
			map[string]any{"Folder": a.s.cfg.Words.Format.Folder(c.Path)})
	}
	if text != "" {
		a.rules.note.SetText(text)
		a.rules.note.Show()
	}
	ok = ok && a.adding == nil && !a.preview.refused()
	a.only.SetEnabled(ok)
	a.all.SetEnabled(ok)
	empty := a.preview.known() && a.preview.result.Files == 0
	a.all.Hidden = empty
	label := lang.L("Only new ones")
	switch {
	case a.adding != nil:
		label = lang.L("Adding…")
	case empty:
		label = lang.L("Watch it")
	}
	a.only.SetLabel(label)
}

// add watches the folder, and with existing uploads also what is there.
func (a *addSheet) add(existing bool) {
	opts, ok := a.options()
	if !ok || a.adding != nil {
		return
	}
	a.preview.giveUp()
	ctx, cancel := context.WithCancel(a.s.ctx)
	a.adding = cancel
	a.show()
	a.s.add(ctx, a.path, opts, existing, func(err error) {
		gone := ctx.Err() != nil
		cancel()
		a.adding = nil
		switch {
		case err == nil:
			a.sheet.hide()
		case gone: // cancelled by hand
		default:
			a.failure = a.s.cfg.Words.refusal(a.path, err)
			a.show()
			a.sheet.fit()
		}
	})
}

// add watches a folder and calls back on the interface goroutine.
func (s *Screen) add(ctx context.Context, path string, opts watch.Options, existing bool, done func(error)) {
	folders := s.folders
	s.wg.Go(func() {
		id, err := folders.AddFolder(ctx, path, opts, existing)
		s.cfg.OnMain(func() {
			if s.ctx.Err() != nil {
				return
			}
			if err == nil {
				s.unfolded[id] = true
				s.cfg.Intents.Done(lang.L("Watching {{.Folder}}", map[string]any{"Folder": s.cfg.Words.Format.Folder(path)}))
			}
			done(err)
		})
	})
}

// takeSuggested watches the folder that is suggested: only new pictures and
// videos. Where other files go too, it asks first.
func (s *Screen) takeSuggested() {
	path, kinds := s.suggested.Path, []watch.Kind{watch.Images, watch.Videos}
	if path == "" || s.folders == nil || s.adding {
		return
	}
	if !s.suggested.Own {
		s.offer(path, kinds)
		return
	}
	opts := watch.DefaultOptions()
	opts.Rules.Kinds = kinds
	s.adding = true
	s.show()
	s.add(s.ctx, path, opts, false, func(err error) {
		s.adding = false
		if err != nil {
			s.cfg.Intents.Tell(s.cfg.Words.refusal(path, err))
		}
		s.show()
	})
}
