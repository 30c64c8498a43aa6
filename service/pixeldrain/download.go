package pixeldrain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"sluice/service"
)

// GetOptions says what to get of a file.
type GetOptions struct {
	Offset     int64  // first byte
	Length     int64  // bytes, 0 = to the end
	IfRange    string // the ETag of the bytes that are here already; another file comes whole
	Attachment bool   // as the web page's download button asks for it
}

// Download is a file on its way here. The caller reads Body to its end or
// closes it early; its errors are *service.Error.
type Download struct {
	Body     io.ReadCloser
	Size     int64     // of the whole file, -1 = not told
	Offset   int64     // of Body's first byte: 0 when the service sent the whole file instead of a range
	Length   int64     // bytes in Body, -1 = not told
	Partial  bool      // Body is the range that was asked for
	ETag     string    // for GetOptions.IfRange, "" = none
	MIME     string    // without parameters
	Modified time.Time // zero = not told
}

// Get fetches a file or a range of its bytes (API document, "Get File").
//
// When the service answers a range with something else, the file comes from
// its start: look at Offset. A range that begins behind the end of the file is
// Kind Invalid with Status 416.
func (c *Client) Get(ctx context.Context, id service.FileID, opt GetOptions) (*Download, error) {
	const op = "get file"
	if err := checkID(id); err != nil {
		err.Op = op
		return nil, err
	}
	if opt.Offset < 0 || opt.Length < 0 {
		return nil, &service.Error{Op: op, Path: "/file/" + string(id), Kind: service.Invalid}
	}
	d, err := c.get(ctx, op, id, opt)
	if errors.Is(err, errOtherRange) {
		opt.Offset, opt.Length = 0, 0
		d, err = c.get(ctx, op, id, opt)
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

var errOtherRange = errors.New("the service sent another range")

func (c *Client) get(ctx context.Context, op string, id service.FileID, opt GetOptions) (*Download, error) {
	r := c.request(ctx, http.MethodGet, "/file/"+escape(string(id)), nil)
	if opt.Attachment {
		r.URL.RawQuery = "download"
	}
	r.Header.Set("Accept-Encoding", "identity") // the bytes as they are stored
	ranged := opt.Offset > 0 || opt.Length > 0
	if ranged {
		r.Header.Set("Range", opt.header())
		if opt.IfRange != "" {
			r.Header.Set("If-Range", opt.IfRange)
		}
	}
	resp, err := c.do(op, r)
	if err != nil {
		return nil, err
	}
	d, err := newDownload(resp, opt, ranged)
	if err != nil {
		_ = resp.Body.Close() // nothing of it is used
		if errors.Is(err, errOtherRange) {
			return nil, err
		}
		return nil, c.unreadable(op, r.URL, resp.StatusCode, err)
	}
	d.Body = &downloadBody{ReadCloser: resp.Body, c: c, op: op, at: r.URL, status: resp.StatusCode}
	return d, nil
}

func (o GetOptions) header() string {
	if o.Length == 0 {
		return fmt.Sprintf("bytes=%d-", o.Offset)
	}
	return fmt.Sprintf("bytes=%d-%d", o.Offset, o.Offset+o.Length-1)
}

func newDownload(resp *http.Response, opt GetOptions, ranged bool) (*Download, error) {
	if enc := resp.Header.Get("Content-Encoding"); enc != "" && !strings.EqualFold(enc, "identity") {
		return nil, &answerError{reason: service.ReasonBadAnswer, cause: errors.New("packed as " + enc)}
	}
	d := &Download{
		Size: resp.ContentLength, Length: resp.ContentLength,
		ETag: resp.Header.Get("ETag"), MIME: plainMIME(resp.Header.Get("Content-Type")),
	}
	if at, err := http.ParseTime(resp.Header.Get("Last-Modified")); err == nil {
		d.Modified = at
	}
	if resp.StatusCode != http.StatusPartialContent {
		return d, nil
	}
	first, last, size, ok := parseContentRange(resp.Header.Get("Content-Range"))
	wrong := !ok || !ranged || first != opt.Offset || opt.Length > 0 && last-first >= opt.Length ||
		d.Length >= 0 && d.Length != last-first+1
	if wrong && ranged {
		return nil, errOtherRange
	}
	if wrong {
		return nil, &answerError{reason: service.ReasonBadAnswer, cause: errors.New("a range nobody asked for")}
	}
	d.Partial, d.Offset, d.Size, d.Length = true, first, size, last-first+1
	return d, nil
}

// parseContentRange reads "bytes first-last/size"; size is -1 for "*".
func parseContentRange(v string) (first, last, size int64, ok bool) {
	v, found := strings.CutPrefix(v, "bytes ")
	span, total, cut := strings.Cut(v, "/")
	from, to, dash := strings.Cut(span, "-")
	if !found || !cut || !dash {
		return 0, 0, 0, false
	}
	first, err1 := strconv.ParseInt(from, 10, 64)
	last, err2 := strconv.ParseInt(to, 10, 64)
	size, err3 := strconv.ParseInt(total, 10, 64)
	if total == "*" {
		size, err3 = -1, nil
	}
	if err1 != nil || err2 != nil || err3 != nil || first < 0 || last < first || size >= 0 && last >= size {
		return 0, 0, 0, false
	}
	return first, last, size, true
}

// downloadBody makes errors of the connection errors of this package.
type downloadBody struct {
	io.ReadCloser

	c      *Client
	op     string
	at     *url.URL
	status int
}

func (b *downloadBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, b.c.unreadable(b.op, b.at, b.status, err)
	}
	return n, err
}
