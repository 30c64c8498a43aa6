package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/handoff"
)

func reasons(e *service.Error) string { return "said " + e.Value }

func still() func() time.Time {
	start := time.Now()
	return func() time.Time { return start }
}

func results() []handoff.Reply {
	return []handoff.Reply{
		{Accepted: 4},
		{Progress: &handoff.Progress{Files: 3, Bytes: 5_000_000, Left: -1}},
		{Result: &handoff.Result{Job: 1, Path: "/a <b>\n", ID: "x", URL: "https://s/u/x", Size: 7, SHA256: "ab", Status: handoff.StatusUploaded}},
		{Result: &handoff.Result{Job: 2, Path: "/b\x1b[31m", Status: handoff.StatusFailed, Size: 0, Failure: &service.Error{Kind: service.Invalid, Value: "empty_file"}}},
		{Result: &handoff.Result{Job: 3, Path: "/c", ID: "y", URL: "https://s/u/y", Size: 1, SHA256: "cd", Status: handoff.StatusDuplicate}},
		{Result: &handoff.Result{Job: 1, Path: "/a <b>\n", ID: "x", URL: "https://s/u/x", Status: handoff.StatusUploaded}}, // again
		{Result: &handoff.Result{Album: "T", ID: "l", URL: "https://s/l/l", Status: handoff.StatusUploaded}},
	}
}

