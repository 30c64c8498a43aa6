// Package service is the vocabulary of Sluice: ids, files, albums, links,
// limits and errors. It does no I/O, starts no goroutine and imports only the
// standard library; every other package speaks in its terms.
package service
