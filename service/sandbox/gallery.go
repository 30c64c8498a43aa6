package sandbox

import (
	"encoding/hex"
	"io"
	"math/bits"
	"sync"
	"time"

	"sluice/service"
)

// maxSynthetic bounds Config.Files.
const maxSynthetic = 5_000_000

// gallery makes up files. Everything about one follows from its number, so
// that an account of any size costs no memory and no time; only hashes are
// kept once they are known.
type gallery struct {
	count   int
	formats [formatCount]*format

	mu     sync.RWMutex
	hashes [][32]byte // all zero: not known yet; nil before the first
}

func newGallery(count int) *gallery {
	return &gallery{count: count, formats: newFormats()}
}

// id gives the id of a number: a permutation of the 48 bits that ids have.
func (g *gallery) id(n int) service.FileID {
	return service.FileID(idOf(scramble(uint64(n))))
}

// number is the inverse of id for files that there are.
func (g *gallery) number(id service.FileID) (int, bool) {
	b, ok := bitsOf(string(id))
	if !ok {
		return 0, false
	}
	n := unscramble(b)
	return int(n), n < uint64(g.count)
}

const half = 1<<24 - 1

// scramble is a Feistel network over two halves of 24 bits.
func scramble(n uint64) uint64 {
	left, right := n>>24&half, n&half
	for round := range uint64(4) {
		left, right = right, left^mix(right, round)&half
	}
	return left<<24 | right
}

// unscramble is the inverse of scramble.
func unscramble(n uint64) uint64 {
	left, right := n>>24&half, n&half
	for round := range uint64(4) {
		left, right = right^mix(left, 3-round)&half, left
	}
	return left<<24 | right
}

// mix gives bits that look random and follow from a number and a purpose.
func mix(n, purpose uint64) uint64 {
	high, low := bits.Mul64(n^0x9e3779b97f4a7c15, purpose*0xd1342543de82ef95+0xa0761d6478bd642f)
	x := high ^ low
	x = (x ^ x>>32) * 0xe7037ed1a0b428db
	return x ^ x>>29
}

// What mix is asked for, beside the rounds of scramble.
const (
	forFormat uint64 = iota + 16
	forClass
	forPad
	forName
	forNumber
	forDate
	forViews
	forDownloads
	forLastView
)

// pick gives a number below n.
func pick(file int, purpose uint64, n int) int {
	return int(mix(uint64(file), purpose) % uint64(n))
}

// record describes a made-up file that nothing has happened to yet. The most
// recent ones are of the end of 2025, so that they are never in the future.
func (g *gallery) record(n int) record {
	f := g.format(n)
	first := time.Date(2019, time.January, 1, 0, 0, 0, 0, time.UTC)
	const span = 7 * 365 * 24 * time.Hour
	uploaded := first.Add(time.Duration(mix(uint64(n), forDate) % uint64(span))).Truncate(time.Millisecond)
	r := record{
		ID: g.id(n), Owner: firstAccount, Name: madeName(n, f.kind, uploaded), Size: f.size(n), MIME: f.mime,
		Uploaded: uploaded, Made: n + 1,
	}
	r.Views = skewed(n, forViews, 50_000)
	r.Downloads = skewed(n, forDownloads, 2_000)
	r.Bandwidth = (r.Views/2 + r.Downloads) * r.Size
	if r.Views > 0 {
		r.LastView = uploaded.Add(time.Duration(mix(uint64(n), forLastView) % uint64(first.Add(span).Sub(uploaded)+1))).Truncate(time.Millisecond)
	}
	return r
}

// skewed gives a count that is mostly small and rarely near the top.
func skewed(n int, purpose uint64, top int64) int64 {
	x := float64(mix(uint64(n), purpose)>>11) / (1 << 53)
	return int64(x * x * x * x * x * float64(top))
}

// format gives the format of a file.
func (g *gallery) format(n int) *format {
	at := pick(n, forFormat, 100)
	for _, f := range g.formats {
		if at -= f.share; at < 0 {
			return f
		}
	}
	return g.formats[0]
}

// size gives a made-up file's size.
func (g *gallery) size(n int) int64 { return g.format(n).size(n) }

// open gives a made-up file's contents.
func (g *gallery) open(n int) io.ReadSeekCloser { return newMadeReader(g.format(n), n) }

// hash gives a made-up file's SHA-256.
func (g *gallery) hash(n int) string {
	g.mu.RLock()
	var sum [32]byte
	if g.hashes != nil {
		sum = g.hashes[n]
	}
	g.mu.RUnlock()
	if sum == [32]byte{} {
		sum = g.format(n).sum(n)
		g.mu.Lock()
		if g.hashes == nil {
			g.hashes = make([][32]byte, g.count)
		}
		g.hashes[n] = sum
		g.mu.Unlock()
	}
	return hex.EncodeToString(sum[:])
}
