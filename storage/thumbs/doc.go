// Package thumbs keeps thumbnails on the disk, up to a budget of bytes: what
// was used least recently goes first. It also keeps, for a time, which files
// have none. All of it can be fetched again. So nothing here is salvaged: a
// damaged cache, or one of another version, is silently begun anew, and what
// was put in within the last moments before the process is killed is lost.
//
// It is a SQLite database of its own and not a folder of files, because
// thumbnails are small and many. A read of 12 KB takes some 20 µs and a write
// 45 µs, less in a batch; to keep the order of use, to hold the budget and to
// clear everything take no walk through folders; a killed process leaves no
// half written files; and a home folder that is backed up or indexed gets one
// file instead of 100,000. It is apart from the database of the uploads, so that
// it can do with synchronous NORMAL, and can be deleted whole.
//
// Writes wait in memory until there are enough for a transaction, or a moment
// has passed; reads see them before. The same transaction notes what was read,
// so that no read writes. A cache that can't be written, because the disk is
// full, drops what it is given.
package thumbs
