package upload

import (
	"context"
	"io"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// leastBurst keeps reads at a very low limit from becoming too small.
const leastBurst = 4 << 10

// speedLimit is one limit for all uploads together; it can change at any time.
type speedLimit struct {
	mu      sync.Mutex
	bucket  *rate.Limiter // nil: no limit
	changed chan struct{} // closed when bucket is another
}

func newSpeedLimit(bytesPerSecond int64) *speedLimit {
	l := &speedLimit{changed: make(chan struct{})}
	l.set(bytesPerSecond)
	return l
}

// set changes the limit; below 1 means none. Who waits for the old one waits
// no longer.
func (l *speedLimit) set(bytesPerSecond int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case bytesPerSecond < 1 && l.bucket == nil,
		l.bucket != nil && l.bucket.Limit() == rate.Limit(bytesPerSecond):
		return
	case bytesPerSecond < 1:
		l.bucket = nil
	default:
		burst := max(leastBurst, min(bytesPerSecond/8, 1<<20))
		l.bucket = rate.NewLimiter(rate.Limit(bytesPerSecond), int(burst))
	}
	close(l.changed)
	l.changed = make(chan struct{})
}

// now gives the limit, nil when there is none, and what closes when it changes.
func (l *speedLimit) now() (bucket *rate.Limiter, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bucket, l.changed
}

// wait waits until n bytes may go out. It fails when ctx ends.
func (l *speedLimit) wait(ctx context.Context, n int) error {
	for n > 0 {
		bucket, changed := l.now()
		if bucket == nil {
			return nil
		}
		part := min(n, bucket.Burst())
		booked := bucket.ReserveN(time.Now(), part)
		timer := time.NewTimer(booked.Delay())
		select {
		case <-timer.C:
			n -= part
		case <-changed:
		case <-ctx.Done():
			booked.Cancel() // for others
			timer.Stop()
			return ctx.Err()
		}
		timer.Stop()
	}
	return nil
}

// reader slows body down to the limit; waiting ends with ctx.
func (l *speedLimit) reader(ctx context.Context, body io.Reader) io.Reader {
	return &limitedReader{ctx: ctx, body: body, limit: l}
}

type limitedReader struct {
	ctx   context.Context // io.Reader has no other way to be given up
	body  io.Reader
	limit *speedLimit
}

// Read implements io.Reader.
func (r *limitedReader) Read(p []byte) (int, error) {
	if bucket, _ := r.limit.now(); bucket != nil {
		p = p[:min(len(p), bucket.Burst())]
	}
	n, err := r.body.Read(p)
	if waited := r.limit.wait(r.ctx, n); waited != nil {
		return n, waited
	}
	return n, err
}

// SetSpeedLimit limits all uploads together to so many bytes a second, at once;
// below 1 means no limit.
func (e *Engine) SetSpeedLimit(bytesPerSecond int64) { e.speed.set(bytesPerSecond) }
