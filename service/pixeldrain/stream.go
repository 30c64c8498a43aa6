package pixeldrain

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"sluice/service"
)

// stream decodes an object of which one field is a long array, one element at
// a time, and bounds what a single element may take.
type stream struct {
	src *budget
	dec *json.Decoder
	h   http.Header

	named, nameless bool // elements with and without an id were listed
}

// newStream reads r; no element may have more than entry bytes and all
// together no more than maxListing.
func newStream(h http.Header, r io.Reader, entry int64) *stream {
	src := &budget{r: r, entry: entry, left: entry, total: maxListing}
	return &stream{src: src, dec: json.NewDecoder(src), h: h}
}

// each calls element for every element of the array in the field of that name,
// and other for the value of every other field. It reads to the end of the
// answer. Errors of the two functions come back as they are.
func (s *stream) each(field string, element func() error, other func(name string, v json.RawMessage) error) error {
	found := false
	if err := s.open(); err != nil {
		return err
	}
	for s.dec.More() {
		name, err := s.dec.Token()
		if err != nil {
			return s.bad(err)
		}
		if name == field {
			found = true
			err = s.array(element)
		} else {
			err = s.value(name, other)
		}
		if err != nil {
			return err
		}
	}
	if _, err := s.dec.Token(); err != nil {
		return s.bad(err)
	}
	if err := s.rest(); err != nil {
		return err
	}
	if !found {
		return &answerError{reason: service.ReasonBadAnswer, cause: errors.New("no " + field)}
	}
	return nil
}

// open reads the start of the object.
func (s *stream) open() error {
	start, err := s.dec.Token()
	switch {
	case errors.Is(err, io.EOF):
		return &answerError{reason: service.ReasonEmptyAnswer}
	case err != nil:
		return s.bad(err)
	case start != json.Delim('{'):
		return &answerError{reason: service.ReasonBadAnswer, cause: errors.New("no object")}
	}
	return nil
}

func (s *stream) array(element func() error) error {
	start, err := s.dec.Token()
	if err != nil {
		return s.bad(err)
	}
	if start == nil { // null: none
		return nil
	}
	if start != json.Delim('[') {
		return &answerError{reason: service.ReasonBadAnswer, cause: errors.New("no array")}
	}
	for s.dec.More() {
		if err := element(); err != nil {
			return err
		}
		s.src.left = s.src.entry
	}
	if _, err = s.dec.Token(); err != nil {
		return s.bad(err)
	}
	return nil
}

func (s *stream) value(name json.Token, other func(string, json.RawMessage) error) error {
	var v json.RawMessage
	if err := s.dec.Decode(&v); err != nil {
		return s.bad(err)
	}
	s.src.left = s.src.entry
	text, _ := name.(string) // the decoder has no other names
	return other(text, v)
}

// rest makes sure that only white space follows, and reads to the end, so that
// the connection can be used again.
func (s *stream) rest() error {
	if _, err := s.dec.Token(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errors.New("more than one value")
		}
		return s.bad(err)
	}
	return nil
}

// bad makes the error of what the decoder could not read.
func (s *stream) bad(err error) error {
	if s.src.err != nil { // the decoder's own error would only say that the end came early
		return s.src.err
	}
	if isHTML(s.h, s.src.head) {
		return &answerError{reason: service.ReasonHTML}
	}
	return badJSON(err)
}

// decodeInto decodes one element.
func (s *stream) decodeInto(v any) error {
	if err := s.dec.Decode(v); err != nil {
		return s.bad(err)
	}
	return nil
}

// budget is a reader that gives up when a part of the answer gets too large.
type budget struct {
	r     io.Reader
	entry int64  // bytes an element may have
	left  int64  // of the current element
	total int64  // left of everything
	head  []byte // the first bytes, to recognise a web page
	err   error  // why reading failed; io.EOF is none
}

func (b *budget) Read(p []byte) (int, error) {
	const shown = 512
	if b.left <= 0 || b.total <= 0 {
		b.err = errHuge
		return 0, errHuge
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	b.total -= int64(n)
	if len(b.head) < shown {
		b.head = append(b.head, bytes.Clone(p[:min(n, shown-len(b.head))])...)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}
