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
	m.root = container.New(kit.MessageLayout{Width: 480, Gaps: [4]float32{12, 4, 16}, Least: fyne.NewSize(200, 120)}, m.icon, m.title, m.text, m.button)
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
