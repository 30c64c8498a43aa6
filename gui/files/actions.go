package files

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
	"sluice/service"
)

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

// marks are the entries for copying what tells one file from all others.
func (s *Screen) marks() []*fyne.MenuItem {
	f, ok := s.single()
	if !ok {
		return nil
	}
	items := []*fyne.MenuItem{fyne.NewMenuItemSeparator()}
	if f.SHA256 != "" {
		items = append(items, fyne.NewMenuItem("SHA-256", func() { s.cfg.Outside.Text(f.SHA256) }))
	}
	return append(items, fyne.NewMenuItem(lang.X("Id (of a file)", "Id"), func() { s.cfg.Outside.Text(string(f.ID)) }))
}

func (s *Screen) openItem() *fyne.MenuItem {
	return fyne.NewMenuItem(lang.L("Open in the browser"), func() { s.open(s.tiles.selection.IDs()) })
}

func (s *Screen) downloadItem() *fyne.MenuItem {
	return fyne.NewMenuItem(lang.L("Download"), func() { s.download(s.tiles.selection.IDs()) })
}

// downloads reports whether files can be brought to this computer.
func (s *Screen) downloads() bool { return s.cfg.Outside.Download != nil }

// download brings files to this computer.
func (s *Screen) download(ids []service.FileID) {
	if files := s.files(ids); len(files) > 0 && s.downloads() {
		s.cfg.Outside.Download(files)
	}
}

// openMenu is the context menu, for what is selected.
func (s *Screen) openMenu(at fyne.Position) {
	c := kit.Canvas(s.root)
	if c == nil || s.tiles.selection.Count() == 0 {
		return
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", s.menuItems()...), c, at)
}

func (s *Screen) menuItems() []*fyne.MenuItem {
	n := s.tiles.selection.Count()
	copies := lang.N("Copy {{.Count}} links", n, map[string]any{"Count": s.cfg.Format.Number(int64(n))})
	as := fyne.NewMenuItem(lang.L("Copy as"), nil)
	as.ChildMenu = fyne.NewMenu("", append(s.formats(), s.marks()...)...)
	items := []*fyne.MenuItem{
		fyne.NewMenuItem(copies, func() { s.copy("", s.tiles.selection.IDs()) }), as, s.openItem(),
	}
	if s.downloads() {
		items = append(items, s.downloadItem())
	}
	if _, ok := s.renamable(); ok {
		items = append(items, s.renameItem())
	}
	items = append(items, s.saveItem())
	if narrow(s.body.Size().Width) {
		items = append(items, fyne.NewMenuItem(lang.L("File details"), func() { s.showSheet(true) }))
	}
	return append(items,
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(lang.L("Select all"), func() { s.tiles.Select((*Selection).All) }),
		fyne.NewMenuItem(lang.L("Refresh"), s.Refresh),
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem(lang.L("Delete…"), s.askDelete),
	)
}
