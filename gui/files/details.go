package files

import (
	"image"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/thumbnail"
)

// How many lines texts may have that are long: a name has all of its 255
// characters, and what the service says fits mostly.
const (
	nameLines = 14
	factLines = 8
)

// details is the card at the right: all that is known of the file on which the
// keyboard stands.
type details struct {
	screen  *Screen
	id      service.FileID // "" = none
	preview *preview
	name    *kit.Text
	rows    *fyne.Container
	rename  *kit.Button
	close   *kit.IconButton // of the sheet
	file    *fyne.Container // all of it
	none    *kit.Text
	root    fyne.CanvasObject
	shown   service.File
}

func newDetails(s *Screen) *details {
	d := &details{screen: s, preview: newPreview()}
	d.name = kit.NewText("", kit.TextStyle{Size: kit.SizeName, Bold: true, Lines: nameLines, Elide: kit.ElideMiddle})
	d.rows = kit.NewColumn(5)
	one := func(do func([]service.FileID)) func() { return func() { do([]service.FileID{d.id}) } }
	buttons := container.New(pairsLayout{},
		kit.NewButton(lang.L("Copy link"), kit.ButtonPlain, one(func(ids []service.FileID) { s.copy("", ids) })).WithIcon(kit.IconCopy),
		kit.NewButton(lang.L("Open"), kit.ButtonPlain, one(s.open)).WithIcon(kit.IconOpen).WithTip(lang.L("Open in the browser")))
	if s.downloads() {
		buttons.Add(kit.NewButton(lang.L("Download"), kit.ButtonPlain, one(s.download)).WithIcon(kit.IconDown))
	}
	d.rename = kit.NewButton(lang.L("Rename…"), kit.ButtonPlain, func() { s.askName(d.shown) }).WithIcon(kit.IconPencil)
	buttons.Add(d.rename)
	d.close = kit.NewIconButton(kit.IconCross, lang.L("Back to the files (Escape)"), func() { s.showSheet(false) })
	d.file = container.New(&fileLayout{}, d.preview, d.name, d.rows, buttons)
	d.file.Hide()
	d.none = kit.NewText(lang.L("Select a file to see its details."), kit.TextStyle{Color: kit.ColorSecondary, Lines: 3, Align: fyne.TextAlignCenter})
	scroll := container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, barBeside), d.file)) // the bar is beside it
	s.sheet.details = container.New(detailsLayout{}, scroll, d.none, d.close)
	d.root = kit.NewCardPadded(kit.Padding{Top: 14, Right: 14, Bottom: 14, Left: 14}, s.sheet.details)
	return d
}

// relabel shows whether the file can be renamed.
func (d *details) relabel() {
	if can := d.screen.renames(); can == d.rename.Hidden {
		d.rename.Hidden = !can
		d.file.Refresh()
		kit.Repaint(d.root)
	}
}

// show fits the card to the selection.
func (d *details) show() {
	s := d.screen
	f, ok := d.subject()
	if state := s.model.State(); state != Listed || !ok {
		d.root.(*kit.Box).Hidden = state != Listed
		d.id = ""
		d.file.Hide()
		d.none.Show()
		s.showSheet(false)
		return
	}
	d.root.Show()
	d.relabel()
	if d.id == f.ID && d.shown == f {
		return
	}
	d.id, d.shown = f.ID, f
	d.name.SetText(shownName(&f))
	d.rows.Objects = d.facts(&f)
	d.rows.Refresh() // texts that are wrapped learn their width
	d.fillPreview()
	d.file.Show()
	d.none.Hide()
	d.file.Refresh()
	kit.Repaint(d.root)
}

// subject is the file to tell about while something is selected: the one that the
// keyboard stands on, also where the search hides it. Where that is neither shown
// nor selected, it is the one in its place if that is selected.
func (d *details) subject() (service.File, bool) {
	s, selection := d.screen, d.screen.tiles.selection
	at := selection.Cursor()
	if selection.Count() == 0 || at < 0 {
		return service.File{}, false
	}
	f := s.model.list.File(at)
	if f.ID == selection.cursor {
		return f, true
	}
	if selection.Has(selection.cursor) {
		return s.lib.Catalogue.File(selection.cursor)
	}
	return f, selection.Has(f.ID)
}

