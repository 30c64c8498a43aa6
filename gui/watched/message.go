package watched

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"sluice/gui/kit"
)

// message stands in the list's place while there are no folders.
type message struct {
	root      *fyne.Container
	icon      *kit.Icon
	title     *kit.Text
	text      *kit.Text
	first     *kit.Button
	second    *kit.Button
	do, other func()
}

// saying is what a message says. Without do and other there are no buttons for
// them; busy switches them off.
type saying struct {
	icon        kit.IconName
	color       fyne.ThemeColorName
	title, text string
	label       string
	do          func()
	second      string
	other       func()
	busy        bool
}

func newMessage() *message {
	m := &message{
		icon:  kit.NewIcon(kit.IconEye, kit.ColorSecondary, 36),
		title: kit.NewText("", kit.TextStyle{Size: kit.SizeSection, Bold: true, Elide: kit.ElideMiddle, Align: fyne.TextAlignCenter}),
		text:  kit.NewText("", kit.TextStyle{Color: kit.ColorSecondary, Lines: 6, Align: fyne.TextAlignCenter}),
	}
	m.first = kit.NewButton("", kit.ButtonPrimary, func() { m.do() })
	m.second = kit.NewButton("", kit.ButtonPlain, func() { m.other() })
	m.root = container.New(kit.MessageLayout{
		Width: 460, Right: kit.PageMargin, // which the list has beside it
		Gaps: [4]float32{12, 6, 18, 8}, Least: fyne.NewSize(200, 160),
	}, m.icon, m.title, m.text, m.first, m.second)
	return m
}

func (m *message) set(c saying) {
	m.icon.Set(c.icon, c.color)
	m.title.SetText(c.title)
	m.text.SetText(c.text)
	m.first.SetLabel(c.label)
	m.second.SetLabel(c.second)
	m.first.Hidden, m.second.Hidden = c.do == nil, c.other == nil
	m.do, m.other = c.do, c.other
	m.first.SetEnabled(!c.busy)
	m.second.SetEnabled(!c.busy)
	m.root.Refresh()
}
