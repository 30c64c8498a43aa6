package library

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"time"

	"sluice/service"
)

// record is a file in little space, some 100 bytes: flags, kind, id, name,
// size, time of upload, the other numbers, the hash if there is one, the type,
// and what few files have. Equal files have equal records. The disk has them
// too: encoding is the version of their form, and of what kindOf says.
type record string

const encoding = 1

type flags uint8

const (
	hasSHA       flags = 1 << iota
	hasThumbnail       // at its usual place
	canEdit
	hasMore
)

const (
	noTime      = math.MinInt64
	shaSize     = 32 // bytes
	numberCount = 7
	moreCount   = 4
)

// appendRecord appends the record of a file.
func appendRecord(to []byte, f *service.File) []byte {
	var has flags
	var sha [shaSize]byte
	if len(f.SHA256) == 2*shaSize {
		if _, err := hex.Decode(sha[:], []byte(f.SHA256)); err == nil {
			has |= hasSHA
		}
	}
	if f.CanEdit {
		has |= canEdit
	}
	more := [moreCount]string{f.ThumbnailHref, f.Availability, f.AvailabilityMessage, f.Description}
	if more[0] != "" && more[0] == usualThumbnail(string(f.ID)) {
		has |= hasThumbnail
		more[0] = ""
	}
	if more != [moreCount]string{} {
		has |= hasMore
	}
	to = append(to, byte(has), byte(kindOf(f.MIME, f.Name)))
	to = appendText(appendText(to, string(f.ID)), f.Name)
	for _, n := range [numberCount]int64{
		f.Size, packTime(f.Uploaded), f.Views, f.Downloads, f.BandwidthUsed, f.BandwidthUsedPaid, packTime(f.LastView),
	} {
		to = binary.AppendVarint(to, n)
	}
	if has&hasSHA != 0 {
		to = append(to, sha[:]...)
	}
	to = appendText(to, f.MIME)
	if has&hasMore != 0 {
		for _, text := range more {
			to = appendText(to, text)
		}
	}
	return to
}

func appendText(to []byte, text string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(text))), text...)
}

func newRecord(f *service.File) record { return record(appendRecord(nil, f)) }

func (r record) kind() Kind { return Kind(r[1]) }

func (r record) id() string {
	p := reader{rest: string(r[2:])}
	return p.text()
}

func (r record) name() string {
	p := reader{rest: string(r[2:])}
	p.text()
	return p.text()
}

// sizeAndTime are the numbers that are looked for.
func (r record) sizeAndTime() (size, uploaded int64) {
	p := reader{rest: string(r[2:])}
	p.text()
	p.text()
	return p.number(), p.number()
}

// whole reports whether a record from the disk is one.
func (r record) whole() bool {
	p := reader{rest: string(r)}
	has, kind, id := flags(p.byte()), Kind(p.byte()), p.text()
	p.text()
	for range numberCount {
		p.unsigned()
	}
	if has&hasSHA != 0 {
		p.take(shaSize)
	}
	texts := 1
	if has&hasMore != 0 {
		texts += moreCount
	}
	for range texts {
		p.text()
	}
	return !p.failed && p.rest == "" && id != "" && kind > AnyKind && kind < kindCount
}

// file is the opposite of appendRecord.
func (r record) file() (f service.File) {
	p := reader{rest: string(r)}
	has, _ := flags(p.byte()), p.byte()
	f.ID, f.Name = service.FileID(p.text()), p.text()
	f.Size, f.Uploaded = p.number(), unpackTime(p.number())
	f.Views, f.Downloads, f.BandwidthUsed, f.BandwidthUsedPaid = p.number(), p.number(), p.number(), p.number()
	f.LastView = unpackTime(p.number())
	f.CanEdit = has&canEdit != 0
	if has&hasSHA != 0 {
		f.SHA256 = hex.EncodeToString([]byte(p.take(shaSize)))
	}
	f.MIME = p.text()
	if has&hasMore != 0 {
		f.ThumbnailHref, f.Availability, f.AvailabilityMessage, f.Description = p.text(), p.text(), p.text(), p.text()
	}
	if has&hasThumbnail != 0 {
		f.ThumbnailHref = usualThumbnail(string(f.ID))
	}
	return f
}

func usualThumbnail(id string) string { return "/file/" + id + "/thumbnail" }

func packTime(t time.Time) int64 {
	if t.IsZero() {
		return noTime
	}
	return t.UnixMicro()
}

func unpackTime(us int64) time.Time {
	if us == noTime {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// reader takes text apart. After a failure everything is zero.
type reader struct {
	rest   string
	failed bool
}

func (r *reader) take(n int) string {
	if n > len(r.rest) {
		r.failed, r.rest = true, ""
		return ""
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) byte() byte {
	if b := r.take(1); b != "" {
		return b[0]
	}
	return 0
}

func (r *reader) text() string { return r.take(r.size()) }

// size is a number that is not more than what is left; else it fails.
func (r *reader) size() int {
	v := r.unsigned()
	if v > uint64(len(r.rest)) {
		r.failed, r.rest = true, ""
		return 0
	}
	return int(v) //nolint:gosec // it was compared
}

func (r *reader) number() int64 {
	v := r.unsigned()
	n := int64(v >> 1) //nolint:gosec // as binary.Varint does
	if v&1 != 0 {
		n = ^n
	}
	return n
}

// unsigned is binary.Uvarint of a string.
func (r *reader) unsigned() uint64 {
	var v uint64
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		c := r.rest[i]
		v |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.rest = r.rest[i+1:]
			return v
		}
	}
	r.failed, r.rest = true, ""
	return 0
}
