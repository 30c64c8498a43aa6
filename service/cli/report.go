package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"sluice/service"
	"sluice/service/handoff"
)

// Words gives the sentences for people about one failure: what happened and
// what to do. They hold no line break.
type Words func(*service.Error) string

// errOutput marks that standard output takes no more.
var errOutput = errors.New("standard output can't be written")

// report writes what an upload command says: links or JSON on out, progress
// and problems on progress. It is used on one goroutine.
type report struct {
	out      io.Writer
	progress *progress
	json     bool
	words    Words

	given    map[string]string // full paths of the arguments, as they were written
	batch    service.BatchID   // of the files, once they are safe
	shown    map[service.JobID]bool
	told     map[string]bool // what is said only once
	last     handoff.Progress
	uploaded int
	already  int
	failed   int
	ended    int // files
}

func newReport(out io.Writer, p *progress, asJSON bool, words Words) *report {
	return &report{
		out: out, progress: p, json: asJSON, words: words,
		shown: map[service.JobID]bool{}, told: map[string]bool{}, given: map[string]string{},
	}
}

// take is the handoff.Reply callback.
func (r *report) take(reply handoff.Reply) error {
	switch {
	case reply.Accepted != 0:
		r.batch = reply.Accepted
	case reply.Progress != nil:
		r.last = *reply.Progress
		r.tellWhy(*reply.Progress)
		r.progress.show(*reply.Progress)
	case reply.Result != nil:
		return r.result(*reply.Result)
	}
	return nil
}

// tellWhy says, once for each reason, why files take longer than sending them.
func (r *report) tellWhy(p handoff.Progress) {
	if p.Offline || p.Paused {
		return
	}
	if p.Doubtful > 0 {
		r.once("Sent, but no clear answer came. Checking the account to see if it arrived.")
	}
	if p.Why == nil {
		return
	}
	text := r.words(p.Why)
	for _, advice := range []string{" Try again later.", " Try again.", "; try again later", "; try again"} {
		text = strings.ReplaceAll(text, advice, "") // it is done by itself
	}
	r.once("Will be retried: " + text)
}

// once says what was not said before.
func (r *report) once(text string) {
	if !r.told[text] {
		r.told[text] = true
		r.progress.say(text)
	}
}

// result writes one result, unless it was written before: after a change of
// the instance that does the work, all of a batch come again.
func (r *report) result(res handoff.Result) error {
	if res.Job != 0 {
		if r.shown[res.Job] {
			return nil
		}
		r.shown[res.Job] = true
	}
	r.count(res)
	res.Path = r.asGiven(res.Path)
	text := ""
	if res.Status == handoff.StatusFailed {
		failure := res.Failure
		if failure == nil {
			failure = &service.Error{Op: "upload", Path: res.Path, Kind: service.Internal}
		}
		text = r.words(failure)
		r.progress.say(subject(res) + ": " + text)
	}
	if !r.json {
		if res.Status == handoff.StatusFailed {
			return nil
		}
		return r.line(res.URL)
	}
	b, err := encode(res, text)
	if err != nil {
		return err
	}
	return r.line(b)
}

func (r *report) count(res handoff.Result) {
	if res.Album == "" {
		r.ended++
	}
	switch {
	case res.Status == handoff.StatusFailed:
		r.failed++
	case res.Album != "":
	case res.Status == handoff.StatusDuplicate:
		r.already++
	default:
		r.uploaded++
	}
}

func (r *report) line(text string) error {
	r.progress.clear()
	if _, err := io.WriteString(r.out, text+"\n"); err != nil {
		return fmt.Errorf("%w: %w", errOutput, err)
	}
	return nil
}

// jsonLine is the documented object of -json. The album of -album has an
// empty path and its title beside the documented fields.
type jsonLine struct {
	Path   string `json:"path"`
	ID     string `json:"id"`
	URL    string `json:"url"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
	Status string `json:"status"`
	Error  string `json:"error"`
	Album  string `json:"album,omitempty"`
}

func encode(res handoff.Result, problem string) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(jsonLine{
		Path: res.Path, ID: res.ID, URL: res.URL, Size: res.Size, SHA256: res.SHA256,
		Status: string(res.Status), Error: problem, Album: res.Album,
	})
	return strings.TrimSuffix(b.String(), "\n"), err
}

func subject(res handoff.Result) string {
	if res.Album != "" {
		return "Album " + printable(res.Album)
	}
	return printable(res.Path)
}

// summary gives the last line about what was done, "" for nothing.
func (r *report) summary() string {
	var parts []string
	if r.uploaded > 0 {
		parts = append(parts, fmt.Sprintf("%d uploaded", r.uploaded))
	}
	if r.already > 0 {
		parts = append(parts, fmt.Sprintf("%d already there", r.already))
	}
	if r.failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", r.failed))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, ", ") + "."
}

// progress writes to standard error: one line that is written over on a
// terminal, else a line now and then.
type progress struct {
	w        io.Writer
	terminal bool
	now      func() time.Time

	width int       // characters of the line that stands on the terminal
	next  time.Time // when the next line is due, not on a terminal
	told  bool      // of being offline or paused, not on a terminal
}

// How often progress is written where lines stay.
const quietTime = 10 * time.Second

func newProgress(w io.Writer, terminal bool, now func() time.Time) *progress {
	return &progress{w: w, terminal: terminal, now: now, next: now().Add(quietTime)}
}

// show writes p, when it is time to.
func (p *progress) show(state handoff.Progress) {
	text := describe(state)
	if p.terminal {
		p.over(text)
		return
	}
	held := state.Offline || state.Paused || state.Held > 0 && state.Done+state.Held == state.Files
	if now := p.now(); !now.Before(p.next) || held && !p.told {
		p.next = now.Add(quietTime)
		_, _ = io.WriteString(p.w, text+"\n") // nobody to tell when this fails
	}
	p.told = held
}

// over writes text over the line that stands. Spaces, not escapes, clear the
// rest: they work everywhere.
func (p *progress) over(text string) {
	text = shorten(text, lineWidth)
	width := len([]rune(text))
	_, _ = io.WriteString(p.w, "\r"+text+strings.Repeat(" ", max(0, p.width-width)))
	p.width = width
}

// clear removes the line that stands, so that something else can be written.
func (p *progress) clear() {
	if p.width > 0 {
		_, _ = io.WriteString(p.w, "\r"+strings.Repeat(" ", p.width)+"\r")
		p.width = 0
	}
}

// say writes a line that stays.
func (p *progress) say(text string) {
	p.clear()
	_, _ = io.WriteString(p.w, text+"\n")
}
