package kit

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestSearchField(t *testing.T) {
	typed, keys := []string{}, []fyne.KeyName{}
	f := NewSearchField("Search", "Clear search", func(text string) { typed = append(typed, text) }, func(e *fyne.KeyEvent) bool {
		keys = append(keys, e.Name)
		return e.Name == fyne.KeyDown
	})
	w := window(t, f, fyne.NewSize(200, f.MinSize().Height))
	w.Canvas().Focus(f)
	test.Type(f, "ab")
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown}) // is taken
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	if got := f.button.AccessibilityLabel(); got != "Clear search" {
		t.Errorf("the button is called %q", got)
	}
	f.SelectAll()
	test.Type(f, "x")
	test.Tap(f.button)
	f.Clear() // is empty already
	if want := []string{"a", "ab", "a", "x", ""}; !slices.Equal(typed, want) {
		t.Errorf("typed %q, want %q", typed, want)
	}
	if want := []fyne.KeyName{fyne.KeyDown, fyne.KeyBackspace}; !slices.Equal(keys, want) {
		t.Errorf("keys %q, want %q", keys, want)
	}
	if got := f.button.AccessibilityLabel(); got != "" || f.Field().Text != "" {
		t.Errorf("an empty field has the button %q and the text %q", got, f.Text)
	}
}
