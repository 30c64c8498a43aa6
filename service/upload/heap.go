package upload

import "container/heap"

// jobHeap is a heap of jobs by an order; job.index is a job's place in it.
type jobHeap struct {
	jobs []*job
	less func(a, b *job) bool
}

func (h *jobHeap) Len() int           { return len(h.jobs) }
func (h *jobHeap) Less(i, j int) bool { return h.less(h.jobs[i], h.jobs[j]) }
func (h *jobHeap) Swap(i, j int) {
	h.jobs[i], h.jobs[j] = h.jobs[j], h.jobs[i]
	h.jobs[i].index, h.jobs[j].index = i, j
}

// Push is for container/heap; use add.
func (h *jobHeap) Push(x any) {
	j, _ := x.(*job)
	j.index = len(h.jobs)
	h.jobs = append(h.jobs, j)
}

// Pop is for container/heap; use remove.
func (h *jobHeap) Pop() any {
	last := len(h.jobs) - 1
	j := h.jobs[last]
	h.jobs[last] = nil
	h.jobs = h.jobs[:last]
	return j
}

func (h *jobHeap) add(j *job)    { heap.Push(h, j) }
func (h *jobHeap) remove(j *job) { heap.Remove(h, j.index) }

// first is the least job, nil when there is none.
func (h *jobHeap) first() *job {
	if len(h.jobs) == 0 {
		return nil
	}
	return h.jobs[0]
}

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
