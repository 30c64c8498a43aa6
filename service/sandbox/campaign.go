package sandbox

import (
	"encoding/binary"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Campaign lets uploads, or the requests that Match names, meet faults at
// random. What a request meets follows from the seed, its method and path and
// how often these were seen before, so that a run can be repeated however its
// requests interleave.
type Campaign struct {
	Seed  uint64
	Rates map[FaultKind]float64 // probability of each kind, 0 to 1; their sum must not exceed 1
	// Match says which requests take part; nil means uploads (PUT and POST of
	// a file). It runs on the server's goroutines and must not read the body.
	Match func(*http.Request) bool
	// InRow is how many faults one method and path meet in a row before a
	// request passes unharmed; 0 means no limit.
	InRow int
	// Hold is how long StallBody, StallAnswer and SlowFinish hold; 0 means
	// until Clear.
	Hold time.Duration
	// RetryAfter goes with half of the 429 and 503 answers; 0 means none.
	RetryAfter time.Duration
	// Location is where Redirect leads.
	Location string
	// MaxAfter bounds the bytes after which bodies of unknown length are
	// struck; 0 means 1 MiB.
	MaxAfter int64
}

// Begin starts a campaign; it takes the place of the one before. Injected
// faults come first. Clear ends it.
func (s *Server) Begin(c Campaign) {
	next := &campaign{Campaign: c, seen: map[string]int{}, row: map[string]int{}, released: make(chan struct{})}
	s.faults.mu.Lock()
	before := s.faults.campaign
	s.faults.campaign = next
	s.faults.mu.Unlock()
	if before != nil {
		before.release()
	}
}

// campaign is a Campaign under way; its maps are guarded by faults.mu.
type campaign struct {
	Campaign

	seen     map[string]int // requests by method and path
	row      map[string]int // faults in a row by the same
	once     sync.Once
	released chan struct{}
}

func (c *campaign) release() { c.once.Do(func() { close(c.released) }) }

// pick rolls the dice for r.
func (c *campaign) pick(f *faults, r *http.Request) *Injection {
	if c.Match == nil && !isUpload(r) || c.Match != nil && !c.Match(r) {
		return nil
	}
	subject := r.Method + " " + r.URL.EscapedPath()
	turn := c.seen[subject]
	c.seen[subject]++
	dice := rand.New(rand.NewPCG(c.Seed, hashOf(subject, turn)))
	kind, ok := c.roll(dice)
	if !ok || c.InRow > 0 && c.row[subject] >= c.InRow {
		c.row[subject] = 0
		return nil
	}
	c.row[subject]++
	return f.wrap(c.fault(kind, dice, r.ContentLength))
}

// roll chooses a kind; false means that the request passes.
func (c *campaign) roll(dice *rand.Rand) (FaultKind, bool) {
	at := dice.Float64()
	for kind := range faultKinds {
		rate := c.Rates[FaultKind(kind)]
		if at < rate {
			return FaultKind(kind), true
		}
		at -= rate
	}
	return 0, false
}

// fault makes a fault of a kind with random particulars.
func (c *campaign) fault(kind FaultKind, dice *rand.Rand, length int64) Fault {
	f := Fault{Kind: kind, Delay: c.Hold, Until: c.released, Location: c.Location}
	limit := length
	if limit < 0 {
		limit = c.MaxAfter
		if limit == 0 {
			limit = 1 << 20
		}
	}
	f.After = dice.Int64N(limit + 1)
	if kind != Answer {
		return f
	}
	f.Status = []int{http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable}[dice.IntN(4)]
	f.HTML = f.Status == http.StatusBadGateway || f.Status == http.StatusServiceUnavailable && dice.IntN(2) == 0
	if (f.Status == http.StatusTooManyRequests || f.Status == http.StatusServiceUnavailable) && dice.IntN(2) == 0 {
		f.RetryAfter = c.RetryAfter
	}
	if dice.IntN(2) == 0 {
		f.After = WholeBody
	}
	return f
}

// isUpload reports whether r sends a file.
func isUpload(r *http.Request) bool {
	parts, ok := segments(r.URL.EscapedPath())
	if !ok || len(parts) < 2 || parts[0] != "api" || parts[1] != "file" {
		return false
	}
	switch r.Method {
	case http.MethodPut:
		return len(parts) == 3
	case http.MethodPost:
		return len(parts) == 2 || len(parts) == 3 && parts[2] == ""
	}
	return false
}

// hashOf mixes a subject and a turn into a seed.
func hashOf(subject string, turn int) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(subject)) // a hash never fails
	_, _ = h.Write(binary.LittleEndian.AppendUint64(nil, uint64(turn)))
	return h.Sum64()
}
