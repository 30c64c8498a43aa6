package upload

import (
	"context"
	"io"

	"golang.org/x/time/rate"
)

// leastBurst keeps reads at a very low limit from becoming too small.
const leastBurst = 4 << 10

// speedLimit is one limit for all uploads together; it can change at any time.
type speedLimit struct{ bucket *rate.Limiter }

func newSpeedLimit(bytesPerSecond int64) *speedLimit {
	l := &speedLimit{bucket: rate.NewLimiter(rate.Inf, leastBurst)}
	l.set(bytesPerSecond)
	return l
}

// set changes the limit; below 1 means none.
func (l *speedLimit) set(bytesPerSecond int64) {
	if bytesPerSecond < 1 {
		l.bucket.SetLimit(rate.Inf)
		return
	}
	l.bucket.SetBurst(int(max(leastBurst, min(bytesPerSecond/8, 1<<20))))
	l.bucket.SetLimit(rate.Limit(bytesPerSecond))
}

// reader slows body down to the limit; waiting ends with ctx.
func (l *speedLimit) reader(ctx context.Context, body io.Reader) io.Reader {
	return &limitedReader{ctx: ctx, body: body, bucket: l.bucket}
}

type limitedReader struct {
	ctx    context.Context // io.Reader has no other way to be given up
	body   io.Reader
	bucket *rate.Limiter
}

// Read implements io.Reader.
func (r *limitedReader) Read(p []byte) (int, error) {
	if r.bucket.Limit() == rate.Inf {
		return r.body.Read(p)
	}
	p = p[:min(len(p), r.bucket.Burst())]
	n, err := r.body.Read(p)
	if n > 0 {
		if waited := r.bucket.WaitN(r.ctx, min(n, r.bucket.Burst())); waited != nil {
			return n, waited
		}
	}
	return n, err
}

// SetSpeedLimit limits all uploads together to so many bytes a second, at once;
// below 1 means no limit.
func (e *Engine) SetSpeedLimit(bytesPerSecond int64) { e.speed.set(bytesPerSecond) }
