package sandbox

import (
	"bytes"
	"container/list"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"sluice/service"
)

// Bounds of what is decoded for a thumbnail: a picture of few bytes can claim
// any dimensions.
const (
	maxPixels   = 50_000_000
	maxSide     = 30_000
	maxMemory   = 200_000_000 // bytes of one picture's pixels
	maxDecoding = 2           // pictures decoded at a time
	maxCached   = 500         // thumbnails kept
)

// errNoPicture means that a file has no thumbnail: it gets an icon.
var errNoPicture = errors.New("no picture")

// thumbnailer makes thumbnails when they are asked for and keeps some.
type thumbnailer struct {
	slots chan struct{}

	mu     sync.Mutex
	cached map[thumbKey]*list.Element
	recent *list.List // of *thumb, the latest first
}

type thumbKey struct {
	id            service.FileID
	width, height int
}

type thumb struct {
	key thumbKey
	png []byte // nil: the file has no picture
}

func newThumbnailer() *thumbnailer {
	return &thumbnailer{
		slots:  make(chan struct{}, maxDecoding),
		cached: map[thumbKey]*list.Element{}, recent: list.New(),
	}
}

// getThumbnail is "Get File Thumbnail".
func (s *Server) getThumbnail(c *call, id string) error {
	r, err := s.store.file(service.FileID(id))
	if err != nil {
		return s.notFound("file")
	}
	width, height, err := s.thumbnailSize(c.r.URL.Query())
	if err != nil {
		return err
	}
	made, err := s.thumbnail(c, r, width, height)
	if err == nil {
		return c.answerBytes(http.StatusOK, "image/png", made)
	}
	if !errors.Is(err, errNoPicture) {
		return err
	}
	if s.cfg.Dialect == Dialect2020 {
		c.w.Header().Set("Location", "/"+iconPath+"/"+iconName(r.MIME)+".png")
		return c.answerBytes(http.StatusMovedPermanently, "text/plain; charset=utf-8", []byte("There is no thumbnail.\n"))
	}
	made, err = icon(iconName(r.MIME), width, height)
	if err != nil {
		return err
	}
	return c.answerBytes(http.StatusOK, "image/png", made)
}

// thumbnailSize reads and checks the size that is asked for.
func (s *Server) thumbnailSize(q url.Values) (width, height int, err error) {
	largest := service.MaxThumbnailNew
	if s.cfg.Dialect == Dialect2020 {
		largest = service.MaxThumbnail
	}
	read := func(name string) int {
		if !q.Has(name) {
			return largest
		}
		n, cerr := strconv.Atoi(q.Get(name))
		if cerr != nil || n < service.ThumbnailStep || n > largest || n%service.ThumbnailStep != 0 {
			err = errOutOfRange(fmt.Sprintf("Width and height are multiples of 16 up to %d.", largest))
		}
		return n
	}
	return read("width"), read("height"), err
}

// thumbnail gives a file's thumbnail as PNG, made now or before.
func (s *Server) thumbnail(c *call, r record, width, height int) ([]byte, error) {
	if r.Made > 0 {
		if !strings.HasPrefix(r.MIME, "image/") && !strings.HasPrefix(r.MIME, "video/") {
			return nil, errNoPicture
		}
		return encodePNG(gradient(scramble(uint64(r.Made-1)), width, height))
	}
	key := thumbKey{r.ID, width, height}
	if t := s.thumbs.get(key); t != nil {
		return t.result()
	}
	select {
	case s.thumbs.slots <- struct{}{}:
		defer func() { <-s.thumbs.slots }()
	case <-c.r.Context().Done():
		return nil, errCut
	case <-s.done:
		return nil, errCut
	}
	made, err := s.makeThumbnail(r, width, height)
	if err != nil && !errors.Is(err, errNoPicture) {
		return nil, err
	}
	s.thumbs.put(&thumb{key: key, png: made})
	return made, err
}

