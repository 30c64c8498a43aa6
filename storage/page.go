package storage

import (
	"cmp"
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
	db, wal *os.File // wal is nil when there is none
	pages   uint32   // that db has

	// Where the log has the newest committed state of a page, and the newest
	// whose checksum is right: they differ where the log is damaged.
	newest, sound map[uint32]int64
}

// openDamaged opens a database and its write-ahead log for reading.
func openDamaged(path string) (f *damagedFile, err error) {
	f = &damagedFile{newest: map[uint32]int64{}, sound: map[uint32]int64{}}
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

// findFrames fills newest and sound. A frame after a damaged one is good, so
// that the log is read to its end.
func (f *damagedFile) findFrames() {
	if f.wal == nil {
		return
	}
	newest, sound := map[uint32]int64{}, map[uint32]int64{} // of the transaction that has not ended yet
	for frame := range logFrames(f.wal) {
		if !frame.inUse || frame.page == 0 || frame.page > 1<<31 {
			continue
		}
		newest[frame.page] = frame.at
		if frame.right {
			sound[frame.page] = frame.at
		}
		if frame.ends {
			maps.Copy(f.newest, newest)
			maps.Copy(f.sound, sound)
			clear(newest)
			clear(sound)
		}
	}
}

// image is one state of a page.
type image struct {
	page uint32
	at   int64 // where in the log; 0: in the database itself
}

// images gives the states of all pages that rows are looked for in, the newest
// first. Where the newest state of a page is damaged, the one before is there
// too: the number of the page may be what is wrong.
func (f *damagedFile) images() []image {
	all := make([]image, 0, int(f.pages)+len(f.newest))
	for page, at := range f.newest {
		all = append(all, image{page, at})
		if sound := f.sound[page]; sound != at && (sound != 0 || page <= f.pages) {
			all = append(all, image{page, sound})
		}
	}
	for page := range f.pages {
		if f.newest[page+1] == 0 {
			all = append(all, image{page: page + 1})
		}
	}
	slices.SortFunc(all, func(a, b image) int { return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(a.page, b.page)) })
	return all
}

// read reads a page in one state; nil when it can't be read. A page that was
// cut off is filled up with zeros.
func (f *damagedFile) read(i image) []byte {
	file, offset := f.wal, i.at
	if i.at == 0 {
		file, offset = f.db, (int64(i.page)-1)*pageSize
	}
	data := make([]byte, pageSize)
	got, err := file.ReadAt(data, offset)
	if got == 0 || err != nil && !errors.Is(err, io.EOF) {
		return nil
	}
	return data
}

// page reads the newest state of page n, counted from 1; nil when there is no
// such page.
func (f *damagedFile) page(n uint32) []byte {
	at := f.newest[n]
	if at == 0 && (n == 0 || n > f.pages) {
		return nil
	}
	return f.read(image{n, at})
}

// cell is one row as it lies in the file.
type cell struct {
	rowid   int64
	payload []byte // nil when it can't be read
}

// cells gives what the table pages hold, the newest first: of rows with the
// same id the first is the one to keep.
func (f *damagedFile) cells() iter.Seq[cell] {
	return func(yield func(cell) bool) {
		for _, i := range f.images() {
			page := f.read(i)
			if page == nil {
				continue
			}
			at := 0
			if i.page == 1 {
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