// facts are the lines of a file, all that the service tells of it.
func (d *details) facts(f *service.File) []fyne.CanvasObject {
	format := d.screen.cfg.Format
	var lines []fyne.CanvasObject
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, fact(name, kit.NewText(value, kit.TextStyle{Size: kit.SizeSmall, Lines: factLines})))
		}
	}
	if f.Availability != "" {
		lines = append(lines, fact(lang.L("State"), kit.NewText(d.state(f), kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorAmber, Lines: factLines})))
	}
	add(lang.L("Size"), format.Size(f.Size))
	add(lang.L("Type"), kit.PlainName(f.MIME))
	add(lang.L("Uploaded"), format.Moment(f.Uploaded))
	add(lang.L("Last viewed"), format.Ago(f.LastView))
	add(lang.L("Views"), format.Number(f.Views))
	add(lang.L("Downloads"), format.Number(f.Downloads))
	add(lang.L("Bandwidth"), format.Size(f.BandwidthUsed))
	add(lang.L("– paid"), format.Size(f.BandwidthUsedPaid))
	if f.SHA256 != "" {
		lines = append(lines, fact("SHA-256", d.copied(shortHash(f.SHA256), f.SHA256, lang.L("Copy the SHA-256"))))
	}
	lines = append(lines, fact(lang.X("Id (of a file)", "Id"), d.copied(string(f.ID), string(f.ID), lang.L("Copy the id"))))
	if f.CanEdit {
		add(lang.L("Yours"), lang.L("Yes"))
	} else {
		add(lang.L("Yours"), lang.L("No, it can’t be changed"))
	}
	add(lang.X("Description (of a file)", "Description"), kit.PlainName(f.Description))
	return lines
}

// state is what stands in the way of a download: as the service says it, or else
// in our words for its value, if there are any.
func (d *details) state(f *service.File) string {
	if f.AvailabilityMessage != "" {
		return kit.PlainName(f.AvailabilityMessage)
	}
	short := d.screen.cfg.Short
	if words := short(&service.Error{Value: f.Availability}); words != short(&service.Error{}) {
		return words
	}
	return kit.PlainName(f.Availability)
}

func fact(name string, value fyne.CanvasObject) fyne.CanvasObject {
	return container.New(pairLayout{84}, kit.NewText(name, kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorSecondary, Elide: kit.ElideEnd}), value)
}

// copied is a value that a click copies.
func (d *details) copied(text, whole, tip string) fyne.CanvasObject {
	link := kit.NewLink(kit.PlainName(text), kit.TextStyle{Size: kit.SizeSmall, Elide: kit.ElideMiddle}, func() {
		d.screen.cfg.Outside.Text(whole)
	})
	button := kit.NewIconButton(kit.IconCopy, tip, func() { d.screen.cfg.Outside.Text(whole) })
	return container.New(copiedLayout{}, link, button)
}

// shortHash is the beginning and the end: "e3b0c442…b855".
func shortHash(hash string) string {
	if len(hash) <= 16 {
		return hash
	}
	return hash[:8] + "…" + hash[len(hash)-4:]
}

// previewSide is that of the preview, in Fyne's units.
const previewSide = detailsWidth - 28 - 2

func (d *details) side() int { return int(previewSide*d.screen.tiles.grid.Scale() + 0.5) }

// wanted is the picture to ask for.
func (d *details) wanted() (thumbnail.Wanted, bool) {
	f := &d.shown
	if d.id == "" || !thumbnail.Possible(f.MIME, f.Name) {
		return thumbnail.Wanted{}, false
	}
	return thumbnail.Wanted{File: f.ID, MIME: f.MIME, Name: f.Name, Hash: f.SHA256, Side: d.side(), Uploaded: f.Uploaded}, true
}

func (d *details) ready(ids []service.FileID) {
	if d.id != "" && slices.Contains(ids, d.id) {
		d.fillPreview()
	}
}

