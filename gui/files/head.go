package files

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
	"sluice/service/library"
	"sluice/service/settings"
)

// header is the top line: title, search, sorting, and asking again.
type header struct {
	screen  *Screen
	search  *kit.SearchField
	help    *kit.IconButton
	sort    *kit.Select
	save    *kit.Button
	refresh *kit.Button
	hints   *widget.PopUp // what can be searched for; nil: not shown yet
	root    *fyne.Container
}

func newHeader(s *Screen) *header {
	h := &header{screen: s}
	title := kit.NewText(lang.L("Files"), kit.TextStyle{Size: kit.SizeTitle, Bold: true, Elide: kit.ElideEnd})
	h.search = kit.NewSearchField(lang.L("Search files"), lang.L("Clear search"), s.searched, h.key)
	h.help = kit.NewIconButton(kit.IconHelp, lang.L("What you can search for (F1)"), h.explain)
	names := []string{}
	for _, o := range settings.FilesOrders() {
		names = append(names, orderName(o))
	}
	h.sort = kit.NewSelect(names, func(i int) { s.setOrder(settings.FilesOrders()[i]) })
	h.sort.Set(slices.Index(settings.FilesOrders(), s.cfg.Look.Order))
	h.refresh = kit.NewButton("", kit.ButtonPlain, s.Refresh).WithIcon(kit.IconRetry).WithTip(lang.L("Ask the service again (F5)"))
	h.save = kit.NewButton("", kit.ButtonPlain, s.saveShown).WithIcon(kit.IconSave).WithTip(lang.L("Save this list as CSV…"))
	h.root = container.New(headLayout{h}, title, h.search, h.help, h.sort, h.save, h.refresh)
	return h
}

func (h *header) show() {
	s := h.screen
	h.hint()
	h.save.SetEnabled(s.model.State() == Listed)
	h.refresh.SetEnabled(s.lib.Catalogue != nil && !s.model.keyless && !s.model.status.Busy)
}

// hint says in the search field how many files there are, if that fits.
func (h *header) hint() {
	n, short := h.screen.model.status.Files, lang.L("Search files")
	text := lang.N("Search {{.Count}} files", n, map[string]any{"Count": h.screen.cfg.Format.Number(int64(n))})
	const beside = 46 // the field's padding and icon
	if wide := fyne.MeasureText(text, kit.SizeBody, fyne.TextStyle{}).Width + beside; n == 0 || h.search.Size().Width > 0 && wide > h.search.Size().Width {
		text = short
	}
	if h.search.PlaceHolder != text {
		h.search.SetPlaceHolder(text)
	}
}

// key takes the keys that lead out of the search box.
func (h *header) key(e *fyne.KeyEvent) bool {
	switch e.Name { //nolint:exhaustive // all other keys are the field's
	case fyne.KeyEscape:
		if h.search.Text != "" {
			h.search.Clear()
			return true
		}
		h.screen.Shown()
	case fyne.KeyDown, fyne.KeyPageDown, fyne.KeyReturn, fyne.KeyEnter:
		h.screen.toTiles(&fyne.KeyEvent{Name: fyne.KeyDown})
	case fyne.KeyF1:
		h.explain()
	case fyne.KeyF5:
		h.screen.Refresh()
	default:
		return false
	}
	return true
}

