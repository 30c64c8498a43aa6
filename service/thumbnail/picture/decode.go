// Package picture makes small square pictures of large ones that nobody
// vouches for: whatever the bytes are, it costs bounded memory and ends in a
// picture or an error. It starts no goroutine.
package picture

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// ErrNone means that the bytes are no picture that can be shown, whether
// broken, of an unknown format, or beyond the Limit. Asking again gives the same.
var ErrNone = errors.New("no picture")

// ErrLarge is the ErrNone of a picture that a wider Limit would let through.
var ErrLarge = fmt.Errorf("%w within bounds", ErrNone)

// Limit bounds what is decoded.
type Limit struct {
	Side   int   // pixels of the longer side
	Memory int64 // bytes that decoding may take, as far as the header tells
}

// Picture is a decoded picture.
type Picture struct {
	image.Image
	Turn Turn // how to put it upright
}

// format is one that can be decoded.
type format struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// formatOf tells a format by its first bytes. The list is our own, since any
// package could add to that of package image.
func formatOf(head []byte) (f format, isJPEG, ok bool) {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return format{jpeg.DecodeConfig, jpeg.Decode}, true, true
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return format{png.DecodeConfig, png.Decode}, false, true
	case bytes.HasPrefix(head, []byte("GIF8")):
		return format{gif.DecodeConfig, gif.Decode}, false, true
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return format{webp.DecodeConfig, webp.Decode}, false, true
	}
	return format{}, false, false
}

// Decode reads a JPEG, PNG, GIF (its first frame) or WebP from its start. Its
// header is looked at before any memory is taken. The error is ErrNone, that of
// ctx, or that of reading.
func Decode(ctx context.Context, from io.ReaderAt, size int64, limit Limit) (p Picture, err error) {
	src := &source{ctx: ctx, from: from, size: size}
	defer func() {
		if failed := recover(); failed != nil {
			p, err = Picture{}, fmt.Errorf("%w: the decoder failed: %v", ErrNone, failed)
		}
		if src.err != nil {
			p, err = Picture{}, src.err
		}
	}()
	head := make([]byte, min(size, 16))
	if _, err := io.ReadFull(src.start(), head); err != nil {
		return Picture{}, fmt.Errorf("%w: %w", ErrNone, err)
	}
	f, isJPEG, ok := formatOf(head)
	if !ok {
		return Picture{}, fmt.Errorf("%w: no format that we know", ErrNone)
	}
	cfg, err := f.config(src.start())
	if err != nil {
		return Picture{}, fmt.Errorf("%w: %w", ErrNone, err)
	}
	each, data := modelBytes(cfg.ColorModel), src.start()
	if isJPEG {
		info := scanJPEG(src.start())
		each, p.Turn = info.sampleBytes(), info.turn
		if info.progressive {
			data = &scans{r: bufio.NewReader(data), left: maxScans}
		}
	}
	if err := affordable(cfg, each, limit); err != nil {
		return Picture{}, err
	}
	if p.Image, err = f.decode(data); err != nil {
		return Picture{}, fmt.Errorf("%w: %w", ErrNone, err)
	}
	if p.Bounds().Empty() {
		return Picture{}, fmt.Errorf("%w: it is empty", ErrNone)
	}
	return p, nil
}

// Preview gives the small JPEG that a camera put into its picture, and how to
// turn it, nil when there is none or it shows another section. It takes a moment
// only, but the picture may have been changed since by a program that left the
// small one as it was.
func Preview(ctx context.Context, from io.ReaderAt, size int64) ([]byte, Turn) {
	src := &source{ctx: ctx, from: from, size: size}
	info := scanJPEG(src.start())
	if src.err != nil || info.preview == nil {
		return nil, Upright
	}
	small, err := jpeg.DecodeConfig(bytes.NewReader(info.preview))
	if err != nil {
		return nil, Upright
	}
	a, b := small.Width*info.height, small.Height*info.width
	const exact = 40 // a side may be off by one part in so many
	if a == 0 || max(a-b, b-a) > max(a, b)/exact {
		return nil, Upright
	}
	return info.preview, info.turn
}

// affordable checks a picture that takes so many bytes a pixel while decoded.
func affordable(cfg image.Config, each float64, limit Limit) error {
	w, h := cfg.Width, cfg.Height
	switch {
	case w <= 0 || h <= 0:
		return fmt.Errorf("%w: %d by %d pixels", ErrNone, w, h)
	case w > limit.Side || h > limit.Side || float64(w)*float64(h)*each > float64(limit.Memory):
		return fmt.Errorf("%w: %d by %d pixels", ErrLarge, w, h)
	}
	return nil
}

// modelBytes is what decoding takes at most for a pixel, for formats other
// than JPEG. Those of PNG count half as much again for interlacing, those of
// WebP their transparency and transformations.
func modelBytes(m color.Model) float64 {
	switch m {
	case color.GrayModel:
		return 1.5
	case color.Gray16Model:
		return 3
	case color.RGBAModel:
		return 6
	case color.RGBA64Model, color.NRGBA64Model:
		return 12
	case color.YCbCrModel:
		return 2
	}
	if _, ok := m.(color.Palette); ok {
		return 1.5
	}
	return 10 // NRGBA and NYCbCrA
}

// source reads with an end: that of its context.
type source struct {
	ctx  context.Context //nolint:containedctx // a reader has no other way
	from io.ReaderAt
	size int64
	err  error // of ctx or of reading: no fault of the picture
}

// start reads from the beginning.
func (s *source) start() io.Reader {
	return &sourceReader{s, io.NewSectionReader(s.from, 0, s.size)}
}

type sourceReader struct {
	*source
	r io.Reader
}

func (r *sourceReader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		r.err = err
		return 0, err
	}
	n, err := r.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		r.err = err
	}
	return n, err
}
