package storage

import (
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
)

// The layout of SQLite's files as Sluice makes them
// (https://www.sqlite.org/fileformat2.html).
const (
	pageSize     = 4096
	headerSize   = 100 // of the database, at the start of its first page
	leafTable    = 0x0d
	maxPayload   = 1 << 22 // far more than any row of ours has
	maxOverflows = maxPayload / (pageSize - 4)
)

// damagedFile reads the pages of a database without trusting anything that is
// written in it.
type damagedFile struct {
	db, wal *os.File         // wal is nil when there is none
	frames  map[uint32]int64 // where the log has the newest state of a page
	pages   uint32           // that db has
}

// openDamaged opens a database and its write-ahead log for reading.
func openDamaged(path string) (f *damagedFile, err error) {
	f = &damagedFile{frames: map[uint32]int64{}}
	if f.db, err = os.Open(path); err != nil {
		return nil, fileError("read the damaged database", err)
	}
	if f.wal, err = os.Open(path + "-wal"); err != nil {
		f.wal = nil // nothing to read, or nothing that can be read
	}
	info, err := f.db.Stat()
	if err != nil {
		return nil, errors.Join(fileError("read the damaged database", err), f.close())
	}
	f.pages = uint32(min((info.Size()+pageSize-1)/pageSize, 1<<31))
	f.findFrames()
	return f, nil
}

func (f *damagedFile) close() error {
	if f.wal == nil {
		return f.db.Close()
	}
	return errors.Join(f.db.Close(), f.wal.Close())
}

// findFrames notes where the log has the newest committed state of each page.
// It passes over checksums: a frame after a damaged one is still good.
func (f *damagedFile) findFrames() {
	if f.wal == nil {
		return
	}
	salt := walSalt(f.wal)
	pending := map[uint32]int64{}
	for at := int64(walHeader); ; at += frameHeader + pageSize {
		var head [frameHeader]byte
		if _, err := f.wal.ReadAt(head[:], at); err != nil {
			return
		}
		if string(head[8:16]) != salt {
			continue
		}
		page := binary.BigEndian.Uint32(head[0:])
		if page == 0 || page > 1<<31 {
			continue
		}
		pending[page] = at + frameHeader
		if binary.BigEndian.Uint32(head[4:]) == 0 {
			continue
		}
		maps.Copy(f.frames, pending) // the frame ends a transaction
		clear(pending)
	}
}

// page reads page n, counted from 1; nil when it can't be read. A page that
// was cut off is filled up with zeros.
func (f *damagedFile) page(n uint32) []byte {
	data := make([]byte, pageSize)
	if at, ok := f.frames[n]; ok {
		if _, err := f.wal.ReadAt(data, at); err == nil {
			return data
		}
	}
	if n == 0 || n > f.pages {
		return nil
	}
	got, err := f.db.ReadAt(data, int64(n-1)*pageSize)
	if err != nil && !errors.Is(err, io.EOF) || got == 0 {
		return nil
	}
	return data
}

// cell is one row as it lies in the file.
type cell struct {
	rowid   int64
	payload []byte // nil when it can't be read
}

// numbers gives the numbers of all pages: those of the database, then those
// that only the log has.
func (f *damagedFile) numbers() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for n := range f.pages {
			if !yield(n + 1) {
				return
			}
		}
		for _, n := range slices.Sorted(maps.Keys(f.frames)) {
			if n > f.pages && !yield(n) {
				return
			}
		}
	}
}

// cells gives what the table pages hold.
func (f *damagedFile) cells() iter.Seq[cell] {
	return func(yield func(cell) bool) {
		for n := range f.numbers() {
			page := f.page(n)
			if page == nil {
				continue
			}
			at := 0
			if n == 1 {
				at = headerSize
			}
			for c := range f.pageCells(page, at) {
				if !yield(c) {
					return
				}
			}
		}
	}
}

// pageCells gives the cells of one page whose own header is at offset at.
func (f *damagedFile) pageCells(page []byte, at int) iter.Seq[cell] {
	return func(yield func(cell) bool) {
		if page[at] != leafTable {
			return
		}
		count := int(binary.BigEndian.Uint16(page[at+3:]))
		for i := range count {
			pointer := at + 8 + 2*i
			if pointer+2 > pageSize {
				return
			}
			start := int(binary.BigEndian.Uint16(page[pointer:]))
			if start < at+8 || start >= pageSize {
				if !yield(cell{}) {
					return
				}
				continue
			}
			if !yield(f.readCell(page[start:])) {
				return
			}
		}
	}
}

// readCell reads the row at the start of data, with the pages that it goes on
// in.
func (f *damagedFile) readCell(data []byte) cell {
	length, n := varint(data)
	rowid, m := varint(data[n:])
	data = data[n+m:]
	if n == 0 || m == 0 || length < 1 || length > maxPayload {
		return cell{}
	}
	local := localSize(int(length))
	if local > len(data) {
		return cell{rowid: rowid}
	}
	payload := append([]byte{}, data[:local]...)
	if local == int(length) {
		return cell{rowid: rowid, payload: payload}
	}
	if local+4 > len(data) {
		return cell{rowid: rowid}
	}
	next := binary.BigEndian.Uint32(data[local:])
	for range maxOverflows {
		page := f.page(next)
		if page == nil {
			break
		}
		payload = append(payload, page[4:min(pageSize, 4+int(length)-len(payload))]...)
		if len(payload) == int(length) {
			return cell{rowid: rowid, payload: payload}
		}
		next = binary.BigEndian.Uint32(page)
	}
	return cell{rowid: rowid}
}

// localSize tells how much of a row of that length lies in its own page.
func localSize(length int) int {
	const most, least = pageSize - 35, (pageSize-12)*32/255 - 23
	if length <= most {
		return length
	}
	if k := least + (length-least)%(pageSize-4); k <= most {
		return k
	}
	return least
}

// varint reads SQLite's variable-length integer and tells its length, 0 when
// data ends before it.
func varint(data []byte) (v int64, n int) {
	for n < len(data) && n < 8 {
		b := data[n]
		n++
		v = v<<7 | int64(b&0x7f)
		if b < 0x80 {
			return v, n
		}
	}
	if n < len(data) {
		return v<<8 | int64(data[n]), n + 1
	}
	return 0, 0
}
