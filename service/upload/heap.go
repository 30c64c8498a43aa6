package upload

import "sluice/service/transfer"

// jobHeap is a heap of jobs by an order.
type jobHeap = transfer.Heap[*job]

func newHeap(less func(a, b *job) bool) *jobHeap {
	return transfer.NewHeap(less, func(j *job) *int { return &j.index })
}

// byTurn is the order in which jobs start: small files of watched folders, whose
// links somebody may be waiting for, before all others.
func byTurn(a, b *job) bool {
	if first := a.urgent(); first != b.urgent() {
		return first
	}
	return byPosition(a, b)
}

func (j *job) urgent() bool { return j.row.Origin == string(Watch) && laneOf(j) == quick }

func byPosition(a, b *job) bool {
	if a.row.Position != b.row.Position {
		return a.row.Position < b.row.Position
	}
	return a.row.ID < b.row.ID
}

func byDue(a, b *job) bool {
	if !a.due.Equal(b.due) {
		return a.due.Before(b.due)
	}
	return byPosition(a, b)
}
