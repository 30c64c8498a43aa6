//go:build realwindow

// Package realwindow drives the built program as a person would: an X server
// of its own (Xvfb with openbox), real key presses and clicks, a real drop
// from another X client, the real X11 clipboard, a real keyring daemon on a
// private D-Bus session, and screenshots kept as artefacts.
//
// The journeys are in the test files. They find things on the screen by the
// words on it (see [Reader.Find]); what has no words is found from the words
// beside it, and layout_test.go is the only file that knows how.
//
// The pictures of the documentation are drawn by the same means, with the tag
// pictures: see `make pictures`.
//
// Everything here has the build tag realwindow, which `make test` passes, so
// that a plain `go test ./...` on a computer without an X server stays quiet.
// Nothing here skips: with the tag, a missing Xvfb is a failure.
//
// Waiting is for events (a mapped window, damage to its pixels, the answer to a
// ping, a D-Bus signal) and bounded by the test's context. No step counts on how
// long anything takes: after each input [Window.Answered] waits for the program,
// and what a test does during an upload it does while the service holds that (see
// startHeld). A test that fails tells its last steps and the words that are on the
// screen, in short once more at the end of all output.
//
// Functions may be called from the test's goroutine only, unless they say
// otherwise.
package realwindow
