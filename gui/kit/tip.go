package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// TipLayer shows tips above a window's content. The window's content is to be
// one, or to hold one directly, else icon buttons show no tips.
type TipLayer struct {
	widget.BaseWidget
	content fyne.CanvasObject
	text    string
	at      fyne.Position // below the middle of what is explained
	owner   fyne.CanvasObject
	wait    *fyne.Animation
}

// NewTipLayer puts a layer for tips above content.
func NewTipLayer(content fyne.CanvasObject) *TipLayer {
	l := &TipLayer{content: content}
	l.ExtendBaseWidget(l)
	return l
}

// Tip is the text that is shown now, "" for none.
func (l *TipLayer) Tip() string { return l.text }

// tipLayerOf finds the layer of the window that o is in, nil for none.
func tipLayerOf(o fyne.CanvasObject) *TipLayer {
	c := Canvas(o)
	if c == nil {
		return nil
	}
	layers := []fyne.CanvasObject{c.Content()}
	if holder, ok := c.Content().(*fyne.Container); ok {
		layers = holder.Objects
	}
	for _, o := range layers {
		if l, ok := o.(*TipLayer); ok {
			return l
		}
	}
	return nil
}

// showTip shows text near o once the pointer has rested on it for a moment.
func showTip(o fyne.CanvasObject, text string) {
	l := tipLayerOf(o)
	if l == nil || text == "" {
		return
	}
	l.stop()
	l.owner = o
	// An animation rather than a timer: it ticks on the interface goroutine.
	l.wait = fyne.NewAnimation(450*time.Millisecond, func(done float32) {
		if done < 1 || l.owner != o {
			return
		}
		pos := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
		l.at = pos.AddXY(o.Size().Width/2, o.Size().Height+4)
		l.text = text
		l.Refresh()
	})
	l.wait.Start()
}

// hideTip takes the tip of o away.
func hideTip(o fyne.CanvasObject) {
	l := tipLayerOf(o)
	if l == nil || l.owner != o {
		return
	}
	l.stop()
	l.owner, l.text = nil, ""
	l.Refresh()
}

func (l *TipLayer) stop() {
	if l.wait != nil {
		l.wait.Stop()
		l.wait = nil
	}
}

// CreateRenderer is Fyne's.
func (l *TipLayer) CreateRenderer() fyne.WidgetRenderer {
	r := &tipRenderer{layer: l, back: &canvas.Rectangle{CornerRadius: radiusTile}}
	// The tip has the colours of the page turned around.
	r.text = NewText("", TextStyle{Size: SizeSmall, Color: ColorPage, Lines: 8})
	r.Refresh()
	return r
}

// tipWidth is where a long tip is wrapped.
const tipWidth float32 = 360

type tipRenderer struct {
	layer *TipLayer
	back  *canvas.Rectangle
	text  *Text
	scale float32 // of the window
}

// Refresh draws the tip. Fyne calls it for the whole window when its scale
// changes, and what is below the tip may have pictures of another size then.
func (r *tipRenderer) Refresh() {
	if c := Canvas(r.layer); c != nil && c.Scale() != r.scale {
		if r.scale != 0 {
			r.layer.content.Refresh()
		}
		r.scale = c.Scale()
	}
	shown := r.layer.text != ""
	r.back.Hidden, r.text.Hidden = !shown, !shown
	r.back.FillColor = theme.ColorForWidget(ColorText, r.layer)
	r.text.SetText(r.layer.text)
	r.place()
	canvas.Refresh(r.back)
	canvas.Refresh(r.text)
	Repaint(r.layer)
}

func (r *tipRenderer) Layout(size fyne.Size) {
	r.layer.content.Resize(size)
	r.place()
}

func (r *tipRenderer) place() {
	line := r.text.measure(r.layer.text)
	text := fyne.NewSize(min(line.Width, tipWidth), line.Height)
	text.Height *= float32(len(r.text.fit(text.Width)))
	box := text.AddWidthHeight(16, 8)
	area := r.layer.Size()
	x := min(max(4, r.layer.at.X-box.Width/2), max(4, area.Width-box.Width-4))
	y := r.layer.at.Y
	if y+box.Height > area.Height {
		y -= box.Height + IconButtonSize + 8
	}
	r.back.Resize(box)
	r.back.Move(fyne.NewPos(x, y))
	r.text.Resize(text)
	r.text.Move(fyne.NewPos(x+8, y+4))
}

func (r *tipRenderer) MinSize() fyne.Size { return r.layer.content.MinSize() }
func (r *tipRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.layer.content, r.back, r.text}
}
func (r *tipRenderer) Destroy() { r.layer.stop() }

// Hint is a text that tells more to a pointer that rests on it.
type Hint struct{ Text }

// NewHint makes a text that shows its whole, or its tip, to a resting pointer.
func NewHint(text string, style TextStyle) *Hint {
	h := &Hint{}
	h.text, h.style = text, style.filled(ColorText)
	h.ExtendBaseWidget(h)
	return h
}

// MouseIn shows the tip.
func (h *Hint) MouseIn(*desktop.MouseEvent) {
	switch {
	case h.tip != "":
		showTip(h, h.tip)
	case h.short:
		showTip(h, h.text)
	}
}

// MouseMoved does nothing.
func (h *Hint) MouseMoved(*desktop.MouseEvent) {}

// MouseOut hides the tip.
func (h *Hint) MouseOut() { hideTip(h) }
