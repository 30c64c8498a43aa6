// Package files is the Files screen: everything in the account, as tiles.
// Screen joins its parts; Model says what there is to show; the reader searches
// and listens on a goroutine of its own. The selection, finding by typing, what
// thumbnails are asked for and what is being deleted are plain Go. All else in
// it is for the interface goroutine.
package files
