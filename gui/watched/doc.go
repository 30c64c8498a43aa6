// Package watched is the screen of watched folders: a card for each with its
// state and options, and what happened to their files. The model and the words
// are plain Go; the view is one long list, whose first rows are the cards.
//
// What folders there are comes from a [Folders], which is followed on a
// goroutine (reader.go). What people change is shown at once and done elsewhere,
// one thing after the other; when that fails the card shows what was before, and
// why is said. Everything else is for the interface goroutine.
package watched
