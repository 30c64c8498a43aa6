// Package storage keeps what Sluice must not forget in one SQLite database:
// the upload queue with its attempts and history, and the settings.
//
// Every write is one transaction that is on the disk before the call returns.
// Writes of several goroutines share a transaction where they meet, so that
// they share the wait for the disk too; Unhurried ones wait a little to meet
// more. Where one fails, all of its transaction are done again one by one. Reads go through connections of their
// own and see all writes that have returned.
//
// Text that comes from a file system (paths, names) is kept byte for byte, be
// it UTF-8 or not. A zero time stays a zero time; all others keep their
// nanoseconds and lose their zone.
package storage
