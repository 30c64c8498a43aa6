package kit

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// window shows o in a window of a size, on the software driver.
func window(t *testing.T, o fyne.CanvasObject, size fyne.Size) fyne.Window {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(NewTheme(AppearanceLight))
	w := test.NewTempWindow(t, NewTipLayer(o))
	w.SetPadded(false)
	w.Resize(size)
	return w
}
