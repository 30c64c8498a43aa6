// Package transfer is what the queues of uploads and downloads have in common,
// which is all but the files: the order of jobs (Heap), what keeps a whole queue
// from going on (Hold), when there is something to do again (Alarm), how fast it
// goes (Meter), and writing until it is written (Persist). docs/decisions/0012
// tells why it is these.
//
// Nothing here locks: an engine guards its parts by its own mutex, together
// with the jobs that they are about. Only Alarm is made for several goroutines.
// Nothing here starts a goroutine, and nothing reads the time by itself, save
// Alarm, which has a clock.
package transfer
