package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Progress is a thin bar.
type Progress struct {
	widget.BaseWidget
	part  float64
	color fyne.ThemeColorName
}

// NewProgress makes an empty bar.
func NewProgress() *Progress {
	p := &Progress{color: ColorPrimary}
	p.ExtendBaseWidget(p)
	return p
}

// Set shows a part, 0 to 1, in a colour of the theme.
func (p *Progress) Set(part float64, c fyne.ThemeColorName) {
	part = min(max(part, 0), 1)
	if p.part == part && p.color == c {
		return
	}
	p.part, p.color = part, c
	p.Refresh()
}

// Part is what is shown, 0 to 1.
func (p *Progress) Part() float64 { return p.part }

// progressHeight is how thin the bar is.
const progressHeight float32 = 4

// MinSize is thin.
func (p *Progress) MinSize() fyne.Size { return fyne.NewSize(20, progressHeight) }

// CreateRenderer is Fyne's.
func (p *Progress) CreateRenderer() fyne.WidgetRenderer {
	r := &progressRenderer{bar: p}
	r.track = &canvas.Rectangle{CornerRadius: progressHeight / 2}
	r.done = &canvas.Rectangle{CornerRadius: progressHeight / 2}
	r.Refresh()
	return r
}

type progressRenderer struct {
	bar         *Progress
	track, done *canvas.Rectangle
}

func (r *progressRenderer) Refresh() {
	r.track.FillColor = theme.ColorForWidget(ColorTrack, r.bar)
	r.done.FillColor = theme.ColorForWidget(r.bar.color, r.bar)
	r.Layout(r.bar.Size())
	canvas.Refresh(r.bar)
}

func (r *progressRenderer) Layout(size fyne.Size) {
	top := (size.Height - progressHeight) / 2
	r.track.Resize(fyne.NewSize(size.Width, progressHeight))
	r.track.Move(fyne.NewPos(0, top))
	width := size.Width * float32(r.bar.part)
	if r.bar.part > 0 {
		width = max(width, progressHeight)
	}
	r.done.Resize(fyne.NewSize(width, progressHeight))
	r.done.Move(fyne.NewPos(0, top))
}
func (r *progressRenderer) MinSize() fyne.Size { return r.bar.MinSize() }
func (r *progressRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.track, r.done}
}
func (r *progressRenderer) Destroy() {}
