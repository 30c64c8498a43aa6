package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// A text with letters of the computer's fonts has a higher line, which stands
// so that its letters are where others' are.
func TestLettersOfOtherFontsStandOnTheSameLine(t *testing.T) {
	withFonts(t, "漢字")
	o := &canvas.Text{TextSize: 13}
	FillText(o, "plain.jpg")
	PlaceText(o, fyne.NewPos(5, 40))
	plain := o.MinSize().Height
	for range 2 {
		FillText(o, "漢字.jpg")
		if got := o.MinSize().Height - plain; o.Position() != fyne.NewPos(5, 27) || got < 19 || got > 20 {
			t.Errorf("at %v and %v higher", o.Position(), got)
		}
		PlaceText(o, fyne.NewPos(5, 40))
	}
	for _, text := range []string{"Füße.jpg", "русский", "😀", "漢語"[3:]} { // what Fyne's have, and what nobody has
		if FillText(o, text); o.Position() != fyne.NewPos(5, 40) || o.MinSize().Height != plain {
			t.Errorf("%q at %v, %v high", text, o.Position(), o.MinSize().Height)
		}
		FillText(o, "漢")
	}
	line := NewText("漢字", TextStyle{Bold: true})
	if height := NewText("x", TextStyle{Bold: true}).MinSize().Height; line.MinSize().Height != height {
		t.Errorf("the line takes %v, others %v", line.MinSize().Height, height)
	}
}

func TestTallFontOfAnything(t *testing.T) {
	for _, data := range []string{"", "short", "\x00\x01\x00\x00\xff\xff\x00\x00\x00\x00\x00\x00headxxxx\xff\xff\xff\xffxxxx"} {
		font := fyne.NewStaticResource("x", []byte(data))
		if tallFont(font) != fyne.Resource(font) {
			t.Errorf("%q was changed", data)
		}
	}
}
