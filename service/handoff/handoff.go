// Package handoff keeps one running Sluice per home folder. The first to Claim
// the folder serves the others, which Call it to pass their files on and to
// hear what became of them.
//
// The lock decides who is first; the system frees it when a process dies in
// any way. The holder listens on loopback and writes where, with a random
// token, into a file that only its user can read. Both sides prove that they
// know the token before anything else is said, and the token itself is never
// sent: neither another user of this computer nor a foreign program that got
// the port of a dead instance learns anything.
//
// The conversation is JSON, one object a line:
//
//	caller  hello    {"nonce"}
//	holder  welcome  {"nonce","proof"}
//	caller  ask      {"proof","request"}
//	holder  answer   {"reply"} any number of times, then {"end"}
package handoff

import (
	"encoding/json"
	"errors"
	"time"

	"sluice/service"
)

// Outcomes of Claim and Call that callers tell apart.
var (
	// ErrTaken: another process holds the folder.
	ErrTaken = errors.New("another Sluice is running for this folder")
	// ErrNotRunning: nobody answers as the holder of the folder. It may be
	// starting or stopping; Enter waits for that.
	ErrNotRunning = errors.New("no Sluice answers for this folder")
	// ErrVersion: the holder speaks another version of the conversation.
	ErrVersion = errors.New("another version of Sluice is running for this folder")
	// ErrStopped: the holder is closing in good order and went no further.
	ErrStopped = errors.New("the running Sluice was closed")
	// ErrBroken: the connection ended in the middle, as when the holder was
	// killed.
	ErrBroken = errors.New("the connection to the running Sluice broke")
)

// Op says what a Request is for.
type Op string

// The operations.
const (
	OpOpen   Op = "open"   // queue Paths, answer when they are safe
	OpUpload Op = "upload" // queue Paths, then report every file of theirs
	OpResume Op = "resume" // report every file that is not finished yet
)

// Request is what one process asks of the running one.
type Request struct {
	Op    Op
	Paths []string // absolute; any bytes that the system allows in a path
	Album string   // with OpUpload: put the files into an album of this title, "" = none

	// APIURL and KeyMark are set when the caller insists on a service address or
	// a key: the holder refuses when it uses another. KeyMark tells keys apart
	// without telling them.
	APIURL  string
	KeyMark string

	// Batch is not zero when Paths were accepted before, by an instance that
	// has gone: report that batch, queue nothing.
	Batch service.BatchID
}

// Reply is one piece of news. One of its fields is set.
type Reply struct {
	Accepted service.BatchID `json:"accepted,omitempty"` // the files are in the queue, durably
	Result   *Result         `json:"result,omitempty"`
	Progress *Progress       `json:"progress,omitempty"`
}

// Status is the end of one file, as the command line prints it.
type Status string

// The ends of a file.
const (
	StatusUploaded  Status = "uploaded"
	StatusDuplicate Status = "duplicate" // the account had it; its link is given
	StatusFailed    Status = "failed"
)

// Result is one finished file or, with Album set, the album of all.
type Result struct {
	Job     service.JobID
	Path    string
	Album   string // title
	ID      string
	URL     string
	Size    int64 // bytes
	SHA256  string
	Status  Status
	Failure *service.Error // with StatusFailed; its Err holds only text
}

// Progress is how far everything asked for has come.
type Progress struct {
	Files    int            `json:"files"`
	Done     int            `json:"done"` // with or without success
	Failed   int            `json:"failed,omitempty"`
	Held     int            `json:"held,omitempty"` // paused one by one in the window; they have not ended
	Bytes    int64          `json:"bytes"`
	Sent     int64          `json:"sent"`
	Speed    float64        `json:"speed,omitempty"` // bytes per second
	Left     time.Duration  `json:"left"`            // negative: unknown
	Scanning bool           `json:"scanning,omitempty"`
	Paused   bool           `json:"paused,omitempty"`
	Offline  bool           `json:"offline,omitempty"`
	NeedsKey bool           `json:"needs_key,omitempty"`
	Retrying int            `json:"retrying,omitempty"` // wait to be tried again
	Doubtful int            `json:"doubtful,omitempty"` // were sent without a clear answer, and are looked for in the account
	Why      *service.Error `json:"-"`                  // of the last of these, nil without any; its Err holds only text
}

