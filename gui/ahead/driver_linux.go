//go:build cgo && !ci

package ahead

// #cgo LDFLAGS: -lX11 -lGL
// #include <X11/Xlib.h>
// #include <GL/glx.h>
//
// static void begin(void) { XInitThreads(); }
//
// // load has the driver of the display's screen loaded, and gives the connection
// // that keeps it.
// static Display *load(void) {
// 	int any, n;
// 	Display *display = XOpenDisplay(NULL);
// 	if (display != NULL && glXQueryExtension(display, &any, &any)) {
// 		GLXFBConfig *configs = glXGetFBConfigs(display, DefaultScreen(display), &n);
// 		if (configs != NULL) XFree(configs);
// 	}
// 	return display;
// }
//
// static void release(Display *display) { if (display != NULL) XCloseDisplay(display); }
import "C"

import (
	"os"
	"runtime"
)

// begin reports whether there is a display to load the driver of, and makes its
// library ready for several threads.
func begin() bool {
	platform := os.Getenv("FYNE_PLATFORM")
	if os.Getenv("DISPLAY") == "" || platform != "" && platform != "x11" {
		return false
	}
	C.begin()
	return true
}

func load() (release func()) {
	runtime.LockOSThread() // OpenGL's libraries keep things by thread
	display := C.load()
	return func() { C.release(display) }
}
