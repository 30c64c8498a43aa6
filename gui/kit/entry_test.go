package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
)

// Where a border meets a fill that is no colour at all, it turns dark.
func TestFieldsHaveNoSeam(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(NewTheme(AppearanceLight))
	for name, field := range map[string]fyne.Widget{
		"a line": NewEntry(), "a key": NewPasswordEntry(),
		"a search": NewSearchField("", "", func(string) {}, nil), "lines": NewTextField("", 3, nil, nil, nil),
	} {
		w := test.NewTempWindow(t, field)
		borders := 0
		for _, o := range test.TempWidgetRenderer(t, field).Objects() {
			border, ok := o.(*canvas.Rectangle)
			if !ok || border.StrokeWidth == 0 {
				continue
			}
			borders++
			if r, g, b, a := border.FillColor.RGBA(); a == 0 || a > 0x200 || r != a || g != a || b != a {
				t.Errorf("%s: inside the border is %v", name, border.FillColor)
			}
		}
		if borders != 1 {
			t.Errorf("%s has %d borders", name, borders)
		}
		w.SetContent(canvas.NewRectangle(nil))
	}
}

// What can't be written in does not stand out more than what can.
func TestADisabledFieldHasTheSameBorder(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(NewTheme(AppearanceLight))
	field := NewEntry()
	test.NewTempWindow(t, field)
	field.Disable()
	for _, o := range test.TempWidgetRenderer(t, field).Objects() {
		if border, ok := o.(*canvas.Rectangle); ok && border.StrokeWidth > 0 && border.StrokeColor != lightColor(ColorBorder) {
			t.Errorf("the border is %v", border.StrokeColor)
		}
	}
}
