package sandbox

import (
	"fmt"
	"io"
)

// each gives the files of an account, uploads in order of arrival first, then
// made-up ones. "" means every account. Changes during the walk may or may
// not show.
func (st *store) each(who account, yield func(record) bool) {
	st.mu.RLock()
	uploads := bySeq(st.files, func(r *record) bool { return r.Made == 0 && (who == "" || r.Owner == who) })
	st.mu.RUnlock()
	for _, r := range uploads {
		if !yield(*r) {
			return
		}
	}
	if who != "" && who != firstAccount {
		return
	}
	for n := range st.gallery.count {
		if r, ok := st.made(n); ok && !yield(r) {
			return
		}
	}
}

// made gives a made-up file's record unless it was deleted.
func (st *store) made(n int) (record, bool) {
	st.mu.RLock()
	defer st.mu.RUnlock()
	if st.gone[n] {
		return record{}, false
	}
	if st.touched > 0 {
		if r := st.files[st.gallery.id(n)]; r != nil {
			return *r, true
		}
	}
	return st.gallery.record(n), true
}

// usage gives the bytes and the number of files that an account holds.
func (st *store) usage(who account) (size, number int64) {
	st.mu.RLock()
	defer st.mu.RUnlock()
	for _, r := range st.files {
		if r.Made == 0 && r.Owner == who {
			size += r.Size
			number++
		}
	}
	if who != firstAccount {
		return size, number
	}
	for n := range st.gallery.count {
		if !st.gone[n] {
			size += st.gallery.size(n)
			number++
		}
	}
	return size, number
}

// open gives a file's contents.
func (st *store) open(r record) (io.ReadSeekCloser, error) {
	if r.Made > 0 {
		return st.gallery.open(r.Made - 1), nil
	}
	if r.Discarded {
		return nil, fmt.Errorf("the contents of %s were not kept", r.ID)
	}
	return st.blobs.open(r.ID)
}

// hash gives a file's SHA-256; a made-up file's is found out when asked for.
func (st *store) hash(r record) string {
	if r.Made > 0 {
		return st.gallery.hash(r.Made - 1)
	}
	return r.SHA256
}
