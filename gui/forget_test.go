package gui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// pane is a window that takes note of its contents.
type pane struct {
	fyne.Window
	canvas keyboard
	set    []fyne.CanvasObject
}

func (p *pane) SetContent(content fyne.CanvasObject) { p.set = append(p.set, content) }
func (p *pane) Canvas() fyne.Canvas                  { return p.canvas }

// keyboard is a canvas on which something has the keyboard.
type keyboard struct {
	fyne.Canvas
	focused fyne.Focusable
}

func (k keyboard) Focused() fyne.Focusable { return k.focused }

// typist counts how often it loses the keyboard.
type typist struct {
	widget.Entry
	lost int
}

func (f *typist) FocusLost() { f.lost++ }

func TestForget(t *testing.T) {
	b := newBench(t)
	window, has := b.shell.window, &typist{}
	p := &pane{Window: window, canvas: keyboard{window.Canvas(), has}}
	b.shell.window = p
	defer func() { b.shell.window = window }()

	for _, step := range []struct {
		name        string
		active, ask bool
		sets, lost  int // by then
	}{
		{"in front", true, false, 1, 0},
		{"behind another window", false, false, 2, 1},
		{"with a question", true, true, 2, 1},
		{"in front again", true, false, 3, 1},
	} {
		b.shell.active = step.active
		question := canvas.NewRectangle(nil)
		if step.ask {
			window.Canvas().Overlays().Add(question)
		}
		b.shell.Forget()
		window.Canvas().Overlays().Remove(question)
		if len(p.set) != step.sets || has.lost != step.lost {
			t.Errorf("%s: content set %d times, keyboard lost %d times, want %d and %d", step.name, len(p.set), has.lost, step.sets, step.lost)
		}
	}
	for _, content := range p.set {
		if content != window.Content() {
			t.Error("the window has another content")
		}
	}
}