func (t *thumb) result() ([]byte, error) {
	if t.png == nil {
		return nil, errNoPicture
	}
	return t.png, nil
}

// makeThumbnail decodes a file's picture and draws it at a size, filling it.
func (s *Server) makeThumbnail(r record, width, height int) ([]byte, error) {
	if r.Discarded {
		return nil, errNoPicture
	}
	contents, err := s.store.open(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = contents.Close() }() // only read from
	img, turn, err := decodePicture(contents)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoPicture, err)
	}
	return encodePNG(fillFrame(img, turn, width, height))
}

// pictureFormat is a format that can be decoded.
type pictureFormat struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

// formatOf tells a picture's format by its first bytes.
func formatOf(head []byte) (pictureFormat, bool) {
	switch http.DetectContentType(head) {
	case "image/png":
		return pictureFormat{png.DecodeConfig, png.Decode}, true
	case "image/jpeg":
		return pictureFormat{jpeg.DecodeConfig, jpeg.Decode}, true
	case "image/gif":
		return pictureFormat{gif.DecodeConfig, gif.Decode}, true
	case "image/webp":
		return pictureFormat{webp.DecodeConfig, webp.Decode}, true
	}
	return pictureFormat{}, false
}

// decodePicture decodes a picture whose dimensions are within bounds, and
// tells how it is to be turned. A decoder that gives up by a panic is caught.
func decodePicture(from io.ReadSeeker) (img image.Image, turn orientation, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the decoder failed: %v", p)
		}
	}()
	head := make([]byte, 512)
	n, err := io.ReadFull(from, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, upright, err
	}
	f, ok := formatOf(head[:n])
	if !ok {
		return nil, upright, errors.New("not a format with pictures")
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return nil, upright, err
	}
	size, err := f.config(from)
	if err != nil {
		return nil, upright, err
	}
	if !affordable(size) {
		return nil, upright, fmt.Errorf("%d by %d is too large", size.Width, size.Height)
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return nil, upright, err
	}
	turn = exifOrientation(from)
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return nil, upright, err
	}
	img, err = f.decode(from)
	return img, turn, err
}

// affordable reports whether a picture of this size can be decoded.
func affordable(c image.Config) bool {
	if c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxPixels {
		return false
	}
	each := 4 // bytes a pixel
	if c.ColorModel == color.RGBA64Model || c.ColorModel == color.NRGBA64Model {
		each = 8
	}
	return c.Width*c.Height*each <= maxMemory
}

// fillFrame draws the middle of a picture so that it fills width by height.
func fillFrame(img image.Image, turn orientation, width, height int) image.Image {
	b := img.Bounds()
	w, h := width, height
	if turn.sideways() {
		w, h = height, width
	}
	crop := b
	if b.Dx()*h > b.Dy()*w {
		cut := b.Dx() - max(1, b.Dy()*w/h)
		crop.Min.X += cut / 2
		crop.Max.X -= cut - cut/2
	} else {
		cut := b.Dy() - max(1, b.Dx()*h/w)
		crop.Min.Y += cut / 2
		crop.Max.Y -= cut - cut/2
	}
	const fine = 4 // a large picture is first thinned to this many times the size
	if crop.Dx() > 2*fine*w && crop.Dy() > 2*fine*h {
		thin := image.NewRGBA(image.Rect(0, 0, fine*w, fine*h))
		draw.ApproxBiLinear.Scale(thin, thin.Bounds(), img, crop, draw.Src, nil)
		img, crop = thin, thin.Bounds()
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(out, out.Bounds(), img, crop, draw.Src, nil)
	return turn.apply(out)
}

// encodePNG gives a picture as PNG, quickly rather than small.
func encodePNG(img image.Image) ([]byte, error) {
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&b, img); err != nil {
		return nil, fmt.Errorf("sandbox: encoding a picture: %w", err)
	}
	return b.Bytes(), nil
}
