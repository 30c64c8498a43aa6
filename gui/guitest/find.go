package guitest

import (
	"cmp"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// part is something on the window that has words.
type part struct {
	scrolled
	object fyne.CanvasObject
	words  string
	at     fyne.Position
}

func (p *part) tappable() bool {
	_, ok := p.object.(fyne.Tappable)
	return ok
}

// parts lists everything visible that has words, from the top, and from the
// left within a line. While something stands above the window, such as a
// question, there is only that.
func (w *Window) parts() []part {
	c := w.win.Canvas()
	root := c.Content()
	if top := c.Overlays().Top(); top != nil {
		root = top
	}
	var parts []part
	walk(root, fyne.Position{}, scrolled{}, &parts)
	slices.SortStableFunc(parts, func(a, b part) int {
		return cmp.Or(cmp.Compare(a.at.Y, b.at.Y), cmp.Compare(a.at.X, b.at.X))
	})
	return parts
}

func walk(o fyne.CanvasObject, above fyne.Position, in scrolled, parts *[]part) {
	if o == nil || !o.Visible() {
		return
	}
	at := above.Add(o.Position())
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			walk(child, at, in, parts)
		}
		return
	case *container.Scroll:
		in = scrolled{o, at.Y}
	case *canvas.Text:
		*parts = append(*parts, part{in, o, o.Text, at})
		return
	}
	wid, ok := o.(fyne.Widget)
	if !ok {
		return
	}
	words, whole := wordsOf(wid)
	if _, tappable := o.(fyne.Tappable); tappable && words == "" {
		words = innerText(wid) // such as an entry of a menu
	}
	if words != "" {
		*parts = append(*parts, part{in, o, words, at})
	}
	if whole {
		return
	}
	for _, child := range test.WidgetRenderer(wid).Objects() {
		walk(child, at, in, parts)
	}
}

// innerText is the first text in a widget.
func innerText(wid fyne.Widget) string {
	for _, child := range test.WidgetRenderer(wid).Objects() {
		if text, ok := child.(*canvas.Text); ok && text.Visible() {
			return text.Text
		}
	}
	return ""
}

// wordsOf gives a widget's words; whole means that nothing in it has more.
func wordsOf(o fyne.Widget) (words string, whole bool) {
	if e, _ := entryOf(o); e != nil {
		switch {
		case e.Text == "":
			return e.PlaceHolder, false // what stands in the field may have words too
		case e.Password:
			return "•••", true
		}
		return e.Text, false
	}
	switch o := o.(type) {
	case *widget.Label:
		return o.Text, true
	case *widget.Button:
		return o.Text, true
	case *widget.Select:
		return o.Selected, true
	case fyne.Accessible:
		role := o.AccessibilityRole()
		return o.AccessibilityLabel(), role == fyne.AccessibleRoleText || role == fyne.AccessibleRoleLink
	}
	return "", false
}

// field is a text field: Fyne's, or a widget of ours made from it.
type field interface {
	fyne.Focusable
	fyne.CanvasObject
	SetText(text string)
}

// entryOf gives the text field that o is, nil for anything else.
func entryOf(o fyne.CanvasObject) (*widget.Entry, field) {
	switch o := o.(type) {
	case *widget.Entry:
		return o, o
	case interface {
		field
		Field() *widget.Entry
	}:
		return o.Field(), o
	}
	return nil, nil
}

// find gives the first part with exactly these words that suits, or else the
// first that contains them at its beginning.
func (w *Window) find(words string, suits func(*part) bool) (part, bool) {
	for _, p := range w.parts() {
		if p.words == words && suits(&p) {
			return p, true
		}
	}
	return part{}, false
}

// field finds the text field with a placeholder, or the one that stands
// nearest to the right of words.
func (w *Window) field(label string) field {
	parts := w.parts()
	for _, p := range parts {
		if e, f := entryOf(p.object); e != nil && e.PlaceHolder == label {
			return f
		}
	}
	i := slices.IndexFunc(parts, func(p part) bool { return p.words == label })
	if i < 0 {
		return nil
	}
	var best field
	nearest := float32(24) // further up or down is another line
	for e, y := range w.entries() {
		if off := y - parts[i].at.Y - parts[i].object.Size().Height/2; max(off, -off) < nearest {
			best, nearest = e, max(off, -off)
		}
	}
	return best
}

// entries gives all visible text fields and the height of their middles.
func (w *Window) entries() map[field]float32 {
	found := map[field]float32{}
	var look func(o fyne.CanvasObject, above fyne.Position)
	look = func(o fyne.CanvasObject, above fyne.Position) {
		if o == nil || !o.Visible() {
			return
		}
		at := above.Add(o.Position())
		if e, f := entryOf(o); e != nil {
			found[f] = at.Y + e.Size().Height/2
			return
		}
		if c, ok := o.(*fyne.Container); ok {
			for _, child := range c.Objects {
				look(child, at)
			}
			return
		}
		if wid, ok := o.(fyne.Widget); ok {
			for _, child := range test.WidgetRenderer(wid).Objects() {
				look(child, at)
			}
		}
	}
	c := w.win.Canvas()
	root := c.Content()
	if top := c.Overlays().Top(); top != nil {
		root = top
	}
	look(root, fyne.Position{})
	return found
}
