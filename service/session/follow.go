package session

import (
	"slices"
	"time"

	"sluice/service"
	"sluice/service/handoff"
	"sluice/service/upload"
)

// ReasonCancelled is the Value of the error for a file that was taken out of
// the queue while a command waited for it.
const ReasonCancelled = "cancelled"

// progressTime is the shortest time between two reports of progress.
const progressTime = 100 * time.Millisecond

// follower turns the engine's events into replies about the files of one
// batch, or about all that was unfinished when it began. Results come in the
// order in which the files were accepted.
type follower struct {
	batch service.BatchID // 0: what was unfinished
	reply func(handoff.Reply) error
	now   func() time.Time

	jobs    map[service.JobID]*upload.Job
	order   []service.JobID // of jobs, ascending
	shown   int             // of order: their results were given
	finding bool            // without a batch: files that come now belong to it
	batches map[service.BatchID]bool
	links   []service.FileID // of the results given

	ahead func([]service.JobID) error // lets files go before others; nil: they wait their turn
	moved int                         // files at the last call of ahead

	progress handoff.Progress
	last     time.Time        // of the last report
	told     handoff.Progress // in it
}

func newFollower(batch service.BatchID, reply func(handoff.Reply) error, now func() time.Time) *follower {
	return &follower{
		batch: batch, reply: reply, now: now,
		jobs: map[service.JobID]*upload.Job{}, batches: map[service.BatchID]bool{},
		progress: handoff.Progress{Left: -1},
	}
}

// resume makes f follow what is unfinished in the snapshot and not paused by
// its user.
func (f *follower) resume(s upload.Snapshot) {
	f.finding = s.Totals.Scanning > 0
	for i := range s.Jobs {
		if j := &s.Jobs[i]; !j.State.Finished() && j.State != upload.Paused {
			f.jobs[j.ID] = nil
		}
	}
}

// wants reports whether a job belongs to what is followed.
func (f *follower) wants(j *upload.Job) bool {
	if f.batch != 0 {
		return j.Batch == f.batch
	}
	if _, known := f.jobs[j.ID]; known {
		return true
	}
	return f.finding && !j.State.Finished() && j.State != upload.Paused
}

// done reports that everything unfinished has ended. The end of a batch is not
// seen here.
func (f *follower) done() bool {
	return f.batch == 0 && !f.finding && f.progress.Done == len(f.jobs)
}

// step takes events over and gives the replies that are due.
func (f *follower) step(events []upload.Event) error {
	for _, e := range events {
		for i := range e.Jobs {
			if f.wants(&e.Jobs[i]) {
				f.put(&e.Jobs[i])
			}
		}
		for _, id := range e.Removed {
			f.remove(id)
		}
		if e.Totals != nil {
			f.total(e.Totals)
		}
	}
	if err := f.hurry(); err != nil {
		return err
	}
	if err := f.results(); err != nil {
		return err
	}
	return f.report(false)
}

