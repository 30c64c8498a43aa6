package library

import (
	"bytes"
	"math"
	"slices"
)

// numbers is a set of records.
type numbers []uint64

func newNumbers(n int) numbers { return make(numbers, (n+63)/64) }

func (n numbers) add(i int)      { n[i>>6] |= 1 << (i & 63) }
func (n numbers) has(i int) bool { return n[i>>6]>>(i&63)&1 != 0 }

// find gives the records that q wants, of every kind, and how many of each
// kind they are. nil means all of them.
func (s *snapshot) find(q *Query) (found numbers, counts [kindCount]int) {
	candidates := s.withLongest(q.Words)
	if candidates == nil && len(q.Without) == 0 && q.Least <= 0 && q.Below == 0 && q.After.IsZero() && q.Before.IsZero() {
		for _, k := range s.kinds {
			counts[k]++
		}
		return nil, counts
	}
	t := s.test(q)
	found = newNumbers(len(s.records))
	for i := range s.records {
		if (candidates == nil || candidates.has(i)) && t.holds(i) {
			found.add(i)
			counts[s.kinds[i]]++
		}
	}
	return found, counts
}

// withLongest gives the records whose names have the longest word, which most
// often leaves the fewest; nil without a word. It looks through all names as
// one text, which is several times faster than name by name.
func (s *snapshot) withLongest(words []string) numbers {
	if len(words) == 0 {
		return nil
	}
	word := []byte(longest(words))
	found := newNumbers(len(s.records))
	at, i := 0, 0
	for {
		next := bytes.Index(s.plain[at:], word)
		if next < 0 {
			return found
		}
		at += next
		i = s.recordAt(at, i)
		found.add(i)
		at = int(s.ends[i])
	}
}

// recordAt finds the record whose name is at a place in plain, from record i on.
// It makes steps that grow, and so is quick whether that is near or far.
func (s *snapshot) recordAt(at, i int) int {
	step := 1
	for i+step < len(s.ends) && int(s.ends[i+step]) <= at {
		step *= 2
	}
	end := min(i+step+1, len(s.ends))
	n, _ := slices.BinarySearch(s.ends[i:end], uint32(at)+1) //nolint:gosec // a place in plain
	return i + n
}

func longest(words []string) string {
	word := words[0]
	for _, w := range words[1:] {
		if len(w) > len(word) {
			word = w
		}
	}
	return word
}

// tester knows what one record must have beside the longest word.
type tester struct {
	s              *snapshot
	words, without [][]byte
	least, below   int64
	after, before  int64 // µs
	timed          bool
}

func (s *snapshot) test(q *Query) *tester {
	t := &tester{s: s, least: q.Least, below: q.Below, after: math.MinInt64 + 1, before: math.MaxInt64}
	if len(q.Words) > 1 {
		skip := longest(q.Words)
		for _, w := range q.Words {
			if w != skip {
				t.words = append(t.words, []byte(w))
			}
		}
	}
	for _, w := range q.Without {
		t.without = append(t.without, []byte(w))
	}
	if !q.After.IsZero() {
		t.timed, t.after = true, q.After.UnixMicro()
	}
	if !q.Before.IsZero() {
		t.timed, t.before = true, q.Before.UnixMicro()
	}
	return t
}

func (t *tester) holds(i int) bool {
	if size := t.s.sizes[i]; size < t.least || t.below != 0 && size >= t.below {
		return false
	}
	if at := t.s.uploaded[i]; t.timed && (at == noTime || at < t.after || at >= t.before) {
		return false
	}
	if len(t.words)+len(t.without) == 0 {
		return true
	}
	name := t.s.name(i)
	for _, w := range t.words {
		if !bytes.Contains(name, w) {
			return false
		}
	}
	for _, w := range t.without {
		if bytes.Contains(name, w) {
			return false
		}
	}
	return true
}
