// Package history is the page of the Uploads screen that shows everything ever
// uploaded from this computer: the model of what it shows (plain Go), the words
// for it, and the view, which reads the history page by page. Everything is for
// the interface goroutine; what reads is handed to another.
package history