// fillPreview shows the picture, until that comes the tile's, or else a label.
func (d *details) fillPreview() {
	thumbs := screenPictures{d.screen}
	picture, state := thumbs.Get(d.id, d.side())
	if picture == nil {
		picture, _ = thumbs.Get(d.id, d.screen.tiles.side())
	}
	label := ""
	if picture == nil && (state != thumbnail.Coming || !thumbnail.Possible(d.shown.MIME, d.shown.Name)) {
		label = KindLabel(&d.shown)
	}
	if picture == nil {
		d.preview.set(nil, label)
		return
	}
	d.preview.set(picture, "")
}

// barBeside is how far the bar for scrolling stands in the card's margin.
const barBeside float32 = 11

// detailsLayout gives the file the whole card, and puts the words for none in
// its middle.
type detailsLayout struct{}

// Layout is Fyne's.
func (detailsLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	scroll := objects[0].(*container.Scroll)
	wide := size.Width + barBeside
	scroll.Content.Resize(fyne.NewSize(wide, scroll.Content.Size().Height)) // the width decides the height
	put(scroll, 0, 0, wide, size.Height)
	none := objects[1]
	none.Resize(fyne.NewSize(size.Width, none.Size().Height))
	high := none.MinSize().Height
	put(none, 0, (size.Height-high)/2-12, size.Width, high)
	objects[2].(*kit.IconButton).Hidden = size.Width < fileBeside // it is no sheet
	put(objects[2], size.Width-kit.IconButtonSize+8, -8, kit.IconButtonSize, kit.IconButtonSize)
}

// MinSize is Fyne's.
func (detailsLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, 100) }

// copiedLayout puts a small button behind a text.
type copiedLayout struct{}

// Layout is Fyne's.
func (copiedLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	want := objects[0].MinSize()
	text := fyne.MeasureText(objects[0].(*kit.Link).AccessibilityLabel(), kit.SizeSmall, fyne.TextStyle{}).Width + 2
	width := min(max(want.Width, text), size.Width-24)
	put(objects[0], 0, (size.Height-want.Height)/2, width, want.Height)
	put(objects[1], width+1, (size.Height-22)/2, 22, 22)
}

// MinSize is Fyne's.
func (copiedLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(60, objects[0].MinSize().Height)
}

// preview is the large picture.
type preview struct {
	widget.BaseWidget
	back    *canvas.Rectangle
	picture *canvas.Image
	label   *canvas.Text
}

func newPreview() *preview {
	p := &preview{
		back:    &canvas.Rectangle{CornerRadius: radiusPic},
		picture: &canvas.Image{CornerRadius: radiusPic, FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleSmooth},
		label:   kit.NewBold(kindSize + 4),
	}
	p.picture.Hidden = true
	p.ExtendBaseWidget(p)
	return p
}

// MinSize is square where there is a picture, and lower for a mere label.
func (p *preview) MinSize() fyne.Size {
	if p.picture.Hidden {
		return fyne.NewSize(previewSide, 120)
	}
	return fyne.NewSquareSize(previewSide)
}

// CreateRenderer is Fyne's.
func (p *preview) CreateRenderer() fyne.WidgetRenderer {
	r := &previewRenderer{p}
	r.color()
	return r
}

type previewRenderer struct{ p *preview }

func (r *previewRenderer) color() {
	r.p.back.FillColor = theme.ColorForWidget(kit.ColorTile, r.p)
	r.p.label.Color = theme.ColorForWidget(kit.ColorSecondary, r.p)
}

func (r *previewRenderer) Refresh() {
	r.color()
	r.p.label.Refresh()
	r.p.picture.Refresh()
	canvas.Refresh(r.p)
}

func (r *previewRenderer) Layout(size fyne.Size) {
	r.p.back.Resize(size)
	r.p.picture.Resize(size)
	high := r.p.label.MinSize().Height
	r.p.label.Resize(fyne.NewSize(size.Width, high))
	r.p.label.Move(fyne.NewPos(0, (size.Height-high)/2))
}
func (r *previewRenderer) MinSize() fyne.Size { return r.p.MinSize() }
func (r *previewRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.p.back, r.p.label, r.p.picture}
}
func (r *previewRenderer) Destroy() {}

// set shows a picture, or a label where there is none.
func (p *preview) set(picture *image.RGBA, label string) {
	kit.FillText(p.label, label)
	p.picture.Hidden, p.picture.Image = picture == nil, nil
	if picture != nil {
		p.picture.Image = picture
	}
	p.Refresh()
}
