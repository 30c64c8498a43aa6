package watched

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service/watch"
)

// rulesSheet asks which files of a folder are taken.
type rulesSheet struct {
	s       *Screen
	card    watch.Card
	sheet   *sheet
	form    *rulesForm
	preview *preview
	save    *kit.Button
}

// askRules asks which files of a folder are taken.
func (s *Screen) askRules(id watch.FolderID) {
	c := kit.Canvas(s.root)
	card, ok := s.model.Card(id)
	if c == nil || !ok {
		return
	}
	r := &rulesSheet{s: s, card: card}
	fit := func() { r.sheet.fit() }
	escape := func() { r.sheet.hide() }
	r.save = kit.NewButton(lang.L("Save"), kit.ButtonPrimary, r.take)
	r.form = newRulesForm(card.Options.Rules, true, r.look, escape, fit)
	r.preview = newPreview(s, card.Path, s.wouldTake, r.show, escape, fit)
	rows := []fyne.CanvasObject{
		kit.NewHint(s.cfg.Words.Format.Folder(card.Path), kit.TextStyle{Color: kit.ColorSecondary, Elide: kit.ElidePath}),
	}
	rows = append(rows, r.form.rows...)
	rows = append(rows, kit.NewLine())
	rows = append(rows, r.preview.rows...)
	r.sheet = newSheet(c, lang.L("Which files are uploaded"), rows...)
	r.preview.reveal = r.sheet.scroll.ScrollToBottom
	r.sheet.closed = r.preview.giveUp
	r.sheet.answer(kit.NewButton(lang.L("Cancel"), kit.ButtonPlain, escape), r.save)
	r.look()
	s.open(r.sheet, r.save)
}

// look counts again what the rules take.
func (r *rulesSheet) look() {
	opts := r.card.Options
	rules, ok := r.form.rules()
	if opts.Rules = rules; ok {
		r.preview.look(opts)
		return
	}
	r.preview.giveUp()
	r.show()
	r.sheet.fit()
}

func (r *rulesSheet) show() {
	_, ok := r.form.rules()
	r.save.SetEnabled(ok)
}

// take takes the rules over.
func (r *rulesSheet) take() {
	rules, ok := r.form.rules()
	if !ok {
		return
	}
	r.sheet.hide()
	r.s.change(r.card.ID, func(o *watch.Options) { o.Rules = rules })
}
