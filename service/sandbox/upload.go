package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"unicode/utf8"

	"sluice/service"
)

// putFile is "Upload File (PUT)". Whatever can be refused by the header alone
// is refused before the body is read.
func (s *Server) putFile(c *call, name string) error {
	if err := c.needAccount(); err != nil {
		return err
	}
	if err := s.checkName(name); err != nil {
		return err
	}
	if err := s.checkSize(c.r.ContentLength); err != nil {
		return err
	}
	defer s.uploading()()
	in, err := s.receive(c.body, c.spoils())
	if err != nil {
		return err
	}
	r, err := s.keep(c.who, in, name)
	if err != nil {
		return err
	}
	if s.cfg.Dialect == Dialect2020 {
		return c.answer(http.StatusCreated, map[string]any{"id": r.ID})
	}
	return c.answer(http.StatusCreated, s.fileInfo(r, c.who))
}

// uploading counts an upload that begins and gives the function that counts
// its end.
func (s *Server) uploading() func() {
	s.count.update(func(st *Stats) { st.Uploads++ })
	return func() { s.count.update(func(st *Stats) { st.Uploads-- }) }
}

// checkName refuses names that the service refuses.
func (s *Server) checkName(name string) error {
	switch {
	case name == "":
		return refuse(http.StatusBadRequest, "missing_field", "The file needs a name.")
	case !utf8.ValidString(name) || strings.ContainsRune(name, 0):
		return refuse(http.StatusUnprocessableEntity, "name_contains_illegal_character", "The name is not text.")
	case utf8.RuneCountInString(name) <= service.MaxNameLength:
		return nil
	case s.cfg.Dialect == Dialect2020:
		return refuse(http.StatusRequestEntityTooLarge, "name_too_long", "A name has at most 255 characters.")
	}
	return errOutOfRange("A name has at most 255 characters.")
}

func errOutOfRange(message string) *refusal {
	return refuse(http.StatusUnprocessableEntity, "string_out_of_range", message)
}

func errNoFile() *refusal {
	return refuse(http.StatusUnprocessableEntity, "no_file", "The file does not exist or is empty.")
}

func (s *Server) errTooLarge() *refusal {
	return refuse(http.StatusRequestEntityTooLarge, "file_too_large",
		fmt.Sprintf("The file is over your plan's limit of %d bytes.", s.cfg.MaxFileSize))
}

// checkSize refuses a body by its declared length; below 0 it is not known.
func (s *Server) checkSize(length int64) error {
	switch {
	case length == 0:
		return errNoFile()
	case length > s.cfg.MaxFileSize:
		return s.errTooLarge()
	}
	return nil
}

// incoming is an upload's contents once they are in.
type incoming struct {
	path string // empty when contents are not kept
	size int64
	sha  string
	head []byte // the first bytes, to tell the type by
}

// remove gives up what came in.
func (in *incoming) remove(log *slog.Logger) {
	if in.path == "" {
		return
	}
	if err := os.Remove(in.path); err != nil && !errors.Is(err, os.ErrNotExist) {
		log.Error("unfinished upload cannot be removed", slog.Any("error", err))
	}
}

// receiver takes contents in: hashed, counted, and written unless discarded.
type receiver struct {
	file *os.File // nil when contents are not kept
	hash hash.Hash
	head []byte
	size int64
}

// Write is io.Writer's.
func (r *receiver) Write(p []byte) (int, error) {
	if need := 512 - len(r.head); need > 0 {
		r.head = append(r.head, p[:min(need, len(p))]...)
	}
	_, _ = r.hash.Write(p) // a hash never fails
	r.size += int64(len(p))
	if r.file == nil {
		return len(p), nil
	}
	return r.file.Write(p)
}

// receive takes a file's contents from a body. What it wrote is removed again
// unless it succeeds. With spoil the first byte is taken wrong.
func (s *Server) receive(from io.Reader, spoil bool) (incoming, error) {
	to := &receiver{hash: sha256.New()}
	if !s.cfg.Discard {
		f, err := s.store.blobs.create()
		if err != nil {
			return incoming{}, errWriting()
		}
		to.file = f
	}
	err := s.transfer(to, from, spoil)
	in := incoming{size: to.size, sha: hex.EncodeToString(to.hash.Sum(nil)), head: to.head}
	if to.file == nil {
		return in, err
	}
	in.path = to.file.Name()
	if cerr := to.file.Close(); err == nil && cerr != nil {
		err = errWriting()
	}
	if err != nil {
		in.remove(s.cfg.Logger)
	}
	return in, err
}

// transfer copies in large steps and turns what can go wrong into answers.
func (s *Server) transfer(to *receiver, from io.Reader, spoil bool) error {
	buffer := s.buffers.Get().(*uploadBuffer)
	defer s.buffers.Put(buffer)
	for {
		n, err := fill(from, buffer[:])
		if to.size+int64(n) > s.cfg.MaxFileSize {
			return s.errTooLarge()
		}
		if n > 0 && to.size == 0 && spoil {
			buffer[0] ^= 1
		}
		if _, werr := to.Write(buffer[:n]); werr != nil {
			return errWriting()
		}
		if errors.Is(err, io.EOF) {
			if to.size == 0 {
				return errNoFile()
			}
			return nil
		}
		if err != nil {
			return bodyError(err)
		}
	}
}

// uploadBuffer is what one upload reads into.
type uploadBuffer [256 << 10]byte

// fill reads until p is full or the reader ends; unlike io.ReadFull it leaves
// the reader's error as it is.
func fill(from io.Reader, p []byte) (int, error) {
	n := 0
	for n < len(p) {
		m, err := from.Read(p[n:])
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// bodyError says how a body that cannot be read is answered. Faults pass.
func bodyError(err error) error {
	if _, ok := errors.AsType[*refusal](err); ok || errors.Is(err, errCut) {
		return err
	}
	return refuse(http.StatusBadRequest, "error_reading_input", "The upload ended before it was complete.")
}

func errWriting() *refusal {
	return refuse(http.StatusInternalServerError, "writing", "The disk cannot be written.")
}

// keep makes what came in a file of an account.
func (s *Server) keep(who account, in incoming, name string) (record, error) {
	now := s.now()
	r := record{
		Owner: who, Name: name, Size: in.size, SHA256: in.sha, MIME: mimeType(name, in.head),
		Uploaded: now, Discarded: in.path == "",
	}
	r, err := s.store.add(r, in.path)
	if err == nil {
		s.count.update(func(st *Stats) { st.Stored++ })
		return r, nil
	}
	in.remove(s.cfg.Logger)
	if errors.Is(err, errFull) {
		return r, refuse(http.StatusBadRequest, "user_out_of_space", "Your account is full.")
	}
	s.cfg.Logger.Error("upload cannot be stored", slog.Any("error", err))
	return r, errWriting()
}
