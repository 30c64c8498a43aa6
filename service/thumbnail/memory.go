package thumbnail

import (
	"container/list"
	"image"
	"time"

	"sluice/service"
)

// memory holds finished pictures; those used least recently go.
type memory struct {
	budget, used int64
	entries      map[memoryKey]*list.Element
	recent       *list.List // of *entry, the latest first
}

type memoryKey struct {
	file service.FileID
	side int
}

type entry struct {
	key     memoryKey
	picture *image.RGBA
	rough   bool // a better one is to come
}

// entryBytes is what a picture takes.
func entryBytes(side int) int64 { return 4*int64(side)*int64(side) + 300 }

func newMemory(budget int64) *memory {
	return &memory{budget: budget, entries: map[memoryKey]*list.Element{}, recent: list.New()}
}

// get gives a picture, nil when it is not there.
func (m *memory) get(key memoryKey) *entry {
	e := m.entries[key]
	if e == nil {
		return nil
	}
	m.recent.MoveToFront(e)
	return e.Value.(*entry)
}

func (m *memory) put(e *entry) {
	m.drop(e.key)
	m.entries[e.key] = m.recent.PushFront(e)
	m.used += entryBytes(e.key.side)
	m.shrink()
}

// resize changes how much is kept.
func (m *memory) resize(budget int64) {
	m.budget = budget
	m.shrink()
}

func (m *memory) shrink() {
	for m.used > m.budget && m.recent.Len() > 1 {
		m.drop(m.recent.Back().Value.(*entry).key)
	}
}

// dropOthers forgets all that are not among keys.
func (m *memory) dropOthers(keys map[memoryKey]struct{}) {
	for key := range m.entries {
		if _, ok := keys[key]; !ok {
			m.drop(key)
		}
	}
}

func (m *memory) drop(key memoryKey) {
	if e := m.entries[key]; e != nil {
		m.recent.Remove(e)
		delete(m.entries, key)
		m.used -= entryBytes(key.side)
	}
}

// dropFile forgets a file's pictures of all sizes.
func (m *memory) dropFile(id service.FileID) {
	for key := range m.entries {
		if key.file == id {
			m.drop(key)
		}
	}
}

// note is what keeps a file from being asked for.
type note struct {
	none  bool      // it has no thumbnail; else asking failed
	tries int       // how often asking failed
	until time.Time // it is not asked for before
}

// notes holds so many notes; the oldest go.
type notes struct {
	byFile *bounded[service.FileID, note]
}

const maxNotes = 20_000

func newNotes() *notes { return &notes{newBounded[service.FileID, note](maxNotes)} }

func (n *notes) get(id service.FileID) *note      { return n.byFile.get(id) }
func (n *notes) put(id service.FileID, what note) { n.byFile.put(id, what) }
func (n *notes) drop(id service.FileID)           { n.byFile.drop(id) }

// bounded is a map that forgets what was put in first.
type bounded[K comparable, V any] struct {
	most    int
	entries map[K]*list.Element
	order   *list.List // of pair, the oldest first
}

type pair[K comparable, V any] struct {
	key   K
	value V
}

func newBounded[K comparable, V any](most int) *bounded[K, V] {
	return &bounded[K, V]{most: most, entries: map[K]*list.Element{}, order: list.New()}
}

func (b *bounded[K, V]) get(key K) *V {
	if e := b.entries[key]; e != nil {
		return &e.Value.(*pair[K, V]).value
	}
	return nil
}

func (b *bounded[K, V]) put(key K, value V) {
	b.drop(key)
	b.entries[key] = b.order.PushBack(&pair[K, V]{key, value})
	if b.order.Len() > b.most {
		b.drop(b.order.Front().Value.(*pair[K, V]).key)
	}
}

func (b *bounded[K, V]) drop(key K) {
	if e := b.entries[key]; e != nil {
		b.order.Remove(e)
		delete(b.entries, key)
	}
}
