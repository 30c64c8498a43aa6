// Package sandbox is a Pixeldrain on this computer: a server on loopback that
// speaks the whole API document, in the dialect of its time and in the newer
// one, and keeps what it is given. It serves for trying Sluice without an
// account, for demonstrations and, with injected faults, for tests.
//
// Everything is reachable below Server.APIURL; the pages that links lead to
// are beside it (/u/{id}, /l/{id}). Methods of Server may be called from any
// goroutine.
package sandbox
