package files

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
	"sluice/service"
)

// selectionBar stands below the tiles while files are selected.
type selectionBar struct {
	screen *Screen
	text   *kit.Text
	copy   *kit.Button
	root   *kit.Box
}

func newSelectionBar(s *Screen) *selectionBar {
	b := &selectionBar{screen: s}
	b.text = kit.NewText("", kit.TextStyle{Size: kit.SizeName, Bold: true, Elide: kit.ElideEnd})
	b.copy = kit.NewButton(lang.L("Copy links"), kit.ButtonPrimary, b.copyMenu).WithMenu()
	open := kit.NewButton(lang.L("Open"), kit.ButtonPlain, func() { s.open(s.tiles.selection.IDs()) }).WithTip(lang.L("Open in the browser"))
	remove := kit.NewButton(lang.L("Delete…"), kit.ButtonDanger, s.askDelete)
	buttons := container.New(layout.NewCustomPaddedHBoxLayout(8), b.copy, open, remove)
	b.root = kit.NewChosenCard(kit.Padding{Top: 9, Right: 14, Bottom: 9, Left: 14}, container.New(barLayout{}, b.text, buttons))
	b.root.Hide()
	return b
}

// show fits the bar to the selection, and reports whether it came or went.
func (b *selectionBar) show() bool {
	s := b.screen.tiles.selection
	was := b.root.Visible()
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

// barLayout gives the buttons what they need and the text the rest.
type barLayout struct{}

// Layout is Fyne's.
func (barLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	want := objects[1].MinSize()
	put(objects[1], size.Width-want.Width, (size.Height-want.Height)/2, want.Width, want.Height)
	high := objects[0].MinSize().Height
	put(objects[0], 0, (size.Height-high)/2, max(0, size.Width-want.Width-12), high)
}

// MinSize is Fyne's.
func (barLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	want := objects[1].MinSize()
	return fyne.NewSize(want.Width+80, want.Height)
}

// formats are the entries of a menu for copying links.
func (s *Screen) formats() []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for _, f := range service.LinkFormats() {
		item := fyne.NewMenuItem(s.cfg.NameOf(f), func() { s.copy(f, s.tiles.selection.IDs()) })
		item.Checked = f == s.cfg.FormatOf()
		items = append(items, item)
	}
	return items
}

func (b *selectionBar) copyMenu() {
	c := canvasOf(b.root)
	if c == nil {
		return
	}
	menu := widget.NewPopUpMenu(fyne.NewMenu("", b.screen.formats()...), c)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b.copy)
	menu.ShowAtPosition(fyne.NewPos(at.X, max(0, at.Y-menu.MinSize().Height-4)))
}

// openMenu is the context menu, for what is selected.
func (s *Screen) openMenu(at fyne.Position) {
	c := canvasOf(s.root)
	n := s.tiles.selection.Count()
	if c == nil || n == 0 {
		return
	}
	copies := lang.N("Copy {{.Count}} links", n, map[string]any{"Count": s.cfg.Format.Number(int64(n))})
	as := fyne.NewMenuItem(lang.L("Copy as"), nil)
	as.ChildMenu = fyne.NewMenu("", s.formats()...)
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("",
		fyne.NewMenuItem(copies, func() { s.copy("", s.tiles.selection.IDs()) }), as,
		fyne.NewMenuItem(lang.L("Open in the browser"), func() { s.open(s.tiles.selection.IDs()) }),
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(lang.L("Select all"), func() { s.tiles.Select((*Selection).All) }),
		fyne.NewMenuItem(lang.L("Refresh"), s.Refresh),
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(lang.L("Delete…"), s.askDelete),
	), c, at)
}
