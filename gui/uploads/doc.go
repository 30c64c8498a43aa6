// Package uploads is the Uploads screen: the model of what it shows (plain Go),
// the words for it, and the view. Everything but the previews is for the
// interface goroutine.
//
// Uploads and downloads are in one list. An Item is what a row is about, one of
// the two; an ID tells items of both queues apart. Model puts what the two
// engines tell into sections and merges them by the time at which they were
// accepted, behind what was moved to the front; Words makes the Row of an item,
// which is all that the view knows of it. What a person wants is told by
// Intents, with IDs; Split sorts them by queue.
package uploads
