package download

import (
	"context"
	"errors"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"sluice/service"
	"sluice/service/pixeldrain"
	"sluice/service/transfer"
	"sluice/storage"
)

const opDownload = "download"

// maxWrong is how often what came may be another file before the download
// fails.
const maxWrong = 2

// run is one job on its way from the queue to an outcome.
type run struct {
	e      *Engine
	j      *job
	client *pixeldrain.Client
	ctx    context.Context // the life of this run
	stop   context.CancelCauseFunc
	ended  chan struct{} // closed when the outcome is on the disk
	file   *os.File      // the unfinished one, nil while it is not being written

	got atomic.Int64 // bytes that are here

	// Guarded by Engine.mu.
	volume string // where it writes, "" while that is not known
	meter  transfer.Meter
	mark   int64     // got at the time marked
	marked time.Time //
}

// verdict says how a run came out.
type verdict uint8

const (
	goOn     verdict = iota // not out yet
	done                    // the file is in its place
	expanded                // it was an album, here are its files
	refused                 // it can't be downloaded
	again                   // try again later
	back                    // broken off from here: back into the queue
)

// outcome is a verdict with what belongs to it.
type outcome struct {
	verdict verdict
	err     *service.Error     // refused, again
	until   time.Time          // again: not before, zero = by the number of tries
	costs   bool               // again: one try of those that a file has
	files   []storage.Download // expanded
}

func (r *run) main() {
	defer r.stop(nil)
	defer close(r.ended)
	out := r.work()
	r.closeFile()
	r.e.settle(r.j, out)
}

func (r *run) work() outcome {
	row := &r.j.row
	if r.client.APIURL() != row.API {
		return outcome{verdict: refused, err: &service.Error{
			Op: opDownload, Path: row.Name, Kind: service.Invalid, Value: service.ReasonForeignLink,
		}}
	}
	if row.FileID == "" {
		return r.expand()
	}
	if row.State == rowPlacing {
		if r.placed() {
			return outcome{verdict: done}
		}
		r.displace()
	}
	for _, step := range []func() outcome{r.inform, r.ready, r.fetch, r.check} {
		if out := step(); out.verdict != goOn {
			return out
		}
		if stoppedBy(r.ctx) != nil {
			return outcome{verdict: back}
		}
	}
	return r.put()
}

// show tells what the run does now.
func (r *run) show(s State) {
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	r.e.show(r.j, s, nil)
}

// inform asks the service what the file is, once a start of Sluice.
func (r *run) inform() outcome {
	if r.j.informed {
		return outcome{}
	}
	r.show(Looking)
	f, err := r.client.Info(r.ctx, service.FileID(r.j.row.FileID))
	if err != nil {
		return r.judge(err)
	}
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	r.e.reached(r.client)
	r.e.learn(r.j, f)
	return outcome{}
}

// learn takes over what the service says of a file. e.mu is held.
func (e *Engine) learn(j *job, f service.File) {
	row := &j.row
	if row.SHA256 != "" && f.SHA256 != "" && row.SHA256 != f.SHA256 {
		j.spoiled = true
	}
	describe(row, f)
	j.informed = true
	e.recount(j)
	e.tell(j)
}

// describe writes into a row what the service says of its file.
func describe(row *storage.Download, f service.File) {
	row.Name, row.Size, row.Uploaded = f.Name, f.Size, f.Uploaded
	if f.SHA256 != "" {
		row.SHA256 = f.SHA256
	}
	if f.Size == 0 { // not told: the service has no empty files
		row.Size = -1
	}
}

// stoppedBy gives the cause when the engine itself ended ctx.
func stoppedBy(ctx context.Context) error {
	cause := context.Cause(ctx)
	for _, own := range []error{errClosing, errPaused, errCancelled, errReplaced} {
		if errors.Is(cause, own) {
			return own
		}
	}
	return nil
}

// judge is the one place that decides what a failure of the service means.
func (r *run) judge(err error) outcome {
	e, j := r.e, r.j
	out := outcome{verdict: again, err: service.AsError(opDownload, err)}
	if stoppedBy(r.ctx) != nil {
		return outcome{verdict: back}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if r.client != e.client {
		return outcome{verdict: back}
	}
	if errors.Is(context.Cause(r.ctx), errCrawling) {
		out.err = &service.Error{Op: opDownload, Path: j.row.Name, Kind: service.Offline, Value: service.ReasonStalled, Err: errCrawling}
	}
	if out.err.Status != 0 && out.err.Kind != service.RateLimited {
		e.reached(r.client)
	}
	until, all := e.trouble(r.client, out.err)
	switch kind := out.err.Kind; {
	case all && kind == service.Unauthorized:
		out.verdict = back
	case all:
		out.until = until
	case out.err.Value == "max_concurrent_downloads" && e.crowded():
		out.verdict = back
	case out.err.Status == http.StatusRequestedRangeNotSatisfiable:
		j.spoiled, j.informed, out.costs = true, false, true // see spoil
	case kind.Temporary():
		out.costs = true
	case kind == service.Internal && out.err.Status != 0: // a portal or proxy answered
		out.costs = true
	default:
		out.verdict = refused
	}
	return out
}

// mismatch is the outcome when the service sends something else than it has
// announced. What is here stays.
func (r *run) mismatch(reason string) outcome {
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	r.j.informed = false
	return outcome{verdict: again, costs: true, err: &service.Error{
		Op: opDownload, Path: r.j.row.Name, Kind: service.Server, Value: reason,
	}}
}

// spoil is the outcome when the rest does not fit what is here: it starts from
// nothing.
func (r *run) spoil(err *service.Error) outcome {
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	r.j.spoiled, r.j.informed = true, false
	return outcome{verdict: again, costs: true, err: err}
}

// wrong is the outcome when what came is not the file: it is thrown away.
func (r *run) wrong() outcome {
	e, j := r.e, r.j
	r.discard()
	e.mu.Lock()
	defer e.mu.Unlock()
	j.wrong++
	j.informed = false
	out := outcome{verdict: again, until: e.clock.Now().Add(transfer.Backoff(1, nil)), err: &service.Error{
		Op: opDownload, Path: j.row.Name, Kind: service.Server, Value: service.ReasonWrongContent,
	}}
	if j.wrong >= maxWrong {
		out.verdict = refused
	}
	return out
}
