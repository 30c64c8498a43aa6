package gui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"

	"sluice/gui/kit"
)

// mostTold is how much of what was said is kept for reading again.
const mostTold = 100

// told is something that was said.
type told struct {
	topic string
	text  string
	color fyne.ThemeColorName
	at    time.Time
}

// keep keeps what is said for reading again. What is on the clipboard is not:
// that is there to see.
func (n *notices) keep(topic string, c *kit.NoticeContent) {
	if topic == clipboardTopic {
		return
	}
	now := told{topic, c.Text, c.Color, n.shell.now()}
	n.told = slices.DeleteFunc(n.told, func(t told) bool { return t.text == now.text || topic != "" && t.topic == topic })
	n.told = append(n.told, now)
	n.told = n.told[max(0, len(n.told)-mostTold):]
	n.bell()
}

// bell shows the way to the messages while there are any.
func (n *notices) bell() {
	if n.shell.frame != nil {
		n.shell.frame.setBell(len(n.told) > 0 || n.queue.closed || n.files.closed)
	}
}

// show shows all messages above the window: what is so now, with what can be done
// about it, and what was said, the newest first.
func (n *notices) show() {
	hide := func() {}
	list := kit.NewColumn(10)
	for _, c := range []*condition{&n.queue, &n.files} {
		if c.kind == "" {
			continue
		}
		content := c.shown
		if do := content.Do; do != nil {
			content.Do = func() {
				hide()
				do()
			}
		}
		notice := kit.NewNotice()
		notice.Set(content)
		list.Add(notice)
	}
	for _, t := range slices.Backward(n.told) {
		list.Add(n.line(&t))
	}
	back := kit.NewButton(lang.L("Close"), kit.ButtonPrimary, func() { hide() })
	hide = n.shell.dialog(messagesWidth, lang.L("Messages"), container.New(messagesLayout{}, container.NewVScroll(container.New(layout.NewCustomPaddedLayout(2, 2, 0, 0), list))), back, back)
}

// line is a sentence that was said, and when.
func (n *notices) line(t *told) fyne.CanvasObject {
	icon := kit.IconWarning
	if t.color == kit.ColorAccent {
		icon = kit.IconCheck
	}
	return container.New(lineLayout{}, kit.NewIcon(icon, t.color, 16), kit.NewText(t.text, kit.TextStyle{Lines: 8}),
		kit.NewText(n.shell.format.Time(t.at), kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorSecondary, Align: fyne.TextAlignTrailing}))
}

// Measures of the messages.
const (
	messagesWidth float32 = 520
	messagesHigh  float32 = 300 // at most; more is scrolled
	messagesBar   float32 = 14  // beside them, for scrolling
	lineIcon      float32 = 26
	lineTime      float32 = 64
)

// messagesLayout gives what is scrolled its width first, which decides its height.
type messagesLayout struct{}

// Layout is Fyne's.
func (messagesLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	scroll := objects[0].(*container.Scroll)
	scroll.Resize(size)
	content := scroll.Content
	for range 2 { // each line learns its width, then its height
		content.Resize(fyne.NewSize(size.Width-messagesBar, content.MinSize().Height))
	}
	scroll.Refresh()
}

// MinSize is as high as the messages, within bounds.
func (messagesLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	scroll := objects[0].(*container.Scroll)
	return fyne.NewSize(200, min(messagesHigh, scroll.Content.MinSize().Height))
}

// lineLayout puts the sentence between its icon and its time.
type lineLayout struct{}

// Layout is Fyne's.
func (lineLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	icon, text, at := objects[0], objects[1], objects[2]
	icon.Resize(fyne.NewSquareSize(16))
	icon.Move(fyne.NewPos(0, 1))
	text.Resize(fyne.NewSize(max(0, size.Width-lineIcon-lineTime), size.Height))
	text.Move(fyne.NewPos(lineIcon, 0))
	at.Resize(fyne.NewSize(lineTime, at.MinSize().Height))
	at.Move(fyne.NewPos(size.Width-lineTime, 1))
}

// MinSize is as high as the sentence.
func (lineLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(200, objects[1].MinSize().Height)
}
