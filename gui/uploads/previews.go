package uploads

import (
	"bytes"
	"context"
	"errors"
	"image"
	"os"
	"sync"

	"sluice/service/thumbnail/picture"
)

// Previews makes the small pictures of local files, away from the interface
// goroutine. What is asked for last comes first, and only so much is kept.
type Previews struct {
	onMain func(func())
	ctx    context.Context //nolint:containedctx // ends the workers at Close
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu    sync.Mutex
	wake  *sync.Cond
	queue []previewJob // the last one is next
	known map[previewID]*made
	order []previewID // of known, oldest first
}

type previewKey struct {
	path string
	size int64
}

type previewID struct {
	previewKey
	side int // device pixels
}

// made is a finished preview; its image is nil when the file has none.
type made struct{ image *image.RGBA }

type previewJob struct {
	id    previewID
	ready func(*made)
}

// Limits of previews.
const (
	previewWorkers = 2
	maxQueued      = 64       // more than a screen has rows
	maxKept        = 400      // 40 × 40 at double scale: 25 KB each
	maxPictureFile = 64 << 20 // bytes
	maxSide        = 30_000   // pixels
	maxMemory      = 64 << 20 // bytes that decoding may take: enough for a JPEG of 40 million pixels
)

// NewPreviews starts the workers; onMain runs a function on the interface goroutine.
func NewPreviews(onMain func(func())) *Previews {
	ctx, cancel := context.WithCancel(context.Background())
	p := &Previews{onMain: onMain, ctx: ctx, cancel: cancel, known: map[previewID]*made{}}
	p.wake = sync.NewCond(&p.mu)
	for range previewWorkers {
		p.wg.Go(p.work)
	}
	return p
}

// Close stops the workers and waits for them.
func (p *Previews) Close() {
	p.mu.Lock()
	p.cancel()
	p.queue = nil
	p.mu.Unlock()
	p.wake.Broadcast()
	p.wg.Wait()
}

// get gives the preview of a file with a side length in device pixels when it
// is known. If not it gives nil, and ready is called with it on the interface
// goroutine once it is, unless so many were asked for since that it was dropped.
func (p *Previews) get(key previewKey, side int, ready func(*made)) *made {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := previewID{key, side}
	if pic, ok := p.known[id]; ok {
		return pic
	}
	if p.ctx.Err() == nil {
		p.queue = append(p.queue, previewJob{id, ready})
		if len(p.queue) > maxQueued {
			p.queue = p.queue[len(p.queue)-maxQueued:]
		}
		p.wake.Signal()
	}
	return nil
}

func (p *Previews) work() {
	for {
		job, ok := p.next()
		if !ok {
			return
		}
		pic := p.lookUp(job.id)
		if pic == nil {
			img, err := preview(p.ctx, job.id.path, job.id.side)
			if errors.Is(err, context.Canceled) {
				return
			}
			pic = &made{image: img} // no image: not asked again
			p.keep(job.id, pic)
		}
		p.onMain(func() { job.ready(pic) })
	}
}

func (p *Previews) next() (previewJob, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.queue) == 0 && p.ctx.Err() == nil {
		p.wake.Wait()
	}
	if p.ctx.Err() != nil {
		return previewJob{}, false
	}
	job := p.queue[len(p.queue)-1]
	p.queue = p.queue[:len(p.queue)-1]
	return job, true
}

func (p *Previews) lookUp(id previewID) *made {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.known[id]
}

func (p *Previews) keep(id previewID, pic *made) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.known[id]; ok {
		return
	}
	p.known[id] = pic
	p.order = append(p.order, id)
	if len(p.order) > maxKept {
		delete(p.known, p.order[0])
		p.order = p.order[1:]
	}
}

var errNoPreview = errors.New("no preview of this file")

// preview decodes a picture file and crops it to a square of side pixels.
func preview(ctx context.Context, path string, side int) (*image.RGBA, error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxPictureFile || side <= 0 {
		return nil, errNoPreview
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // only read
	limit := picture.Limit{Side: maxSide, Memory: maxMemory}
	p, err := picture.Decode(ctx, f, info.Size(), limit)
	if errors.Is(err, picture.ErrLarge) { // its camera may have put a small one into it
		if data, turn := picture.Preview(ctx, f, info.Size()); data != nil {
			p, err = picture.Decode(ctx, bytes.NewReader(data), int64(len(data)), limit)
			p.Turn = turn
		}
	}
	if err != nil {
		return nil, err
	}
	return picture.Square(p, image.Rectangle{}, side), nil
}