// hurry lets the files that wait go before others: those found first at once,
// all others together when no more are looked for.
func (f *follower) hurry() error {
	found := len(f.order)
	if f.ahead == nil || found == f.moved || f.moved > 0 && f.progress.Scanning {
		return nil
	}
	f.moved = found
	var ids []service.JobID
	for _, id := range f.order {
		if s := f.jobs[id].State; s == upload.Waiting || s == upload.Retrying {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return f.ahead(ids)
}

// finish takes over how the batch ended and gives the replies that are left.
func (f *follower) finish(jobs []upload.Job) error {
	there := make(map[service.JobID]bool, len(jobs))
	for i := range jobs {
		there[jobs[i].ID] = true
		f.put(&jobs[i])
	}
	for _, id := range f.order {
		if !there[id] {
			f.remove(id)
		}
	}
	if err := f.results(); err != nil {
		return err
	}
	return f.report(true)
}

func (f *follower) put(j *upload.Job) {
	old := f.jobs[j.ID]
	if old == nil {
		at, _ := slices.BinarySearch(f.order, j.ID)
		f.order = slices.Insert(f.order, at, j.ID)
		f.progress.Files++
	} else {
		f.count(old, -1)
	}
	kept := *j
	f.jobs[j.ID] = &kept
	f.count(&kept, 1)
	switch {
	case f.progress.Retrying == 0:
		f.progress.Why = nil
	case kept.State == upload.Retrying:
		f.progress.Why = kept.Err
	}
}

// remove takes over that a job was taken out of the queue. One that had ended
// before is only no longer listed.
func (f *follower) remove(id service.JobID) {
	old := f.jobs[id]
	if old == nil {
		delete(f.jobs, id)
		return
	}
	if !old.State.Finished() {
		cancelled := *old
		cancelled.State = upload.Cancelled
		f.put(&cancelled)
	}
}

// count adds what a job is to the sums, or with -1 takes it out.
func (f *follower) count(j *upload.Job, sign int) {
	p := &f.progress
	sent := j.Sent
	switch {
	case j.State.Linked():
		p.Done += sign
		sent = j.Size
	case j.State.Finished():
		p.Done += sign
		p.Failed += sign
		return // its bytes are nobody's work
	case j.State == upload.Paused:
		p.Held += sign
		sent = 0
	case j.State == upload.Retrying:
		p.Retrying += sign
		sent = 0
	case j.State == upload.Verifying && j.Err != nil:
		p.Doubtful += sign
	case j.State == upload.Hashing, j.State == upload.Waiting:
		sent = 0
	}
	p.Bytes += int64(sign) * j.Size
	p.Sent += int64(sign) * sent
}

func (f *follower) total(t *upload.Totals) {
	p := &f.progress
	p.Speed, p.Paused, p.Offline, p.NeedsKey = t.Speed, t.Paused, t.Offline, t.NeedsKey
	p.Scanning = t.Scanning > 0
	p.Left = -1
	if t.Speed >= 1 {
		p.Left = time.Duration(float64(p.Bytes-p.Sent) / t.Speed * float64(time.Second))
	}
	if t.Scanning == 0 {
		f.finding = false
	}
}

// results gives the results of all that ended, up to the first that has not.
func (f *follower) results() error {
	for ; f.shown < len(f.order); f.shown++ {
		j := f.jobs[f.order[f.shown]]
		if !j.State.Finished() {
			return nil
		}
		if j.State.Linked() {
			f.links = append(f.links, j.File)
		}
		if err := f.reply(handoff.Reply{Result: resultOf(j)}); err != nil {
			return err
		}
	}
	return nil
}

func (f *follower) report(last bool) error {
	now := f.now()
	if !last && !f.turned() && now.Sub(f.last) < progressTime {
		return nil
	}
	f.last, f.told = now, f.progress
	p := f.progress
	return f.reply(handoff.Reply{Progress: &p})
}

// turned reports whether there is news for which nothing later may stand in:
// perhaps nothing comes for long.
func (f *follower) turned() bool {
	p, told := &f.progress, &f.told
	return p.Files != told.Files || p.Why != told.Why || (p.Doubtful > 0) != (told.Doubtful > 0) ||
		p.Offline != told.Offline || p.Paused != told.Paused || p.NeedsKey != told.NeedsKey
}

func resultOf(j *upload.Job) *handoff.Result {
	r := &handoff.Result{
		Job: j.ID, Path: j.Path, ID: string(j.File), URL: j.Link, Size: j.Size, SHA256: j.SHA256,
		Status: handoff.StatusFailed,
	}
	if j.State.Linked() {
		r.Status = handoff.StatusUploaded
		if j.State == upload.AlreadyThere {
			r.Status = handoff.StatusDuplicate
		}
		return r
	}
	r.Failure = j.Err
	if j.State == upload.Cancelled {
		r.Failure = &service.Error{Op: "upload", Path: j.Path, Kind: service.Invalid, Value: ReasonCancelled}
	}
	return r
}
