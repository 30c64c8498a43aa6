package history

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"sluice/gui/kit"
)

// message stands in the list's place while there is nothing to list.
type message struct {
	root   *fyne.Container
	icon   *kit.Icon
	title  *kit.Text
	text   *kit.Text
	button *kit.Button
	do     func()
}

func newMessage(escape func()) *message {
	m := &message{
		icon:  kit.NewIcon(kit.IconClock, kit.ColorSecondary, 36),
		title: kit.NewText("", kit.TextStyle{Size: kit.SizeSection, Bold: true, Elide: kit.ElideMiddle, Align: fyne.TextAlignCenter}),
		text:  kit.NewText("", kit.TextStyle{Color: kit.ColorSecondary, Lines: 5, Align: fyne.TextAlignCenter}),
	}
	m.button = kit.NewButton("", kit.ButtonPlain, func() { m.do() }).WithEscape(escape)
	m.root = container.New(messageLayout{}, m.icon, m.title, m.text, m.button)
	return m
}

// set changes what is said; without do there is no button.
func (m *message) set(icon kit.IconName, c fyne.ThemeColorName, title, text, label string, do func()) {
	m.icon.Set(icon, c)
	m.title.SetText(title)
	m.text.SetText(text)
	m.button.SetLabel(label)
	m.button.Hidden = do == nil
	m.do = do
	m.root.Refresh()
}

// messageLayout puts icon, title, text and button below each other, in the
// middle.
type messageLayout struct{}

// Layout is Fyne's.
func (messageLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	icon, title, text, button := objects[0], objects[1], objects[2], objects[3]
	width := min(480, size.Width-40)
	text.Resize(fyne.NewSize(width, text.Size().Height)) // the width decides the height
	gaps := []float32{12, 4, 16}
	heights := []float32{icon.MinSize().Height, title.MinSize().Height, text.MinSize().Height, 0}
	if button.Visible() {
		heights[3] = button.MinSize().Height
	}
	y := -gaps[2]
	for _, h := range heights {
		y += h
	}
	for _, g := range gaps {
		y += g
	}
	y = max(8, (size.Height-y)/2-12)
	for i, o := range objects {
		w := width
		if o == button {
			w = button.MinSize().Width
		}
		kit.Place(o, (size.Width-w)/2, y, w, heights[i])
		y += heights[i]
		if i < len(gaps) {
			y += gaps[i]
		}
	}
}

// MinSize is Fyne's.
func (messageLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 120) }
