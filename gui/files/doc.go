// Package files is the Files screen: everything in the account, as tiles. The
// selection, finding by typing, and what thumbnails are asked for are plain Go;
// the view puts them together with a grid of kit. Everything in it is for the
// interface goroutine.
package files
