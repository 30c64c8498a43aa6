package files

import (
	"fyne.io/fyne/v2"
)

// narrow reports whether the details have no room beside the tiles.
func narrow(width float32) bool { return width < detailsFrom }

// sheet is the details in place of the tiles, in a narrow window.
type sheet struct {
	open   bool
	single bool // one file is selected: the sheet has all that it needs

	details, bar *fyne.Container // what is in the two: hidden while they are out of the window, so that the keyboard passes them by
}

// fits reports whether the sheet is shown in a width; a window that becomes wide
// closes it.
func (s *sheet) fits(width float32) bool {
	s.open = s.open && narrow(width)
	return s.open
}

// showSheet opens or closes the sheet, and reports whether that changed
// anything. Without a file to tell about it opens that on top.
func (s *Screen) showSheet(open bool) bool {
	if open == s.sheet.open || open && (!narrow(s.body.Size().Width) || s.model.State() != Listed) {
		return false
	}
	if open && s.details.id == "" {
		first, _ := s.tiles.grid.InView()
		s.tiles.Select(func(sel *Selection) { sel.Go(max(first, sel.Cursor()), false, false) })
	}
	s.sheet.open = open
	s.body.Refresh()
	s.focusTiles() // arrows go from file to file, Escape back
	return true
}

// fileLayout puts a file's preview, name, facts and buttons below each other or,
// where there is room, preview and buttons beside the rest.
type fileLayout struct{ width float32 }

// Measures of it.
const (
	fileGap     float32 = 10
	fileBeside  float32 = 400 // from here on there are two columns
	fileColumns float32 = 18  // between them
	fileClose   float32 = 24  // the closing button stands at the right of the second
)

// Layout is Fyne's.
func (l *fileLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	l.arrange(objects)
}

// arrange places everything and gives the height.
func (l *fileLayout) arrange(objects []fyne.CanvasObject) (height float32) {
	if l.width < fileBeside {
		return stack(objects, 0, l.width)
	}
	preview, name, facts, buttons := objects[0], objects[1], objects[2], objects[3]
	left := stack([]fyne.CanvasObject{preview, buttons}, 0, previewSide)
	x := previewSide + fileColumns
	return max(left, stack([]fyne.CanvasObject{name, facts}, x, l.width-x-fileClose))
}

// stack puts things below each other and gives their height.
func stack(objects []fyne.CanvasObject, x, width float32) (height float32) {
	y := float32(0)
	for _, o := range objects {
		o.Resize(fyne.NewSize(width, o.Size().Height)) // the width decides the height
		high := o.MinSize().Height
		put(o, x, y, width, high)
		y += high + fileGap
	}
	return y - fileGap
}

// MinSize is as high as everything needs in the width that it has.
func (l *fileLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	if l.width <= 0 {
		l.width = detailsWidth - 28
	}
	return fyne.NewSize(100, l.arrange(objects))
}
