package pixeldrain

import (
	"bytes"
	"context"
	"errors"
	"image"
	_ "image/gif"  // thumbnails and icons come in these
	_ "image/jpeg" //
	_ "image/png"  //
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	"sluice/service"
)

// Thumbnail is a small picture of a file.
type Thumbnail struct {
	Data []byte
	MIME string // told by the content
	Icon bool   // known to be no picture of the file but a sign for its type
}

// thumbLimit remembers that the service makes no thumbnail above
// service.MaxThumbnail.
type thumbLimit struct{ small atomic.Bool }

func (t *thumbLimit) side(n int) int {
	if t.small.Load() {
		return min(n, service.MaxThumbnail)
	}
	return n
}

// Thumbnail fetches the thumbnail of a file (API document, "Get File
// Thumbnail"). Width and height are multiples of 16 up to 256, or 0 for the
// service's own; anything else is Kind Invalid without asking. A service that
// makes none above 128 gives one of 128.
//
// A file that has no thumbnail gets the icon of its type. It may come from
// another host, which never sees the key. Newer services send it in place of
// the thumbnail, where only its form can tell (an SVG, or larger than asked).
func (c *Client) Thumbnail(ctx context.Context, id service.FileID, width, height int) (*Thumbnail, error) {
	const op = "get thumbnail"
	if err := checkID(id); err != nil {
		err.Op = op
		return nil, err
	}
	if !thumbnailSide(width) || !thumbnailSide(height) {
		return nil, &service.Error{
			Op: op, Path: "/file/" + string(id) + "/thumbnail", Kind: service.Invalid, Value: service.ReasonThumbnailSize,
		}
	}
	w, h := c.thumbs.side(width), c.thumbs.side(height)
	t, err := c.thumbnail(ctx, op, id, w, h)
	if max(w, h) > service.MaxThumbnail && sizeRefused(err) {
		c.thumbs.small.Store(true)
		t, err = c.thumbnail(ctx, op, id, c.thumbs.side(w), c.thumbs.side(h))
	}
	return t, err
}

func thumbnailSide(n int) bool {
	return n >= 0 && n <= service.MaxThumbnailNew && n%service.ThumbnailStep == 0
}

func sizeRefused(err error) bool {
	e, ok := errors.AsType[*service.Error](err)
	return ok && (e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity)
}

func (c *Client) thumbnail(ctx context.Context, op string, id service.FileID, width, height int) (*Thumbnail, error) {
	r := c.request(ctx, http.MethodGet, "/file/"+escape(string(id))+"/thumbnail", nil)
	query := make(url.Values)
	if width > 0 {
		query.Set("width", strconv.Itoa(width))
	}
	if height > 0 {
		query.Set("height", strconv.Itoa(height))
	}
	r.URL.RawQuery = query.Encode()
	r.Header.Set("Accept", "image/*")
	r.Header.Set("Accept-Encoding", "identity")
	var t *Thumbnail
	err := c.ask(op, r, func(resp *http.Response) (err error) {
		t, err = readThumbnail(resp, width, height)
		if err == nil && resp.Request.URL.Path != r.URL.Path {
			t.Icon = true
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

func readThumbnail(resp *http.Response, width, height int) (*Thumbnail, error) {
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxThumbnail+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxThumbnail:
		return nil, errHuge
	case len(data) == 0:
		return nil, &answerError{reason: service.ReasonEmptyAnswer}
	}
	t := &Thumbnail{Data: data, MIME: pictureType(data)}
	switch {
	case t.MIME == "image/svg+xml": // no thumbnail is drawn, every icon may be
		t.Icon = true
	case strings.HasPrefix(t.MIME, "image/"):
		t.Icon = larger(data, width, height)
	case isHTML(http.Header{}, data):
		return nil, &answerError{reason: service.ReasonHTML}
	default:
		return nil, &answerError{reason: service.ReasonBadAnswer, cause: errors.New("no picture but " + t.MIME)}
	}
	return t, nil
}

// larger reports whether a picture exceeds the size that was asked for, as an
// icon of fixed size does.
func larger(data []byte, width, height int) bool {
	cfg, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil { // a format that we can't look into
		return false
	}
	return width > 0 && cfg.Width > width || height > 0 && cfg.Height > height
}

// pictureType tells a picture's type by its content.
func pictureType(data []byte) string {
	head := strings.ToLower(string(bytes.TrimSpace(data[:min(len(data), 1024)])))
	drawn := strings.HasPrefix(head, "<?xml") || strings.HasPrefix(head, "<!--") || strings.HasPrefix(head, "<!doctype svg")
	if strings.HasPrefix(head, "<svg") || drawn && strings.Contains(head, "<svg") {
		return "image/svg+xml"
	}
	return plainMIME(http.DetectContentType(data))
}
