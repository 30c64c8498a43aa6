package download

import (
	"encoding/hex"
	"errors"
	"io"

	"sluice/service"
	"sluice/service/pixeldrain"
)

// copyBuffer is how much is read and written at a time, in bytes.
const copyBuffer = 128 << 10

// fetch gets what is missing of the file.
func (r *run) fetch() outcome {
	e, j := r.e, r.j
	have := r.got.Load()
	if j.row.Size > 0 && have == j.row.Size {
		return outcome{}
	}
	e.mu.Lock()
	r.meter.Start(have)
	r.mark, r.marked = have, e.clock.Now()
	j.best = max(j.best, have)
	e.show(j, Downloading, nil)
	e.mu.Unlock()
	opt := pixeldrain.GetOptions{Offset: have, Attachment: true}
	if have > 0 {
		opt.IfRange = strong(j.row.ETag)
	}
	d, err := r.client.Get(r.ctx, service.FileID(j.row.FileID), opt)
	if err != nil {
		return r.judge(err)
	}
	defer func() { _ = d.Body.Close() }() // read as far as it is of use
	e.mu.Lock()
	e.reached(r.client)
	e.mu.Unlock()
	if d.Partial && opt.IfRange != "" && d.ETag != "" && d.ETag != opt.IfRange { // it did not look at the condition
		return r.spoil(&service.Error{Op: opDownload, Path: j.row.Name, Kind: service.Server, Value: service.ReasonBadAnswer})
	}
	if out := r.match(d); out.verdict != goOn {
		return out
	}
	if out := r.open(d.Offset, d.ETag); out.verdict != goOn {
		return out
	}
	out := r.copy(d.Body)
	r.progressed()
	return out
}

// match compares an answer with what the service has announced.
func (r *run) match(d *pixeldrain.Download) outcome {
	e, row := r.e, &r.j.row
	switch {
	case d.Size < 0 || d.Size == row.Size:
		return outcome{}
	case row.Size < 0:
		e.mu.Lock()
		row.Size = d.Size
		e.recount(r.j)
		e.mu.Unlock()
		return r.room(d.Offset)
	case d.MIME == "text/html": // a portal that lets nothing through
		return r.mismatch(service.ReasonHTML)
	}
	return r.mismatch(service.ReasonBadAnswer)
}

// copy writes the body to the unfinished file.
func (r *run) copy(body io.Reader) outcome {
	j := r.j
	size := j.row.Size
	buffer := make([]byte, copyBuffer)
	for {
		n, err := body.Read(buffer)
		if n > 0 {
			if size >= 0 && r.got.Load()+int64(n) > size {
				return r.wrong()
			}
			if here, err := r.file.Stat(); err == nil && here.Size() != r.got.Load() {
				return r.lost()
			}
			if _, err := r.file.Write(buffer[:n]); err != nil {
				return r.unwritten(err)
			}
			_, _ = j.hash.Write(buffer[:n]) // never fails
			r.got.Add(int64(n))
			r.e.moved.Add(int64(n))
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return r.judge(err)
		}
	}
	if r.got.Load() < size {
		return r.judge(&service.Error{Op: opDownload, Path: j.row.Name, Kind: service.Offline, Value: service.ReasonCutAnswer, Status: 200})
	}
	return outcome{}
}

// progressed counts the tries anew when more is here than ever before: a
// download may break as often as it likes, as long as it gets further.
func (r *run) progressed() {
	r.e.mu.Lock()
	defer r.e.mu.Unlock()
	j, got := r.j, r.got.Load()
	if got > j.best {
		if got-j.best >= min(leastMoved, max(j.row.Size, 0)/100) {
			j.row.Tries = 0
		}
		j.best = got
	}
}

// check compares the content with the hash that the service tells.
func (r *run) check() outcome {
	e, j := r.e, r.j
	r.show(Checking)
	sum, told := hex.EncodeToString(j.hash.Sum(nil)), j.row.SHA256
	if told != "" && told != sum {
		return r.wrong()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	j.row.SHA256, j.row.Verified = sum, told != ""
	j.row.Size = r.got.Load()
	e.recount(j)
	return outcome{}
}
