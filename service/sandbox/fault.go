package sandbox

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// FaultKind is what goes wrong with a request.
type FaultKind uint8

// The kinds of fault. "After" is Fault.After; where a request has no body,
// CutBody, Reset and StallBody count the bytes of the answer's body instead
// and strike at its last byte at the latest.
const (
	CutBody       FaultKind = iota // the connection is closed after After bytes of the body
	Reset                          // the same with an RST
	StallBody                      // after After bytes nothing moves until released; then it goes on
	LostAnswer                     // the work is done, then the connection is closed without an answer
	StallAnswer                    // the work is done, the answer never comes; once released the connection is closed
	SlowFinish                     // the work is done, the answer comes when released or after Delay
	Answer                         // Status, Value, HTML and RetryAfter instead of the work
	RefuseEarly                    // the same (413 if no Status) before the body is read, and the connection closed at once
	RefuseMidBody                  // the same in the middle of the body, after After bytes
	WrongHash                      // an upload is stored with a bit flipped, and its hash is that of the flipped content
	Redirect                       // 307 (or Status) to Location
)

// faultKinds is how many kinds there are.
const faultKinds = uint8(Redirect) + 1

// String gives the kind's name as reports show it.
func (k FaultKind) String() string {
	names := [...]string{
		CutBody: "cut_body", Reset: "reset", StallBody: "stall_body", LostAnswer: "lost_answer",
		StallAnswer: "stall_answer", SlowFinish: "slow_finish", Answer: "answer",
		RefuseEarly: "refuse_early", RefuseMidBody: "refuse_mid_body", WrongHash: "wrong_hash", Redirect: "redirect",
	}
	if int(k) < len(names) {
		return names[k]
	}
	return "unknown"
}

// WholeBody as Fault.After of an Answer lets the server read the whole body
// before it answers.
const WholeBody = -1

// Fault says what goes wrong with which requests. All conditions that are set
// must hold; none means every request.
type Fault struct {
	Kind FaultKind

	Method     string                   // HTTP method
	PathPrefix string                   // of the escaped path, for example "/api/file/"
	Name       string                   // name of a file uploaded by PUT
	Match      func(*http.Request) bool // on the server's goroutines; must not read the body
	Skip       int                      // this many matching requests pass first
	Times      int                      // how often it strikes: 0 means once, below 0 always

	After      int64           // bytes, see FaultKind
	Delay      time.Duration   // how long StallBody, StallAnswer and SlowFinish hold; 0: until released
	Until      <-chan struct{} // releases what is held when closed; nil: Injection.Release only
	Status     int             // 0 means what is usual for Kind: Answer 500, Refuse… 413, Redirect 307
	Value      string          // the API's "value"; "" means what is usual for Status
	HTML       bool            // a web page as the body, as proxies answer
	Body       []byte          // the body as it is, whatever it is; nil means envelope or page
	Type       string          // Content-Type of Body
	RetryAfter time.Duration   // sent in whole seconds, rounded up; 0: not sent
	Location   string          // of a Redirect
}

// Injection is a fault that was injected, to watch and to release.
type Injection struct {
	Fault

	count    *counter
	done     <-chan struct{}
	seen     int // matching requests; guarded by faults.mu
	hits     atomic.Int64
	released chan struct{}
	once     sync.Once
}

// Hits is how often the fault has struck.
func (i *Injection) Hits() int { return int(i.hits.Load()) }

// Wait waits until the fault has struck n times.
func (i *Injection) Wait(ctx context.Context, n int) error {
	return i.count.await(ctx, i.done, func(Stats) bool { return i.Hits() >= n })
}

// Release lets go of every request that the fault holds, now and later.
func (i *Injection) Release() { i.once.Do(func() { close(i.released) }) }

// struck counts one strike.
func (i *Injection) struck() {
	i.hits.Add(1)
	i.count.update(func(s *Stats) { s.Faults[i.Kind]++ })
}

// faults holds what was injected, in order.
type faults struct {
	count *counter
	done  <-chan struct{}

	mu       sync.Mutex
	list     []*Injection
	campaign *campaign
}

// Inject adds a fault. The first injected fault that matches a request is the
// one that it meets.
func (s *Server) Inject(f Fault) *Injection {
	i := s.faults.wrap(f)
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = append(s.faults.list, i)
	return i
}

// Clear removes every fault and campaign and releases what they hold.
func (s *Server) Clear() {
	s.faults.mu.Lock()
	list, running := s.faults.list, s.faults.campaign
	s.faults.list, s.faults.campaign = nil, nil
	s.faults.mu.Unlock()
	for _, i := range list {
		i.Release()
	}
	if running != nil {
		running.release()
	}
}

func (f *faults) wrap(fault Fault) *Injection {
	return &Injection{Fault: fault, count: f.count, done: f.done, released: make(chan struct{})}
}

// pick gives the fault that r meets, or nil.
func (f *faults) pick(r *http.Request) *Injection {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, i := range f.list {
		if !i.matches(r) {
			continue
		}
		i.seen++
		turn := i.seen - i.Skip
		if turn >= 1 && (i.Times < 0 || turn <= max(i.Times, 1)) {
			return i
		}
	}
	if f.campaign != nil {
		return f.campaign.pick(f, r)
	}
	return nil
}

func (i *Injection) matches(r *http.Request) bool {
	return (i.Method == "" || i.Method == r.Method) &&
		strings.HasPrefix(r.URL.EscapedPath(), i.PathPrefix) &&
		(i.Name == "" || i.Name == uploadName(r)) &&
		(i.Match == nil || i.Match(r))
}

// uploadName is the name in PUT /api/file/{name}, else "".
func uploadName(r *http.Request) string {
	parts, ok := segments(r.URL.EscapedPath())
	if !ok || r.Method != http.MethodPut || len(parts) != 3 || parts[0] != "api" || parts[1] != "file" {
		return ""
	}
	return parts[2]
}
