package sandbox

import (
	"errors"
	"io"
	"net/http"
	"strconv"
)

// requestBody is a request's body: counted, throttled, and subject to faults.
type requestBody struct {
	c         *call
	from      io.Reader
	n         int64 // bytes taken so far
	triggerAt int64 // where a fault strikes, -1 for none
	ended     bool  // everything was read
}

// Read is io.Reader's. It gives errCut or a refusal where a fault strikes; a
// body shorter than that is struck at its end.
func (b *requestBody) Read(p []byte) (int, error) {
	if b.triggerAt >= 0 {
		if left := b.triggerAt - b.n; left == 0 {
			if err := b.strike(); err != nil {
				return 0, err
			}
		} else if int64(len(p)) > left {
			p = p[:left]
		}
	}
	if l := b.c.s.takes; l != nil && len(p) > l.Burst() {
		p = p[:l.Burst()]
	}
	n, err := b.from.Read(p)
	b.n += int64(n)
	if n > 0 {
		b.c.s.count.addBody(int64(n))
		if l := b.c.s.takes; l != nil {
			if !b.c.throttle(l, n) {
				return n, errCut
			}
		}
	}
	if err == nil || !errors.Is(err, io.EOF) {
		return n, err
	}
	if b.triggerAt >= 0 {
		if ferr := b.strike(); ferr != nil {
			return n, ferr
		}
	}
	b.ended = true
	return n, err
}

// strike lets the fault happen, once.
func (b *requestBody) strike() error {
	b.triggerAt = -1
	return b.c.strikeBody()
}

// answerWriter is the way of every answer: faults and the throttle sit here.
type answerWriter struct {
	http.ResponseWriter
	c      *call
	status int
	n      int64 // body bytes given, whether they arrived or not
	cutAt  int64 // cut or hold after so many body bytes, -1 for never
	wrote  bool  // the header was decided on
	dead   bool  // nothing more may go out; the connection is to be cut
	silent bool  // dead before the header went out
}

// gate lets the faults between work and answer happen, once.
func (w *answerWriter) gate() {
	if w.wrote {
		return
	}
	w.wrote = true
	if err := w.c.beforeAnswer(); err != nil {
		w.dead, w.silent = true, true
	}
}

// note keeps the status of the answer.
func (w *answerWriter) note(status int) {
	w.status = status
	w.c.s.count.update(func(s *Stats) { s.Answered[status]++ })
}

// WriteHeader is http.ResponseWriter's.
func (w *answerWriter) WriteHeader(status int) {
	if w.wrote {
		return
	}
	if w.gate(); w.dead {
		return
	}
	w.note(status)
	if w.cutAt >= 0 { // a cut answer is always short of its end
		if length, err := strconv.ParseInt(w.Header().Get("Content-Length"), 10, 64); err == nil {
			w.cutAt = min(w.cutAt, max(length-1, 0))
		}
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write is http.ResponseWriter's.
func (w *answerWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	total := 0
	for len(p) > 0 {
		if w.dead {
			return total, errCut
		}
		part, err := w.next(p)
		if err != nil {
			return total, err
		}
		n, err := w.ResponseWriter.Write(part)
		total += n
		// A piece that failed counts: over HTTP/2 that of a client which hangs up
		// with the last byte is told as failed, though it has arrived.
		w.n += int64(len(part))
		if err != nil {
			w.dead = true
			return total, err
		}
		p = p[n:]
	}
	return total, nil
}

// next gives how much of p may go out now.
func (w *answerWriter) next(p []byte) ([]byte, error) {
	if w.cutAt >= 0 {
		if w.n == w.cutAt {
			w.cutAt = -1
			_ = http.NewResponseController(w.ResponseWriter).Flush() // what was given is to arrive
			if err := w.c.strikeAnswer(); err != nil {
				w.dead = true
				return nil, err
			}
		} else if int64(len(p)) > w.cutAt-w.n {
			p = p[:w.cutAt-w.n]
		}
	}
	if l := w.c.s.gives; l != nil {
		if len(p) > l.Burst() {
			p = p[:l.Burst()]
		}
		if !w.c.throttle(l, len(p)) {
			w.dead = true
			return nil, errCut
		}
	}
	return p, nil
}

// ReadFrom keeps net/http's fast path for files where nothing has to look at
// the bytes.
func (w *answerWriter) ReadFrom(from io.Reader) (int64, error) {
	w.WriteHeader(http.StatusOK)
	fast, ok := w.ResponseWriter.(io.ReaderFrom)
	if !ok || w.dead || w.cutAt >= 0 || w.c.s.gives != nil {
		return io.Copy(struct{ io.Writer }{w}, from)
	}
	n, err := fast.ReadFrom(from)
	w.n += n
	return n, err
}
