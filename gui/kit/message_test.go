package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
)

// A message is in the middle, its text no wider than allowed, and what is hidden
// takes no room.
func TestMessageLayout(t *testing.T) {
	var parts [5]*canvas.Rectangle
	objects := make([]fyne.CanvasObject, len(parts))
	for i := range parts {
		parts[i] = canvas.NewRectangle(nil)
		parts[i].SetMinSize(fyne.NewSize(100, 20))
		objects[i] = parts[i]
	}
	parts[4].Hide()
	l := MessageLayout{Width: 300, Right: 50, Gaps: [4]float32{10, 4, 16, 8}, Least: fyne.NewSize(10, 20)}
	c := container.New(l, objects...)
	c.Resize(fyne.NewSize(850, 600))
	if c.MinSize() != l.Least {
		t.Errorf("at least %v", c.MinSize())
	}
	y := (600-float32(4*20+10+4+16+8))/2 - 12
	for i, want := range []struct{ width, gap float32 }{{300, 10}, {300, 4}, {300, 16}, {100, 8}} {
		if size, at := parts[i].Size(), parts[i].Position(); size != fyne.NewSize(want.width, 20) || at != fyne.NewPos(400-want.width/2, y) {
			t.Errorf("%d: %v at %v", i, size, at)
		}
		y += 20 + want.gap
	}
}

// The last line of a message is no single word.
func TestMessagesHaveEvenLines(t *testing.T) {
	const words = "The service had an accident. Nothing was changed; Sluice tries again by itself."
	text := NewText(words, TextStyle{Lines: 5, Align: fyne.TextAlignCenter})
	window(t, text, fyne.NewSize(900, 300))
	const limit = 440
	width := balance(text, limit)
	lines := text.fit(width)
	if width >= limit || len(lines) != 2 || len(text.fit(limit)) != 2 {
		t.Fatalf("%d lines in %v of %d", len(lines), width, limit)
	}
	first, last := text.measure(lines[0]).Width, text.measure(lines[1]).Width
	if last < first/2 {
		t.Errorf("the lines are %v and %v wide: %q", first, last, lines)
	}
	text.SetText("Short.")
	if balance(text, limit) < text.measure("Short.").Width || len(text.fit(balance(text, limit))) != 1 {
		t.Error("one word has no room")
	}
}
