package library

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/service"
	"sluice/storage/leftover"
	"sluice/storage/listing"
)

func TestMain(m *testing.M) {
	// A database a case is slow; -rapid.checks asks for more than these.
	if err := flag.Set("rapid.checks", "20"); err != nil {
		panic(err)
	}
	leftover.Main(m)
}

// fakeService is a service that lists what it is told to.
type fakeService struct {
	mu     sync.Mutex
	files  []service.File
	err    error // after the files
	asked  int
	began  chan struct{} // one for each listing, if there is room
	before func(ctx context.Context)
}

func (s *fakeService) EachFile(ctx context.Context, f func(service.File) error) error {
	s.mu.Lock()
	files, err, before := s.files, s.err, s.before
	s.asked++
	s.mu.Unlock()
	select {
	case s.began <- struct{}{}:
	default:
	}
	if before != nil {
		before(ctx)
	}
	for i := range files {
		if err := f(files[i]); err != nil {
			return err
		}
	}
	return errors.Join(err, ctx.Err())
}

func (s *fakeService) set(files []service.File, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files, s.err = files, err
}

var day = time.Date(2026, 11, 23, 9, 40, 0, 0, time.UTC)

// makeFiles makes files as accounts have them, the same each time.
func makeFiles(n int) []service.File {
	r := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // the same each time
	kinds := []struct{ mime, name, ending string }{
		{"image/jpeg", "IMG_%d", "jpg"},
		{"image/png", "Screenshot from %d", "png"},
		{"video/mp4", "Holiday in the Dolomites, part %d", "mp4"},
		{"application/pdf", "Rechnung Nr. %d Müller & Söhne", "pdf"},
		{"application/zip", "backup-%d", "zip"},
		{"audio/mpeg", "%d - Ständchen", "mp3"},
		{"application/octet-stream", "data %d", "bin"},
	}
	files := make([]service.File, n)
	for i := range files {
		k := kinds[r.IntN(len(kinds))]
		id := fmt.Sprintf("%08x", i*2654435761%(1<<32))
		files[i] = service.File{
			ID: service.FileID(id), Name: fmt.Sprintf(k.name, i) + "." + k.ending, MIME: k.mime,
			Size: r.Int64N(1 << (10 + r.IntN(22))), Views: r.Int64N(1000), Downloads: r.Int64N(100), BandwidthUsed: r.Int64N(1 << 40),
			Uploaded: day.Add(-time.Duration(i) * time.Hour), LastView: day.Add(-time.Duration(r.IntN(1000)) * time.Minute),
			ThumbnailHref: "/file/" + id + "/thumbnail", SHA256: fmt.Sprintf("%064x", i), CanEdit: true,
		}
	}
	return files
}

// byID is a set of files, for comparing.
func byID(files []service.File) map[service.FileID]service.File {
	m := map[service.FileID]service.File{}
	for _, f := range files {
		m[f.ID] = f
	}
	return m
}

func all(c *Catalogue) map[service.FileID]service.File {
	l := c.Find(Search{})
	m := map[service.FileID]service.File{}
	for i := range l.Len() {
		m[l.ID(i)] = l.File(i)
	}
	return m
}

// until waits until the status is as wanted.
func until(tb testing.TB, c *Catalogue, is func(Status) bool) Status {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), time.Minute)
	defer cancel()
	status, news := c.Subscribe(ctx)
	defer news.Close()
	for !is(status) {
		s, err := news.Next(ctx)
		if err != nil {
			tb.Fatalf("it stays at %+v: %v", status, err)
		}
		status = s[len(s)-1]
	}
	return status
}

func idle(s Status) bool { return s.Known && !s.Busy }

// refresh waits for another listing.
func refresh(tb testing.TB, c *Catalogue) Status {
	tb.Helper()
	at := c.Status().At
	c.Refresh()
	return until(tb, c, func(s Status) bool { return idle(s) && s.At.After(at) })
}

func newStore(tb testing.TB, dir string) *listing.Store {
	tb.Helper()
	s, err := listing.Open(tb.Context(), dir)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

func newCatalogue(tb testing.TB, store *listing.Store) *Catalogue {
	tb.Helper()
	c := New(Config{Store: store})
	tb.Cleanup(c.Close)
	return c
}

// hostileFiles have everything that names and numbers can be.
func hostileFiles() []service.File {
	names := []string{
		"", " ", ".", "..", "../../etc/passwd", "a\nb", "a\x00b", "tab\there", "\xff\xfe not text \xc3", strings.Repeat("x", 255),
		strings.Repeat("é", 255), "e\u0301 decomposed", "é composed", "日本語のファイル.png", "عربي.pdf", "😀👩‍👩‍👧.gif", "CON", "nul.txt",
		"\u202egpj.exe", `"quoted" name`, "-minus", ">10MB", "after:2026-01-01", "İSTANBUL", "ﬁ ligature", "ẞ", "100%", "#?&",
	}
	files := make([]service.File, 0, len(names)+4)
	for i, n := range names {
		files = append(files, service.File{ID: service.FileID(fmt.Sprintf("id%d", i)), Name: n, Size: int64(i)})
	}
	return append(files,
		service.File{ID: "large", Name: "large", Size: 1 << 53, Views: 1 << 62, BandwidthUsed: -1, MIME: "weird"},
		service.File{ID: "far", Uploaded: time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), LastView: time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)},
		service.File{ID: "\xff/?", ThumbnailHref: "/elsewhere.png", Availability: "file_rate_limited_captcha_required", AvailabilityMessage: "why", Description: "what"},
		service.File{ID: "sum", SHA256: strings.Repeat("0", 64)},
	)
}
