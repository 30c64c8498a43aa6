// Package uploads is the Uploads screen: the model of what it shows (plain Go),
// the words for it, and the view. Everything but the previews is for the
// interface goroutine.
package uploads
