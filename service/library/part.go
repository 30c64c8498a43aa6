package library

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
)

// partCount is how many parts the records are dealt into on the disk.
const partCount = 512

var errPart = errors.New("a part of the listing can't be read")

// partOf is where the record with this id is kept.
func partOf(id string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id)) // it can't fail
	return int(h.Sum32() % partCount)
}

// encode appends a part: the version and the records, each with its length.
// No records are no data.
func encode(to []byte, records []record) []byte {
	if len(records) == 0 {
		return to
	}
	to = append(to, encoding)
	for _, r := range records {
		to = append(binary.AppendUvarint(to, uint64(len(r))), r...)
	}
	return to
}

// decode appends the records of a part, which are pieces of it.
func decode(to []record, part string) ([]record, error) {
	p := reader{rest: part}
	if p.byte() != encoding {
		return nil, errPart
	}
	for p.rest != "" {
		r := record(p.text())
		if p.failed || !r.whole() {
			return nil, errPart
		}
		to = append(to, r)
	}
	return to, nil
}
