//go:build realwindow

// Package realwindow drives the built program as a person would: an X server
// of its own (Xvfb with openbox), real key presses and clicks, a real drop
// from another X client, the real X11 clipboard, a real keyring daemon on a
// private D-Bus session, and screenshots kept as artefacts.
//
// The journeys are in the test files. They find things on the screen by the
// words on it (see [Screen.Find]); what has no words is found from the words
// beside it, and layout_test.go is the only file that knows how.
//
// Everything here has the build tag realwindow, which `make test` passes, so
// that a plain `go test ./...` on a computer without an X server stays quiet.
// Nothing here skips: with the tag, a missing Xvfb is a failure.
//
// Waiting is for events (a mapped window, damage to its pixels, a D-Bus
// signal) and bounded by the test's context. Functions may be called from the
// test's goroutine only, unless they say otherwise.
package realwindow
