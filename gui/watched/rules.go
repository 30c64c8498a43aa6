package watched

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service/watch"
)

// rulesForm is the part of a sheet that says which files are taken.
type rulesForm struct {
	chosen           map[watch.Kind]bool
	all              *kit.Chip
	chips            []*kit.Chip // of the kinds
	include, exclude *field
	least, most      *field
	note             *kit.Text
	rows             []fyne.CanvasObject
	changed          func()
}

// newRulesForm makes a form that shows rules. Patterns and sizes are folded away
// unless open is set or there are any. changed is told every change.
func newRulesForm(r watch.Rules, open bool, changed, escape, fit func()) *rulesForm {
	f := &rulesForm{chosen: map[watch.Kind]bool{}, changed: changed}
	entry := func(placeholder, text string) *field {
		e := newField(placeholder, escape)
		e.SetText(text)
		e.OnChanged = func(string) { f.change() }
		return e
	}
	f.include = entry(lang.L("All names, or e.g. Screenshot*, *.png"), writePatterns(r.Include))
	f.exclude = entry(lang.L("No names, or e.g. *draft*, old/*"), writePatterns(r.Exclude))
	f.least = entry(lang.L("Any"), writeSize(r.MinSize))
	f.most = entry(lang.L("Any size"), writeSize(r.MaxSize))
	f.note = kit.NewText("", kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorRed, Lines: 3})
	for _, k := range r.Kinds {
		f.chosen[k] = true
	}
	f.all = kit.NewChip(lang.L("All files"), f.takeAll).WithEscape(escape)
	chips := []fyne.CanvasObject{f.all}
	for i, k := range kinds() {
		c := kit.NewChip(kindName(k), func() { f.flip(i) }).WithEscape(escape)
		f.chips = append(f.chips, c)
		chips = append(chips, c)
	}
	f.mark()
	sizes := kit.NewLineUp(8, kit.NewField(110, f.least), kit.NewText(lang.L("to"), kit.TextStyle{Color: kit.ColorSecondary}), kit.NewField(110, f.most))
	more := kit.NewColumn(8,
		kit.NewFormRow(lang.L("Only these names"), f.include),
		kit.NewFormRow(lang.L("Never these names"), f.exclude),
		kit.NewFormRow(lang.L("Size"), sizes))
	more.Hidden = !open && len(r.Include)+len(r.Exclude) == 0 && r.MinSize == 0 && r.MaxSize == 0
	fold := container.New(backLayout{})
	fold.Hidden = more.Visible()
	fold.Add(kit.NewLineUp(0, kit.NewButton(lang.L("Names and sizes…"), kit.ButtonQuiet, func() {
		fold.Hide()
		more.Show()
		fit()
	}).WithEscape(escape)))
	f.note.Hide()
	f.rows = []fyne.CanvasObject{
		kit.NewText(lang.L("Which files"), kit.TextStyle{Color: kit.ColorSecondary}),
		kit.NewLineUp(6, chips...), fold, more, f.note,
	}
	return f
}

func (f *rulesForm) flip(i int) {
	k := kinds()[i]
	f.chosen[k] = !f.chosen[k]
	f.mark()
	f.change()
}

// takeAll chooses no kinds: then all files are taken.
func (f *rulesForm) takeAll() {
	clear(f.chosen)
	f.mark()
	f.change()
}

// mark shows which kinds are chosen.
func (f *rulesForm) mark() {
	none := true
	for i, k := range kinds() {
		f.chips[i].Set(kindName(k), f.chosen[k])
		none = none && !f.chosen[k]
	}
	f.all.Set(lang.L("All files"), none)
}

func (f *rulesForm) change() {
	if f.changed != nil {
		f.changed()
	}
}

// rules gives what the form says, and whether that can be followed. It shows
// what can't.
func (f *rulesForm) rules() (watch.Rules, bool) {
	r := watch.Rules{Include: readPatterns(f.include.Text), Exclude: readPatterns(f.exclude.Text)}
	for _, k := range kinds() {
		if f.chosen[k] {
			r.Kinds = append(r.Kinds, k)
		}
	}
	var low, high error
	r.MinSize, low = readSize(f.least.Text)
	r.MaxSize, high = readSize(f.most.Text)
	text := ""
	switch {
	case low != nil || high != nil:
		text = lang.L("Write sizes like 200 KB, 10 MB or 1.5 GB.")
	case r.MaxSize > 0 && r.MinSize > r.MaxSize:
		text = lang.L("The first size must not be larger than the second.")
	case !patternsOK(r.Include) || !patternsOK(r.Exclude):
		text = lang.L("In names, * stands for any letters, ? for one, and [a-z] for one of several; separate names with commas. A bracket is not closed.")
	case r.Check() != nil:
		text = lang.L("These rules can’t be used.")
	}
	f.note.SetText(text)
	f.note.Hidden = text == ""
	return r, text == ""
}

func patternsOK(patterns []string) bool {
	return !slices.ContainsFunc(patterns, func(p string) bool { return (watch.Rules{Include: []string{p}}).Check() != nil })
}
