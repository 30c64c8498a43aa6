package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
)

// The layout of SQLite's write-ahead log: a header, then frames, each a header
// and a page.
const (
	walHeader   = 32
	frameHeader = 24
	walMagic    = 0x377f0682 // or one more: then the sums are of big-endian words
)

// checkLog gives errDamaged when the log at path lost a transaction that was
// complete. SQLite stops at the first frame whose checksum is wrong, because
// the end of the log may be half written; that is not damage unless a later
// transaction is in good order, since each is on the disk before the next one
// starts.
func checkLog(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fileError("read the log", err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no regular file")
	}
	sound := err != nil || logIsSound(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return fileError("read the log", err)
	}
	if !sound {
		return fmt.Errorf("storage: %w: its log is broken in the middle", errDamaged)
	}
	return nil
}

func logIsSound(log io.ReaderAt) bool {
	broken := false
	complete := 0 // transactions that ended since the first broken frame
	for frame := range logFrames(log) {
		broken = broken || !frame.right
		if broken && frame.right && frame.ends {
			// The first end may be that of the broken transaction itself.
			if complete++; complete > 1 {
				return false
			}
		}
	}
	return true
}

// frame is one page in the log.
type frame struct {
	page  uint32
	at    int64 // where its page lies
	ends  bool  // it ends a transaction
	inUse bool  // it is no remainder of an earlier log
	right bool  // it is in use and follows the one before by its checksum
}

// logFrames gives all whole frames of a log. What can't be read ends it.
func logFrames(log io.ReaderAt) iter.Seq[frame] {
	return func(yield func(frame) bool) {
		var head [walHeader]byte
		var data [frameHeader + pageSize]byte
		if _, err := log.ReadAt(head[:], 0); err != nil {
			return
		}
		magic := binary.BigEndian.Uint32(head[:])
		order := walOrder(magic)
		before := sums(order, [2]uint32{}, head[:24])
		follows := magic&^1 == walMagic && before == storedSums(head[24:])
		salt := string(head[16:24])
		if !follows {
			salt = firstSalt(log)
		}
		for at := int64(walHeader); ; at += int64(len(data)) {
			if _, err := log.ReadAt(data[:], at); err != nil {
				return
			}
			f := frame{
				page: binary.BigEndian.Uint32(data[:]), at: at + frameHeader,
				ends: binary.BigEndian.Uint32(data[4:]) != 0, inUse: string(data[8:16]) == salt,
			}
			stored := storedSums(data[16:])
			f.right = follows && f.inUse && stored == sums(order, sums(order, before, data[:8]), data[frameHeader:])
			before, follows = stored, true
			if !yield(f) {
				return
			}
		}
	}
}

// walOrder gives the order of bytes for checksums. A damaged magic number
// leaves the usual one.
func walOrder(magic uint32) binary.ByteOrder {
	if magic == walMagic|1 {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// sums goes on with the checksum of the log over data, whole pairs of words.
func sums(order binary.ByteOrder, s [2]uint32, data []byte) [2]uint32 {
	for ; len(data) >= 8; data = data[8:] {
		s[0] += order.Uint32(data) + s[1]
		s[1] += order.Uint32(data[4:]) + s[0]
	}
	return s
}

// storedSums reads a checksum, which is big-endian always.
func storedSums(data []byte) [2]uint32 {
	return [2]uint32{binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])}
}

// firstSalt gives what marks the frames in use, as the first of them has it,
// which stands in for a damaged header. Frames of an earlier log, with another
// mark, may follow the ones in use, and are all there is when a new log has no
// frame yet.
func firstSalt(log io.ReaderAt) string {
	var salt [8]byte
	if _, err := log.ReadAt(salt[:], walHeader+8); err != nil {
		return ""
	}
	return string(salt[:])
}
