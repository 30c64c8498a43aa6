package download_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/clock/clocktest"
	"sluice/service/download"
	"sluice/service/pixeldrain"
	"sluice/storage"
)

// stub is a service that does with one file, "x", what the sandbox never does.
type stub struct {
	info    string                                       // JSON
	content func(w http.ResponseWriter, r *http.Request) // of the file

	mu     sync.Mutex
	ranges []string // of the requests for content
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.URL.Path {
	case "/api/file/x/info":
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, s.info)
	case "/api/file/x":
		s.ranges = append(s.ranges, r.Header.Get("Range")+" "+r.Header.Get("If-Range"))
		s.content(w, r)
	default:
		http.NotFound(w, r)
	}
}

// asked gives the ranges that were asked for.
func (s *stub) asked() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.ranges, "|")
}

// tell sets what the info call answers.
func (s *stub) tell(size int, sum string) {
	s.info = fmt.Sprintf(`{"id":"x","name":"x.bin","size":%d,"hash_sha256":%q,"date_upload":"2020-02-04T18:34:05.706801Z"}`, size, sum)
}

// serve answers as http.ServeContent does, with an etag.
func serve(etag string, content []byte) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		if etag != "" {
			w.Header().Set("ETag", etag)
		}
		http.ServeContent(w, r, "x.bin", time.Time{}, bytes.NewReader(content))
	}
}

// cutting answers with the first n bytes of what else would come, and breaks.
func cutting(n int, whole func(http.ResponseWriter, *http.Request)) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		whole(&cutter{ResponseWriter: w, left: n}, r)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

type cutter struct {
	http.ResponseWriter

	left int
}

func (c *cutter) Write(p []byte) (int, error) {
	if len(p) > c.left {
		_, _ = c.ResponseWriter.Write(p[:c.left])
		_ = http.NewResponseController(c.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	c.left -= len(p)
	return c.ResponseWriter.Write(p)
}

// inTurn answers each request with the next of the functions, and from the last
// on with that.
func inTurn(all ...func(http.ResponseWriter, *http.Request)) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		now := all[0]
		if len(all) > 1 {
			all = all[1:]
		}
		now(w, r)
	}
}

// newStub starts a rig whose service is a stub.
func newStub(t *testing.T, clock int) (*rig, *stub) {
	t.Helper()
	s := &stub{}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	client, err := pixeldrain.New(pixeldrain.Config{APIURL: server.URL + "/api"})
	must(t, err)
	t.Cleanup(client.Close)
	r := &rig{
		t: t, home: t.TempDir(), folder: t.TempDir(),
		cfg: download.Config{Client: client, Clock: clocktest.NewQuick(clock)},
	}
	r.open()
	t.Cleanup(r.close)
	return r, s
}

// got checks that the one download ended well with this content and that
// nothing else is in the folder.
func (r *rig) got(j download.Job, content []byte) {
	r.t.Helper()
	if j.State != download.Downloaded {
		r.t.Fatalf("%v: %v", j.State, j.Err)
	}
	if b, err := os.ReadFile(j.Path); err != nil || !bytes.Equal(b, content) || j.Size != int64(len(content)) || r.names() != "x.bin" {
		r.t.Errorf("%d bytes, %v; folder has %s; %+v", len(b), err, r.names(), j)
	}
}

func text(seed byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*i>>3) + seed
	}
	return b
}

func TestAServiceThatIgnoresRanges(t *testing.T) {
	t.Parallel()
	r, s := newStub(t, 40)
	content := text(1, 300*kib)
	whole := func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(content) }
	s.tell(len(content), sumOf(content))
	s.content = inTurn(cutting(100*kib, whole), cutting(90*kib, whole), whole)
	r.got(r.get("x")[0], content)
	if got := s.asked(); got != " |bytes=102400- |bytes=92160- " {
		t.Errorf("asked for %s", got)
	}
	// Without an end, too, it does not go on for ever.
	s.content = cutting(100*kib, whole)
	j := r.get("x")[0]
	failed(t, j, service.Offline, service.ReasonCutAnswer)
	if got := strings.Count(s.asked(), "|") + 1; got != 3+6 {
		t.Errorf("%d requests", got)
	}
}

