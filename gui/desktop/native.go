package desktop

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
)

// exists reports whether the system has made a window that was shown. Where
// there is no OpenGL, Fyne only logs that it has not, and runs on without.
func exists(window fyne.Window) bool {
	native, ok := window.(driver.NativeWindow)
	if !ok {
		return true
	}
	there := true
	native.RunNative(func(handle any) {
		switch h := handle.(type) {
		case driver.X11WindowContext:
			there = h.WindowHandle != 0
		case driver.WaylandWindowContext:
			there = h.WaylandSurface != 0
		case driver.WindowsWindowContext:
			there = h.HWND != 0
		case driver.MacWindowContext:
			there = h.NSWindow != 0
		}
	})
	return there
}
