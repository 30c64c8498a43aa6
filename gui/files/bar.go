package files

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
)

// selectionBar stands below the tiles while files are selected.
type selectionBar struct {
	screen   *Screen
	text     *kit.Text
	copy     *kit.Button
	download *kit.Button
	open     *kit.Button
	more     *kit.Button
	remove   *kit.Button
	root     *kit.Box
}

func newSelectionBar(s *Screen) *selectionBar {
	b := &selectionBar{screen: s}
	b.text = kit.NewText("", kit.TextStyle{Size: kit.SizeName, Bold: true, Elide: kit.ElideEnd})
	b.copy = kit.NewButton(lang.L("Copy links"), kit.ButtonPrimary, func() { b.above(b.copy, s.formats()) }).WithMenu()
	b.download = kit.NewButton(lang.L("Download"), kit.ButtonPlain, func() { s.download(s.tiles.selection.IDs()) })
	b.open = kit.NewButton(lang.L("Open"), kit.ButtonPlain, func() { s.open(s.tiles.selection.IDs()) }).WithTip(lang.L("Open in the browser"))
	b.more = kit.NewButton(lang.L("More"), kit.ButtonPlain, func() { b.above(b.more, b.moreItems()) }).WithMenu()
	b.remove = kit.NewButton(lang.L("Delete…"), kit.ButtonDanger, s.askDelete)
	s.sheet.bar = container.New(barLayout{b}, b.text, b.copy, b.download, b.open, b.more, b.remove)
	b.root = kit.NewChosenCard(kit.Padding{Top: 9, Right: 14, Bottom: 9, Left: 14},
		s.sheet.bar)
	b.root.Hide()
	return b
}

// show fits the bar to the selection, and reports whether it came or went.
func (b *selectionBar) show() bool {
	s := b.screen.tiles.selection
	was := b.root.Visible()
	b.screen.sheet.single = s.Count() == 1
	if s.Count() == 0 {
		b.root.Hide()
		return was
	}
	b.text.SetText(b.words(s))
	if s.Count() == 1 {
		b.copy.SetLabel(lang.L("Copy link"))
	} else {
		b.copy.SetLabel(lang.L("Copy links"))
	}
	b.root.Show()
	b.root.Refresh()
	return !was
}

func (b *selectionBar) words(s *Selection) string {
	text := amount(b.screen.cfg.Format, s.Count(), s.Size())
	if n := s.Hidden(); n > 0 {
		text += " · " + lang.L("{{.Count}} not shown", map[string]any{"Count": b.screen.cfg.Format.Number(int64(n))})
	}
	return text
}

// amount is "3 files · 14.2 MB".
func amount(format *kit.Format, files int, bytes int64) string {
	return lang.N("{{.Count}} files · {{.Size}}", files, map[string]any{
		"Count": format.Number(int64(files)), "Size": format.Size(bytes),
	})
}

// above shows a menu above a button of the bar.
func (b *selectionBar) above(button *kit.Button, items []*fyne.MenuItem) {
	c := kit.Canvas(b.root)
	if c == nil {
		return
	}
	menu := widget.NewPopUpMenu(fyne.NewMenu("", items...), c)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(button)
	menu.ShowAtPosition(fyne.NewPos(at.X, max(0, at.Y-menu.MinSize().Height-4)))
}

// moreItems are what has no button of its own, and what has no room for it.
func (b *selectionBar) moreItems() []*fyne.MenuItem {
	s := b.screen
	var items []*fyne.MenuItem
	if s.downloads() && b.download.Hidden {
		items = append(items, s.downloadItem())
	}
	if b.open.Hidden {
		items = append(items, s.openItem())
	}
	if _, ok := s.renamable(); ok {
		items = append(items, s.renameItem())
	}
	return append(items, s.saveItem())
}

// barLayout gives the text the room that it needs and the buttons the rest; a
// button for which there is none goes to the menu of the others.
type barLayout struct{ bar *selectionBar }

const barGap float32 = 8

// Layout is Fyne's.
func (l barLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	b := l.bar
	room := size.Width - 12 - kit.MeasureText(b.text.Text(), kit.SizeName, fyne.TextStyle{Bold: true}).Width
	b.download.Hidden, b.open.Hidden = !b.screen.downloads(), false
	b.open.Hidden = l.width() > room
	b.download.Hidden = b.download.Hidden || l.width() > room
	right := size.Width
	for _, o := range []*kit.Button{b.remove, b.more, b.open, b.download, b.copy} {
		if o.Hidden {
			continue
		}
		want := o.MinSize()
		right -= want.Width
		put(o, right, (size.Height-want.Height)/2, want.Width, want.Height)
		right -= barGap
	}
	high := b.text.MinSize().Height
	put(b.text, 0, (size.Height-high)/2, max(0, right-4), high)
}

// width is what the buttons take that are shown.
func (l barLayout) width() float32 {
	b, width := l.bar, -barGap
	for _, o := range []*kit.Button{b.copy, b.download, b.open, b.more, b.remove} {
		if !o.Hidden {
			width += o.MinSize().Width + barGap
		}
	}
	return width
}

// MinSize is Fyne's.
func (l barLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(380, l.bar.copy.MinSize().Height)
}