func TestAFileThatChangesMeanwhile(t *testing.T) {
	t.Parallel()
	r, s := newStub(t, 40)
	before, after := text(1, 300*kib), text(2, 200*kib)
	s.tell(len(before), sumOf(before))
	s.content = inTurn(cutting(100*kib, serve(`"1"`, before)), serve(`"2"`, after))
	stream := r.follow()
	batch := r.add("x")
	stream.until("the cut", func() bool {
		return len(stream.jobs) == 1 && stream.jobs[service.DownloadID(batch)].State == download.Retrying
	})
	s.mu.Lock()
	s.tell(len(after), sumOf(after))
	s.mu.Unlock()
	r.got(r.wait(batch)[0], after)
	if got := s.asked(); !strings.HasPrefix(got, ` |bytes=102400- "1"|`) {
		t.Errorf("asked for %s", got)
	}
}

func TestAFileThatChangesBetweenStarts(t *testing.T) {
	t.Parallel()
	r, s := newStub(t, 1)
	before, after := text(1, 300*kib), text(2, 300*kib)
	s.tell(len(before), sumOf(before))
	s.content = inTurn(cutting(100*kib, serve("", before)), serve("", after))
	stream := r.follow()
	batch := r.add("x")
	stream.until("the cut", func() bool { return stream.jobs[service.DownloadID(batch)].State == download.Retrying })
	r.close()
	s.tell(len(after), sumOf(after))
	r.open()
	r.got(r.wait(batch)[0], after)
	if got := s.asked(); got != ` | ` {
		t.Errorf("asked for %s", got)
	}
}

func TestWrongContent(t *testing.T) {
	t.Parallel()
	right, wrong := text(1, 300*kib), text(2, 300*kib)
	long := append(text(1, 300*kib), 'x')
	chunked := func(b []byte) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			_ = http.NewResponseController(w).Flush() // no length then
			_, _ = w.Write(b)
		}
	}
	for name, bad := range map[string]func(http.ResponseWriter, *http.Request){
		"other bytes": serve(`"1"`, wrong), "too long": chunked(long),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, s := newStub(t, 40)
			s.tell(len(right), sumOf(right))
			s.content = bad
			j := r.get("x")[0]
			failed(t, j, service.Server, service.ReasonWrongContent)
			if r.names() != "" || s.asked() != " | " || j.Done != 0 {
				t.Errorf("folder has %s, asked for %s, %+v", r.names(), s.asked(), j)
			}
			s.mu.Lock()
			s.content = inTurn(bad, serve(`"1"`, right))
			s.mu.Unlock()
			must(t, r.engine.Retry(t.Context(), j.ID))
			r.got(r.wait(j.Batch)[0], right)
		})
	}
}

func TestServicesThatTellLittle(t *testing.T) {
	t.Parallel()
	content := text(1, 300*kib)
	for name, c := range map[string]struct {
		info   string
		answer func(http.ResponseWriter, *http.Request)
		asked  string
	}{
		"no hash":          {`{"id":"x","name":"x.bin","size":307200}`, serve(`"e"`, content), ` |bytes=102400- "e"`},
		"no hash, no etag": {`{"id":"x","name":"x.bin","size":307200}`, serve("", content), ` | `},
		"weak etag":        {`{"id":"x","name":"x.bin","size":307200}`, serve(`W/"e"`, content), ` | `},
		"no size":          {`{"id":"x","name":"x.bin","hash_sha256":"` + sumOf(content) + `"}`, serve("", content), ` |bytes=102400- `},
		"no size, no length": {`{"id":"x","name":"x.bin"}`, func(w http.ResponseWriter, _ *http.Request) {
			_ = http.NewResponseController(w).Flush()
			_, _ = w.Write(content)
		}, ` | `},
		"other part": {`{"id":"x","name":"x.bin","size":307200}`, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Range") != "" {
				r.Header.Set("Range", "bytes=5-") // not what was asked for
			}
			serve(`"e"`, content)(w, r)
		}, ` |bytes=102400- "e"| `},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, s := newStub(t, 40)
			s.info = c.info
			s.content = inTurn(cutting(100*kib, c.answer), c.answer)
			j := r.get("x")[0]
			r.got(j, content)
			if got := s.asked(); got != c.asked {
				t.Errorf("asked for %s", got)
			}
			if told := strings.Contains(c.info, "sha256"); j.Verified != told || j.SHA256 != sumOf(content) {
				t.Errorf("verified %v, %s", j.Verified, j.SHA256)
			}
		})
	}
}