func takeAll(t *testing.T, r *report) {
	t.Helper()
	for _, reply := range results() {
		if err := r.take(reply); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLinksOnStandardOutput(t *testing.T) {
	var out, errs bytes.Buffer
	r := newReport(&out, newProgress(&errs, false, still()), false, reasons)
	takeAll(t, r)
	if out.String() != "https://s/u/x\nhttps://s/u/y\nhttps://s/l/l\n" {
		t.Errorf("got %q", out.String())
	}
	if errs.String() != `"/b\x1b[31m": said empty_file`+"\n" {
		t.Errorf("said %q", errs.String())
	}
	if got := r.summary(); got != "1 uploaded, 1 already there, 1 failed." {
		t.Errorf("summed up as %q", got)
	}
	if r.batch != 4 || r.ended != 3 {
		t.Errorf("batch %d, %d ended", r.batch, r.ended)
	}
}

func TestJSONLines(t *testing.T) {
	var out bytes.Buffer
	r := newReport(&out, newProgress(&bytes.Buffer{}, false, still()), true, reasons)
	takeAll(t, r)
	want := []string{
		`{"path":"/a <b>\n","id":"x","url":"https://s/u/x","size":7,"sha256":"ab","status":"uploaded","error":""}`,
		`{"path":"/b\u001b[31m","id":"","url":"","size":0,"sha256":"","status":"failed","error":"said empty_file"}`,
		`{"path":"/c","id":"y","url":"https://s/u/y","size":1,"sha256":"cd","status":"duplicate","error":""}`,
		`{"path":"","id":"l","url":"https://s/l/l","size":0,"sha256":"","status":"uploaded","error":"","album":"T"}`,
	}
	got := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s", out.String())
	}
	for _, line := range got {
		if !json.Valid([]byte(line)) {
			t.Errorf("%s is not JSON", line)
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestBrokenOutputEndsTheReport(t *testing.T) {
	r := newReport(brokenPipe{}, newProgress(brokenPipe{}, true, still()), false, reasons)
	r.progress.show(handoff.Progress{Files: 1})
	err := r.take(handoff.Reply{Result: &handoff.Result{Job: 1, URL: "u", Status: handoff.StatusUploaded}})
	if !errors.Is(err, errOutput) || !strings.Contains(err.Error(), "broken pipe") {
		t.Errorf("got %v", err)
	}
}

// screen plays a terminal that knows only carriage returns and line breaks.
func screen(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		var cells []rune
		for i, part := range strings.Split(line, "\r") {
			if i == 0 {
				cells = []rune(part)
				continue
			}
			over := []rune(part)
			if len(over) > len(cells) {
				cells = over
				continue
			}
			copy(cells, over)
		}
		lines = append(lines, strings.TrimRight(string(cells), " "))
	}
	return strings.Join(lines, "\n")
}

func TestProgressOnATerminal(t *testing.T) {
	var both bytes.Buffer
	r := newReport(&both, newProgress(&both, true, still()), false, reasons)
	r.progress.show(handoff.Progress{Files: 20, Done: 3, Bytes: 80e6, Sent: 12.4e6, Speed: 5.2e6, Left: 13 * time.Second})
	if got := screen(both.String()); got != "3 of 20 files · 12.4 MB of 80.0 MB · 5.20 MB/s · 13 s left" {
		t.Errorf("shows %q", got)
	}
	r.progress.show(handoff.Progress{Files: 20, Done: 4, Offline: true})
	if got := screen(both.String()); got != "4 of 20 files · 0 B of 0 B · offline, trying again" {
		t.Errorf("shows %q", got)
	}
	takeAll(t, r)
	want := "https://s/u/x\n\"/b\\x1b[31m\": said empty_file\nhttps://s/u/y\nhttps://s/l/l\n"
	if got := screen(both.String()); got != want {
		t.Errorf("shows %q", got)
	}
}

func TestProgressWhereLinesStay(t *testing.T) {
	var w bytes.Buffer
	now := time.Now()
	p := newProgress(&w, false, func() time.Time { return now })
	for i := range 25 { // one a second
		p.show(handoff.Progress{Files: 9, Done: i, Offline: i >= 22})
		now = now.Add(time.Second)
	}
	got := strings.Split(strings.TrimSuffix(w.String(), "\n"), "\n")
	if len(got) != 3 || !strings.HasPrefix(got[0], "10 of") || !strings.HasPrefix(got[1], "20 of") || !strings.Contains(got[2], "offline") {
		t.Errorf("wrote %q", got)
	}
}

func TestWhyFilesAreTriedAgain(t *testing.T) {
	var out, errs bytes.Buffer
	r := newReport(&out, newProgress(&errs, false, still()), false, Say)
	busy := &service.Error{Kind: service.Server, Status: 503}
	for _, p := range []handoff.Progress{
		{Files: 3, Retrying: 1, Why: busy, Offline: true}, // said otherwise
		{Files: 3, Retrying: 1, Why: busy},
		{Files: 3},
		{Files: 3, Retrying: 2, Why: busy},
		{Files: 3, Retrying: 1, Why: &service.Error{Kind: service.Server, Value: service.ReasonHTML}},
		{Files: 3, Doubtful: 1},
	} {
		if err := r.take(handoff.Reply{Progress: &p}); err != nil {
			t.Fatal(err)
		}
	}
	want := "0 of 3 files · 0 B of 0 B · offline, trying again\n" +
		"Will be retried: The service had a problem. (Status 503.)\n" +
		"Will be retried: " + sayAnswer(service.ReasonHTML) + "\n" +
		"Sent, but no clear answer came. Checking the account to see if it arrived.\n"
	if errs.String() != want {
		t.Errorf("says %q", errs.String())
	}
}

func TestDescribe(t *testing.T) {
	for want, p := range map[string]handoff.Progress{
		"0 of 5 files so far · 0 B of 10 B":                       {Files: 5, Bytes: 10, Scanning: true, Left: -1},
		"5 of 5 files · 10 B of 10 B · 2 failed":                  {Files: 5, Done: 5, Failed: 2, Bytes: 10, Sent: 10},
		"0 of 1 files · 0 B of 0 B · paused in Sluice's window":   {Files: 1, Paused: true, Held: 1, Speed: 5},
		"1 of 3 files · 0 B of 0 B · 2 paused in Sluice's window": {Files: 3, Done: 1, Held: 2},
		"0 of 3 files · 0 B of 0 B · 2 to be retried":             {Files: 3, Retrying: 2},
		"0 of 3 files · 0 B of 0 B · 1 being checked":             {Files: 3, Doubtful: 1},
		"0 of 1 files · 0 B of 0 B · 7 B/s · 1 s left":            {Files: 1, Speed: 7.5},
		"0 of 1 files · 0 B of 0 B · 7 B/s · 2 min left":          {Files: 1, Speed: 7.5, Left: 100 * time.Second},
		"0 of 1 files · 0 B of 0 B · 7 B/s · 2 h 1 min left":      {Files: 1, Speed: 7.5, Left: 7260 * time.Second},
	} {
		if got := describe(p); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := shorten(strings.Repeat("ü", 100), lineWidth); len([]rune(got)) != lineWidth {
		t.Errorf("shortened to %q", got)
	}
}
