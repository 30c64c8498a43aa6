package kit

import "fyne.io/fyne/v2"

// MessageLayout is how a message that stands in the place of a list is laid out:
// icon, title, text and buttons below each other, in the middle.
type MessageLayout struct {
	Width float32    // of title and text at most
	Right float32    // what is beside it on the right and does not count
	Gaps  [4]float32 // below icon, title, text and the first button
	Least fyne.Size  // of the whole
}

// messageText is where the text is; what comes after it are buttons.
const messageText = 2

// Layout is Fyne's.
func (l MessageLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	size.Width -= l.Right
	width := min(l.Width, size.Width-20)
	text := objects[messageText]
	even := balance(text, width)
	gap := func(i int) float32 {
		if i < len(l.Gaps) && i < len(objects)-1 {
			return l.Gaps[i]
		}
		return 0
	}
	total := float32(0)
	for i, o := range objects {
		if o.Visible() {
			total += o.MinSize().Height + gap(i)
		}
	}
	y := max(8, (size.Height-total)/2-12)
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		want := o.MinSize()
		w := width
		switch {
		case i == messageText:
			w = even
		case i > messageText:
			w = min(want.Width, size.Width)
		}
		o.Resize(fyne.NewSize(w, want.Height))
		o.Move(fyne.NewPos((size.Width-w)/2, y))
		y += want.Height + gap(i)
	}
}

// balance gives the least width, up to a limit, in which a text has no more lines
// than in that: no word stands alone in the last one.
func balance(text fyne.CanvasObject, limit float32) float32 {
	const step = 12
	height := func(width float32) float32 {
		text.Resize(fyne.NewSize(width, text.Size().Height)) // the width decides the height
		return text.MinSize().Height
	}
	half, lines, width := height(limit/2), height(limit), limit
	for half > lines && height(width-step) <= lines {
		width -= step
	}
	height(width)
	return width
}

// MinSize is Fyne's.
func (l MessageLayout) MinSize([]fyne.CanvasObject) fyne.Size { return l.Least }