// The wire forms below carry paths as bytes: JSON text would change a path
// that is not UTF-8.

type wireRequest struct {
	Op    Op              `json:"op"`
	Paths [][]byte        `json:"paths,omitempty"`
	Album string          `json:"album,omitempty"`
	Batch service.BatchID `json:"batch,omitempty"`

	APIURL  string `json:"api_url,omitempty"`
	KeyMark string `json:"key_mark,omitempty"`
}

// MarshalJSON gives the form in which a request travels.
func (r Request) MarshalJSON() ([]byte, error) {
	w := wireRequest{Op: r.Op, Album: r.Album, Batch: r.Batch, APIURL: r.APIURL, KeyMark: r.KeyMark}
	for _, p := range r.Paths {
		w.Paths = append(w.Paths, []byte(p))
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads what MarshalJSON gives.
func (r *Request) UnmarshalJSON(b []byte) error {
	var w wireRequest
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*r = Request{Op: w.Op, Album: w.Album, Batch: w.Batch, APIURL: w.APIURL, KeyMark: w.KeyMark}
	for _, p := range w.Paths {
		r.Paths = append(r.Paths, string(p))
	}
	return nil
}

type wireResult struct {
	Job     service.JobID `json:"job,omitempty"`
	Path    []byte        `json:"path,omitempty"`
	Album   string        `json:"album,omitempty"`
	ID      string        `json:"id,omitempty"`
	URL     string        `json:"url,omitempty"`
	Size    int64         `json:"size,omitempty"`
	SHA256  string        `json:"sha256,omitempty"`
	Status  Status        `json:"status"`
	Failure *wireFailure  `json:"failure,omitempty"`
}

// MarshalJSON gives the form in which a result travels.
func (r Result) MarshalJSON() ([]byte, error) {
	return json.Marshal(wireResult{
		Job: r.Job, Path: []byte(r.Path), Album: r.Album, ID: r.ID, URL: r.URL,
		Size: r.Size, SHA256: r.SHA256, Status: r.Status, Failure: toWire(r.Failure),
	})
}

// UnmarshalJSON reads what MarshalJSON gives.
func (r *Result) UnmarshalJSON(b []byte) error {
	var w wireResult
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*r = Result{
		Job: w.Job, Path: string(w.Path), Album: w.Album, ID: w.ID, URL: w.URL,
		Size: w.Size, SHA256: w.SHA256, Status: w.Status, Failure: w.Failure.fromWire(),
	}
	return nil
}

type plainProgress Progress // without methods

type wireProgress struct {
	plainProgress
	Why *wireFailure `json:"why,omitempty"`
}

// MarshalJSON gives the form in which progress travels.
func (p Progress) MarshalJSON() ([]byte, error) {
	return json.Marshal(wireProgress{plainProgress(p), toWire(p.Why)})
}

// UnmarshalJSON reads what MarshalJSON gives.
func (p *Progress) UnmarshalJSON(b []byte) error {
	var w wireProgress
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*p = Progress(w.plainProgress)
	p.Why = w.Why.fromWire()
	return nil
}

type wireFailure struct {
	Op         string        `json:"op,omitempty"`
	Path       []byte        `json:"path,omitempty"`
	Kind       string        `json:"kind"`
	Value      string        `json:"value,omitempty"`
	Status     int           `json:"status,omitempty"`
	RetryAfter time.Duration `json:"retry_after,omitempty"`
	Text       string        `json:"text,omitempty"`
}

func toWire(e *service.Error) *wireFailure {
	if e == nil {
		return nil
	}
	w := &wireFailure{
		Op: e.Op, Path: []byte(e.Path), Kind: e.Kind.String(), Value: e.Value,
		Status: e.Status, RetryAfter: e.RetryAfter,
	}
	if e.Err != nil {
		w.Text = e.Err.Error()
	}
	return w
}

func (w *wireFailure) fromWire() *service.Error {
	if w == nil {
		return nil
	}
	e := &service.Error{
		Op: w.Op, Path: string(w.Path), Kind: service.ParseKind(w.Kind), Value: w.Value,
		Status: w.Status, RetryAfter: w.RetryAfter,
	}
	if w.Text != "" {
		e.Err = errors.New(w.Text)
	}
	return e
}
