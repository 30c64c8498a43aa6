package thumbnail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"os"

	"sluice/service/thumbnail/picture"
	"sluice/storage/thumbs"
)

// Limits of local pictures; the service's thumbnail is taken of what is beyond.
const (
	maxLocalFile   = 256 << 20
	maxLocalSide   = 30_000
	maxLocalMemory = 64 << 20 // enough for a JPEG of 40 million pixels
	lightMemory    = 20 << 20 // what needs more is decoded one at a time
	localQuality   = 88
	leastPreviewed = 256 << 10 // bytes; smaller ones are decoded soon
)

// readLocal makes pictures of all sides of a local picture, and keeps one on
// the disk as the service in use would give it.
func (l *Loader) readLocal(ctx context.Context, key thumbs.Key, work job) result {
	p, err := l.openPicture(ctx, work.path)
	if err != nil {
		return result{err: err}
	}
	if l.cfg.Disk != nil && key.Scope != "" {
		data, err := encode(picture.Square(p, image.Rectangle{}, largeClass))
		if err != nil {
			return result{err: err}
		}
		l.cfg.Disk.Put(key, largeClass, data)
	}
	r := result{pictures: make(map[int]*image.RGBA, len(work.sides))}
	for _, side := range work.sides {
		r.pictures[side] = picture.Square(p, image.Rectangle{}, side)
	}
	return r
}

func (l *Loader) openPicture(ctx context.Context, path string) (picture.Picture, error) {
	f, size, err := openFile(path)
	if err != nil {
		return picture.Picture{}, err
	}
	defer f.Close() //nolint:errcheck // only read
	p, err := picture.Decode(ctx, f, size, picture.Limit{Side: maxLocalSide, Memory: lightMemory})
	if !errors.Is(err, picture.ErrLarge) {
		return p, err
	}
	select {
	case l.heavy <- struct{}{}:
		defer func() { <-l.heavy }()
	case <-ctx.Done():
		return picture.Picture{}, ctx.Err()
	}
	return picture.Decode(ctx, f, size, picture.Limit{Side: maxLocalSide, Memory: maxLocalMemory})
}

func openFile(path string) (*os.File, int64, error) {
	info, err := os.Stat(path) // a FIFO would block when opened
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxLocalFile {
		return nil, 0, fmt.Errorf("%w: %s, %d bytes", picture.ErrNone, info.Mode(), info.Size())
	}
	f, err := os.Open(path)
	return f, info.Size(), err
}

// preview reads the small picture that cameras put into a large one, to be
// shown until that is decoded. Of what is decoded soon there is none.
func preview(ctx context.Context, path string) ([]byte, picture.Turn) {
	f, size, err := openFile(path)
	if err != nil {
		return nil, picture.Upright
	}
	defer f.Close() //nolint:errcheck // only read
	if size < leastPreviewed {
		return nil, picture.Upright
	}
	return picture.Preview(ctx, f, size)
}

func encode(img *image.RGBA) ([]byte, error) {
	var b bytes.Buffer
	var err error
	if img.Opaque() {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: localQuality})
	} else {
		err = png.Encode(&b, img)
	}
	return b.Bytes(), err
}
