// Package thumbnail loads the small pictures of files: from memory, else from
// the disk, else from the picture on this computer that the file was uploaded
// from, else from the service.
//
// It is told again and again what is wanted now, nearest first, and works on
// nothing else: what is wanted no longer is given up. A file that is wanted
// follows this way:
//
//	looked up on the disk ─┬─ found ──────────────┬──▶ decoded, scaled ──▶ in memory
//	                       ├─ picture is local ───┤
//	                       └─ asked for ──────────┘
//	                            └─ failed: rests, then is asked for again
//
// One goroutine looks up, some ask, some decode. There is one request for a
// file however often and in however many sizes it is wanted. What the service
// gave is put on the disk as it came, under one of two size classes. While the
// larger one is asked for, the smaller one is shown if it is there.
//
// That a file has no thumbnail is remembered too. The service gives an icon
// in its place, sometimes with nothing to tell it from a thumbnail: see icons.
//
// Requests wait for scrolling to come to rest; what the disk has does not.
package thumbnail
