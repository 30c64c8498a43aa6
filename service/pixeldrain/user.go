package pixeldrain

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"sluice/service"
)

// Files lists all files of the account, in the service's order (API document,
// "Get User Files").
func (c *Client) Files(ctx context.Context) ([]service.File, error) {
	var files []service.File
	err := c.EachFile(ctx, func(f service.File) error {
		files = append(files, f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return files, nil
}

// EachFile calls f for every file of the account while the listing is being
// read, on the caller's goroutine (API document, "Get User Files"). It ends
// with f's first error, as it is. When it fails, f may have been called for a
// part of the files. A file whose fields are not what they should be comes
// without these; one without an id is left out, but a listing of only such is
// an error.
func (c *Client) EachFile(ctx context.Context, f func(service.File) error) error {
	var own error
	err := c.listing(ctx, "list files", "/user/files", "files", maxEntry, func(s *stream) error {
		file, err := s.listed()
		if err != nil || file.ID == "" {
			return err
		}
		own = f(file)
		return own
	})
	if own != nil {
		return own
	}
	return err
}

// Albums lists all albums of the account. Their files are mostly not told,
// only how many there are (API document, "Get User Lists").
func (c *Client) Albums(ctx context.Context) ([]service.Album, error) {
	var albums []service.Album
	err := c.listing(ctx, "list albums", "/user/lists", "lists", maxListEntry, func(s *stream) error {
		var w struct {
			wireList

			Files []wireFile `json:"files"`
		}
		if err := s.decodeInto(&w); err != nil {
			return err
		}
		files := make([]service.File, len(w.Files))
		for i := range w.Files {
			f, err := w.Files[i].file()
			if err != nil {
				return err
			}
			files[i] = f
		}
		album, err := w.album(files)
		albums = append(albums, album)
		return err
	})
	if err != nil {
		return nil, err
	}
	return albums, nil
}

// listing streams the array in the field of an answer.
func (c *Client) listing(ctx context.Context, op, path, field string, entry int64, element func(*stream) error) error {
	r := c.request(ctx, http.MethodGet, path, nil)
	return c.ask(op, r, func(resp *http.Response) error {
		s := newStream(resp.Header, resp.Body, entry)
		fields := make(fields)
		err := s.each(field, func() error { return element(s) }, fields.keep)
		if err == nil && s.nameless && !s.named {
			err = errNoID
		}
		if refusal := fields.refusal(); refusal != nil {
			return refusal
		}
		return err
	})
}

// User tells of the account behind the key. It is beyond the API document: a
// service without that method gives Known=false and no error.
func (c *Client) User(ctx context.Context) (service.User, error) {
	const op = "get account"
	r := c.request(ctx, http.MethodGet, "/user", nil)
	var w wireUser
	err := c.ask(op, r, func(resp *http.Response) error { return decode(resp, maxSmall, &w) })
	if e, ok := errors.AsType[*service.Error](err); ok {
		switch e.Status {
		case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
			return service.User{}, nil
		}
	}
	if err != nil {
		return service.User{}, err
	}
	return w.user(), nil
}

// errNoID is what is wrong with a listing of files without ids.
var errNoID = &answerError{reason: service.ReasonBadAnswer, cause: errors.New("a file without an id")}

// listed decodes one file of a listing as far as it can be; without an id it is
// none.
func (s *stream) listed() (service.File, error) {
	var w wireFile
	err := s.dec.Decode(&w)
	if _, odd := errors.AsType[*json.UnmarshalTypeError](err); err != nil && !odd { // the decoder goes on behind an odd field
		return service.File{}, s.bad(err)
	}
	if w.ID == "" {
		s.nameless = true
		return service.File{}, nil
	}
	s.named = true
	w.Size = max(w.Size, 0)
	return w.file()
}

// file decodes one file of a listing.
func (s *stream) file() (service.File, error) {
	var w wireFile
	if err := s.decodeInto(&w); err != nil {
		return service.File{}, err
	}
	return w.file()
}

// fields collects the short fields of an object whose array is streamed.
type fields map[string]json.RawMessage

// keep has no use for more names than any answer has.
func (f fields) keep(name string, v json.RawMessage) error {
	const most = 64
	if len(f) < most {
		f[name] = v
	}
	return nil
}

func (f fields) into(v any) error {
	data, err := json.Marshal(map[string]json.RawMessage(f))
	if err == nil {
		err = json.Unmarshal(data, v)
	}
	if err != nil {
		return badJSON(err)
	}
	return nil
}

// refusal gives the failure that the fields tell of, or nil.
func (f fields) refusal() error {
	var env envelope
	if err := f.into(&env); err == nil && env.refused() && env.Value != "" {
		return env.asError(http.StatusOK)
	}
	return nil
}