// explain shows what the search understands.
func (h *header) explain() {
	c := kit.Canvas(h.root)
	if c == nil {
		return
	}
	rows := []fyne.CanvasObject{kit.NewText(lang.L("What you can search for"), kit.TextStyle{Size: kit.SizeName, Bold: true})}
	for _, line := range []struct{ example, means string }{
		{"img 2209", lang.L("both in the name, in any order")},
		{"\"my trip\"", lang.L("exactly, with the space")},
		{"-draft", lang.L("not in the name")},
		{">10MB <=1GiB", lang.L("size")},
		{"after:2026-01-01", lang.L("uploaded then or later")},
		{"before:2026-02", lang.L("uploaded earlier")},
		{"on:2026-02-28", lang.L("uploaded on that day")},
		{"type:video", lang.L("image, video, audio, document, archive, other")},
	} {
		rows = append(rows, container.New(pairLayout{130}, kit.NewText(line.example, kit.TextStyle{Color: kit.ColorAccent}),
			kit.NewText(line.means, kit.TextStyle{Color: kit.ColorSecondary})))
	}
	h.hints = widget.NewPopUp(kit.NewPanel(kit.Padding{Top: 12, Right: 14, Bottom: 12, Left: 14}, kit.NewColumn(5, rows...)), c)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(h.search)
	width := min(h.hints.MinSize().Width, c.Size().Width-20)
	h.hints.ShowAtPosition(fyne.NewPos(max(10, min(at.X, c.Size().Width-width-16)), at.Y+h.search.Size().Height+4))
}

// unexplain takes that away.
func (h *header) unexplain() {
	if h.hints != nil {
		h.hints.Hide()
	}
}

// chips are the kinds with their counts, how large pictures are, whether there is a
// table in their place, and what of the search was left out.
type chips struct {
	screen *Screen
	chips  []*kit.Chip
	slider *kit.Slider
	views  *kit.Segments
	doubts *doubts
	root   *fyne.Container
}

func newChips(s *Screen) *chips {
	c := &chips{screen: s}
	flow := container.New(&flowLayout{gap: 6})
	for k := library.AnyKind; k <= library.Other; k++ {
		chip := kit.NewChip("", func() { s.pick(k) })
		c.chips = append(c.chips, chip)
		flow.Add(chip)
	}
	c.slider = kit.NewSlider(lang.L("Size of pictures"), int(LeastPicture), int(MostPicture),
		func(v int) { s.tiles.SetPicture(float32(v)) }, func(int) { s.keep() })
	c.slider.Set(s.cfg.Look.Picture)
	c.views = kit.NewSegments(func(i int) { s.setView(views()[i]) },
		kit.Segment{Icon: kit.IconGrid, Label: lang.L("As pictures")}, kit.Segment{Icon: kit.IconRows, Label: lang.L("As a table")})
	info := kit.NewIconButton(kit.IconInfo, lang.L("File details"), func() { s.showSheet(!s.sheet.open) })
	c.doubts = newDoubts(s)
	c.root = container.New(chipsLayout{}, flow, c.slider, c.views, info, c.doubts.text)
	c.show()
	return c
}

func (c *chips) show() {
	counts := c.screen.model.Counts()
	for k, chip := range c.chips {
		kind := library.Kind(k)
		label := kindName(kind)
		if kind != library.AnyKind || c.screen.model.text != "" {
			label += " " + c.screen.cfg.Format.Number(int64(counts.Of(kind)))
		}
		chosen := kind == c.screen.model.kind
		chip.Set(label, chosen)
		chip.Hidden = counts.Of(kind) == 0 && !chosen && kind != library.AnyKind
	}
	c.views.Set(slices.Index(views(), c.screen.tiles.View()))
	c.slider.Hidden = c.screen.tiles.View() == settings.FilesTable
	c.root.Hidden = c.screen.model.status.Files == 0
	c.root.Refresh()
}

// views lists the views as the switch has them.
func views() []settings.FilesView {
	return []settings.FilesView{settings.FilesGrid, settings.FilesTable}
}

func kindName(k library.Kind) string {
	switch k {
	case library.AnyKind:
		return lang.L("All")
	case library.Image:
		return lang.L("Images")
	case library.Video:
		return lang.L("Video")
	case library.Audio:
		return lang.L("Audio")
	case library.Document:
		return lang.L("Documents")
	case library.Archive:
		return lang.L("Archives")
	case library.Other:
		return lang.X("Other (kind of files)", "Other")
	}
	return ""
}
