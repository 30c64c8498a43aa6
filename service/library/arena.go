package library

import "strings"

const (
	arenaLeast = 16 << 10  // bytes of the first piece
	arenaMost  = 256 << 10 // of each of the later ones
)

// arena keeps texts side by side in pieces of memory that are larger each time:
// texts of their own would take a tenth more, the garbage collector a while, and
// what is free between them could not be given back.
type arena struct {
	piece strings.Builder // what it has written never moves: it is never full
	next  int             // bytes of the next piece
}

// keep copies data.
func (a *arena) keep(data []byte) string {
	if a.piece.Cap()-a.piece.Len() < len(data) {
		a.next = min(max(2*a.next, arenaLeast), arenaMost)
		a.piece = strings.Builder{}
		a.piece.Grow(max(a.next, len(data)))
	}
	start := a.piece.Len()
	a.piece.Write(data)
	return a.piece.String()[start:]
}

// packed copies the records side by side: pieces of which only some records are in
// use are no longer needed.
func packed(records []record) []record {
	var room arena
	after := make([]record, 0, len(records))
	var form []byte
	for _, r := range records {
		form = append(form[:0], r...)
		after = append(after, record(room.keep(form)))
	}
	return after
}

// textOf is how many bytes the records take.
func textOf(records []record) int {
	sum := 0
	for _, r := range records {
		sum += len(r)
	}
	return sum
}
