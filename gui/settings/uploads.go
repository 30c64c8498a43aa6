package settings

import (
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	prefs "sluice/service/settings"
)

func uploadsSection(m *Model) fyne.CanvasObject {
	label := lang.L("Uploads at a time")
	number := kit.NewText("", kit.TextStyle{})
	slider := kit.NewSlider(label, prefs.MinWorkers, prefs.MaxWorkers,
		func(n int) { number.SetText(strconv.Itoa(n)) },
		func(n int) { m.change(func(v *prefs.Values) { v.Workers = n }) })
	limit := newLimitField(m)
	skipLabel := lang.L("Skip files already uploaded")
	skip := kit.NewSwitch(skipLabel, m.values.SkipDuplicates, func(on bool) {
		m.change(func(v *prefs.Values) { v.SkipDuplicates = on })
	})
	skipWords := kit.NewText(lang.L("compares SHA-256, sends nothing"),
		kit.TextStyle{Color: kit.ColorSecondary, Elide: kit.ElideEnd})
	show := func() {
		slider.Set(m.values.Workers)
		number.SetText(strconv.Itoa(m.values.Workers))
		skip.Set(m.values.SkipDuplicates)
	}
	m.watch(show)
	show()
	return kit.NewSection(lang.L("Uploads"),
		kit.NewFormRow(label, kit.NewLineUp(10, kit.NewField(180, slider), number)),
		kit.NewFormRow(lang.L("Speed limit"), kit.NewLineUp(8, limit.list)),
		limit.own, limit.below,
		kit.NewFormRow(skipLabel, kit.NewLineUp(8, skip, skipWords)))
}

// limits are the speed limits to choose from, in bytes a second; 0 is none.
func limits() []int64 {
	return []int64{0, 256_000, 512_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000, 50_000_000}
}

// limitField chooses a speed limit from a list, or lets people write one.
type limitField struct {
	model *Model
	list  *kit.Select
	entry *kit.Entry
	apply *kit.Button
	note  *kit.Text
	own   fyne.CanvasObject // the line with the entry
	below fyne.CanvasObject
	shown int64 // the limit that the entry was filled with
}

func newLimitField(m *Model) *limitField {
	f := &limitField{model: m, entry: kit.NewEntry(), note: newNote()}
	names := make([]string, 0, len(limits())+1)
	for _, n := range limits() {
		name := lang.L("No limit")
		if n > 0 {
			name = m.cfg.Format.Limit(n)
		}
		names = append(names, name)
	}
	f.list = kit.NewSelect(append(names, lang.L("Custom…")), f.choose)
	f.entry.SetPlaceHolder(lang.L("Speed"))
	f.entry.OnSubmitted = func(string) { f.submit() }
	f.entry.OnChanged = func(string) {
		m.limitRefused = false // it was about what stood there before
		m.show()
	}
	f.apply = kit.NewButton(lang.L("Use this limit"), kit.ButtonPlain, f.submit)
	f.own = kit.NewFormNote(kit.NewLineUp(8, kit.NewField(140, f.entry), f.apply))
	f.below = kit.NewFormNote(f.note)
	m.watch(f.show)
	f.show()
	return f
}

func (f *limitField) choose(index int) {
	m := f.model
	m.limitRefused = false
	if m.ownLimit = index >= len(limits()); !m.ownLimit {
		m.change(func(v *prefs.Values) { v.SpeedLimit = limits()[index] })
		return
	}
	m.show()
	m.onMain(func() { // once the list has closed
		if c := kit.Canvas(f.entry); c != nil {
			c.Focus(f.entry)
		}
	})
}

// submit takes the limit in the entry into use, and shows its proper form.
func (f *limitField) submit() {
	if f.model.setLimit(f.entry.Text) {
		f.entry.SetText(prefs.WriteSpeed(f.model.values.SpeedLimit))
	}
}

func (f *limitField) show() {
	m := f.model
	limit := m.values.SpeedLimit
	index := slices.Index(limits(), limit)
	own := m.ownLimit || index < 0
	if own {
		index = len(limits())
	}
	f.list.Set(index)
	text := ""
	if limit > 0 {
		text = prefs.WriteSpeed(limit)
	}
	if f.shown != limit {
		f.shown = limit
		f.entry.SetText(text)
	}
	setVisible(f.own, own)
	setVisible(f.below, own)
	setVisible(f.apply, f.entry.Text != text)
	n := m.limitNote()
	f.note.Set(n.text, n.color)
}
