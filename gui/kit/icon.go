package kit

import (
	"bytes"
	"embed"
	"fmt"
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// IconName names a drawing of ours; see folder icons.
type IconName string

// The drawings.
const (
	IconUp      IconName = "up"
	IconDown    IconName = "down"
	IconFront   IconName = "front"
	IconCopy    IconName = "copy"
	IconOpen    IconName = "open"
	IconCross   IconName = "cross"
	IconRetry   IconName = "retry"
	IconPause   IconName = "pause"
	IconPlay    IconName = "play"
	IconGear    IconName = "gear"
	IconGrid    IconName = "grid"
	IconAlbum   IconName = "album"
	IconEye     IconName = "eye"
	IconCheck   IconName = "check"
	IconChevron IconName = "chevron"
	IconWarning IconName = "warning"
	IconKey     IconName = "key"
	IconFolder  IconName = "folder"
	IconFile    IconName = "file"
	IconImage   IconName = "image"
	IconVideo   IconName = "video"
	IconAudio   IconName = "audio"
	IconArchive IconName = "archive"
	IconText    IconName = "text"
	IconBack    IconName = "back"
	IconClock   IconName = "clock"
	IconSearch  IconName = "search"
	IconHelp    IconName = "help"
	IconRows    IconName = "rows"
	IconInfo    IconName = "info"
	IconPencil  IconName = "pencil"
	IconSave    IconName = "save"
	IconBell    IconName = "bell"
	IconLogo    IconName = "logo" // keeps its own colours

	IconChevronUp IconName = "chevron-up"
)

//go:embed icons/*.svg
var iconFiles embed.FS

// IconResource gives a drawing in a colour for Fyne's own widgets, nil for a
// name that has none.
func IconResource(name IconName, c color.Color) fyne.Resource {
	data, err := iconFiles.ReadFile("icons/" + string(name) + ".svg")
	if err != nil {
		return nil
	}
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	hex := fmt.Sprintf("#%02x%02x%02x", n.R, n.G, n.B)
	// Fyne caches the picture by this name, so the colour belongs to it.
	return fyne.NewStaticResource("sluice-"+string(name)+"-"+hex[1:]+".svg",
		bytes.ReplaceAll(data, []byte("currentColor"), []byte(hex)))
}

// Icon shows a drawing in a colour of the theme.
type Icon struct {
	widget.BaseWidget
	name  IconName
	color fyne.ThemeColorName
	size  float32
}

// NewIcon makes an icon of a side length in Fyne's units.
func NewIcon(name IconName, c fyne.ThemeColorName, size float32) *Icon {
	i := &Icon{name: name, color: c, size: size}
	i.ExtendBaseWidget(i)
	return i
}

// Set changes the drawing and its colour.
func (i *Icon) Set(name IconName, c fyne.ThemeColorName) {
	if i.name == name && i.color == c {
		return
	}
	i.name, i.color = name, c
	i.Refresh()
}

// MinSize is the icon's side length both ways.
func (i *Icon) MinSize() fyne.Size { return fyne.NewSquareSize(i.size) }

// CreateRenderer is Fyne's.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	r := &iconRenderer{icon: i}
	if i.name == IconLogo {
		// It has fills only, which Fyne draws at every scale.
		logo := canvas.NewImageFromResource(IconResource(IconLogo, color.Black))
		logo.FillMode = canvas.ImageFillContain
		r.object = logo
		return r
	}
	r.raster = canvas.NewRaster(func(w, h int) image.Image { return r.lines.draw(w, h, r.ink) })
	r.object = r.raster
	r.apply()
	return r
}

type iconRenderer struct {
	icon   *Icon
	object fyne.CanvasObject
	raster *canvas.Raster // nil for the logo
	lines  drawing
	name   IconName
	ink    color.Color
}

// apply takes over the drawing and the colour, and reports whether one changed.
func (r *iconRenderer) apply() bool {
	ink := theme.ColorForWidget(r.icon.color, r.icon)
	if r.raster == nil || r.name == r.icon.name && r.ink == ink {
		return false
	}
	if r.name != r.icon.name {
		data, err := iconFiles.ReadFile("icons/" + string(r.icon.name) + ".svg")
		if err == nil {
			r.lines, err = parseDrawing(data)
		}
		if err != nil {
			r.lines = drawing{} // no such drawing: nothing is shown
		}
	}
	r.name, r.ink = r.icon.name, ink
	return true
}

func (r *iconRenderer) Layout(size fyne.Size) {
	side := fyne.NewSquareSize(r.icon.size)
	r.object.Resize(side)
	r.object.Move(fyne.NewPos((size.Width-side.Width)/2, (size.Height-side.Height)/2))
}

func (r *iconRenderer) Refresh() {
	if r.apply() {
		r.object.Refresh()
	}
}

func (r *iconRenderer) MinSize() fyne.Size           { return r.icon.MinSize() }
func (r *iconRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.object} }
func (r *iconRenderer) Destroy()                     {}
