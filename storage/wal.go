package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	sound, err := logIsSound(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return fileError("read the log", err)
	}
	if !sound {
		return fmt.Errorf("storage: %w: its log is broken in the middle", errDamaged)
	}
	return nil
}

func logIsSound(log io.ReaderAt) (bool, error) {
	var head [walHeader]byte
	var frame [frameHeader + pageSize]byte
	if _, err := log.ReadAt(head[:], 0); err != nil {
		return true, atEnd(err)
	}
	magic := binary.BigEndian.Uint32(head[:])
	order := walOrder(magic)
	before := sums(order, [2]uint32{}, head[:24])
	broken := magic&^1 != walMagic || before != storedSums(head[24:])
	salt := walSalt(log)
	complete := 0 // transactions that ended since the first broken frame
	for at := int64(walHeader); ; at += int64(len(frame)) {
		if _, err := log.ReadAt(frame[:], at); err != nil {
			return true, atEnd(err)
		}
		stored := storedSums(frame[16:])
		right := string(frame[8:16]) == salt && stored == sums(order, sums(order, before, frame[:8]), frame[frameHeader:])
		before = stored
		if !right {
			broken = true
		}
		if right && broken && binary.BigEndian.Uint32(frame[4:]) != 0 {
			// The first end may be that of the broken transaction itself.
			if complete++; complete > 1 {
				return false, nil
			}
		}
	}
}

// atEnd makes the end of the log no error.
func atEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
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

// walSalt gives what marks the frames in use; older ones may follow them. The
// first frame is always in use, so it stands in for a damaged header, and the
// header for a damaged first frame.
func walSalt(log io.ReaderAt) string {
	var data [walHeader + 2*(frameHeader+pageSize)]byte
	n, err := log.ReadAt(data[:], 0)
	if atEnd(err) != nil || n < walHeader+frameHeader {
		return ""
	}
	header, first := string(data[16:24]), string(data[walHeader+8:][:8])
	if second := string(data[walHeader+frameHeader+pageSize+8:][:8]); first != header && second == header {
		return header
	}
	return first
}