func TestAConditionThatIsIgnored(t *testing.T) {
	t.Parallel()
	r, s := newStub(t, 40)
	before, after := text(1, 300*kib), text(2, 300*kib)
	s.info = `{"id":"x","name":"x.bin","size":307200}`
	careless := func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("If-Range")
		serve(`"2"`, after)(w, r)
	}
	s.content = inTurn(cutting(100*kib, serve(`"1"`, before)), careless)
	r.got(r.get("x")[0], after)
	if got := s.asked(); got != ` |bytes=102400- "1"| ` {
		t.Errorf("asked for %s", got)
	}
}

func TestAPortalDoesNotSpoilWhatIsHere(t *testing.T) {
	t.Parallel()
	r, s := newStub(t, 40)
	content := text(1, 300*kib)
	s.tell(len(content), sumOf(content))
	portal := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, "<html>please log in</html>")
	}
	s.content = inTurn(cutting(100*kib, serve(`"e"`, content)), portal, serve(`"e"`, content))
	stream := r.follow()
	j := r.get("x")[0]
	r.got(j, content)
	if got := s.asked(); got != ` |bytes=102400- "e"|bytes=102400- "e"` {
		t.Errorf("asked for %s", got)
	}
	stream.state(j.ID, download.Downloaded)
	if got := strings.Join(stream.retries, "|"); got != "cut_answer 102400|html_answer 102400" {
		t.Errorf("tried again because of %s", got)
	}
}

func TestACrawlingConnectionIsBegunAnew(t *testing.T) {
	t.Parallel()
	r, s := newStub(t, 300) // five minutes take a second
	content := text(1, 300*kib)
	s.tell(len(content), sumOf(content))
	crawl := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for i := range content {
			_, _ = w.Write(content[i : i+1])
			_ = http.NewResponseController(w).Flush()
			select {
			case <-tick.C:
			case <-r.Context().Done():
				return
			}
		}
	}
	s.content = inTurn(crawl, serve(`"e"`, content))
	r.got(r.get("x")[0], content)
	if got := s.asked(); !strings.HasPrefix(got, " |bytes=") || strings.Count(got, "|") != 1 {
		t.Errorf("asked for %s", got)
	}
}

// TestKilledWhilePlacing has what a process leaves that was killed between two
// steps of giving the file its name.
func TestKilledWhilePlacing(t *testing.T) {
	t.Parallel()
	content := text(1, 300*kib)
	for name, c := range map[string]struct {
		make  func(part, final string) error
		asked string
		names string
	}{
		"before": {func(part, _ string) error { return os.WriteFile(part, content, 0o600) }, "", "x.bin"},
		"linked": {func(part, final string) error {
			if err := os.WriteFile(part, content, 0o600); err != nil {
				return err
			}
			return os.Link(part, final)
		}, "", "x.bin"},
		"after": {func(_, final string) error { return os.WriteFile(final, content, 0o600) }, "", "x.bin"},
		"somebody else was faster": {func(part, final string) error {
			if err := os.WriteFile(part, content, 0o600); err != nil {
				return err
			}
			return os.WriteFile(final, text(2, 300*kib), 0o600)
		}, "", "x (1).bin|x.bin"},
		"other content": {func(_, final string) error { return os.WriteFile(final, text(2, 300*kib), 0o600) }, " ", "x (1).bin|x.bin"},
		"nothing":       {func(_, _ string) error { return nil }, " ", "x.bin"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, s := newStub(t, 40)
			s.tell(len(content), sumOf(content))
			s.content = serve(`"e"`, content)
			r.close()
			db, err := storage.Open(t.Context(), r.home)
			must(t, err)
			part, final := filepath.Join(r.folder, "x.bin.t.part"), filepath.Join(r.folder, "x.bin")
			_, err = db.AddDownloads(t.Context(), []storage.Download{{
				API: r.cfg.Client.APIURL(), FileID: "x", Name: "x.bin", Folder: r.folder, Part: part, Path: final,
				Size: 300 * kib, SHA256: sumOf(content), ETag: `"e"`, State: "placing", Verified: true,
			}})
			must(t, err)
			must(t, db.Close())
			must(t, c.make(part, final))
			r.open()
			j := r.wait(1)[0]
			if b, err := os.ReadFile(j.Path); err != nil || !bytes.Equal(b, content) || j.State != download.Downloaded || !j.Verified {
				t.Errorf("%v, %+v", err, j)
			}
			if r.names() != c.names || s.asked() != c.asked {
				t.Errorf("folder has %s, asked for %q", r.names(), s.asked())
			}
		})
	}
}
