package kit

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// What people do while the source does not know all items is done afterwards, in
// its order and with what was held; scrolling is not put off.
func TestGridOnHold(t *testing.T) {
	s := numbers(1000)
	g := gridWindow(t, s)
	held := fyne.KeyModifierShift
	g.keys = func() fyne.KeyModifier { return held }
	kept := 0
	g.Hold(func() { kept++ })
	at := fyne.NewPos(50, 60)
	g.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	held = 0
	g.MouseDown(&desktop.MouseEvent{Button: desktop.MouseButtonPrimary, PointEvent: fyne.PointEvent{Position: at}})
	g.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at.AddXY(200, 200)}})
	g.DragEnd()
	g.MouseUp(&desktop.MouseEvent{})
	g.TypedRune('x')
	g.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDelete})
	g.TypedShortcut(&fyne.ShortcutSelectAll{})
	g.TappedSecondary(&fyne.PointEvent{Position: at})
	if len(s.heard) != 0 || len(s.steps) != 0 || kept != 9 {
		t.Fatalf("it did %q", s.heard)
	}
	g.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.Delta{DY: -100}})
	if g.Offset() != 100 {
		t.Errorf("it was scrolled to %v", g.Offset())
	}
	g.ScrollToOffset(0)
	g.Release(true)
	said := slices.Clone(s.heard)
	want := []string{"go 999 1", "rune x", "typed Delete"}
	for _, w := range want {
		i := slices.Index(said, w)
		if i < 0 {
			t.Fatalf("%q is missing or out of order in %q", w, s.heard)
		}
		said = said[i+1:]
	}
	if len(said) != 2 || len(s.steps) == 0 || s.steps[0].Phase != BandStart {
		t.Errorf("it did %q and %v", s.heard, s.steps)
	}
	if g.keys() != 0 {
		t.Error("modifiers stay held")
	}
	n := len(s.heard)
	g.TypedRune('y')
	if len(s.heard) != n+1 {
		t.Error("it is still on hold")
	}
	g.Hold(func() {})
	g.TypedRune('z')
	g.Release(false)
	g.Release(true)
	if len(s.heard) != n+1 {
		t.Errorf("what was to be forgotten was done: %q", s.heard)
	}
}
