package pixeldrain

import (
	"context"
	"encoding/json"
	"net/http"
	"unicode/utf8"

	"sluice/service"
)

// CreateAlbum makes an album of files, in order (API document, "Create List").
// What is over the limits is refused without asking, with the service's value.
func (c *Client) CreateAlbum(ctx context.Context, album service.NewAlbum) (service.AlbumID, error) {
	const op = "create album"
	if err := checkAlbum(album); err != nil {
		err.Op, err.Path = op, "/list"
		return "", err
	}
	body, err := json.Marshal(newWireAlbum(album))
	if err != nil {
		return "", &service.Error{Op: op, Path: "/list", Kind: service.Invalid, Err: err}
	}
	r := c.request(ctx, http.MethodPost, "/list", body)
	r.Header.Set("Content-Type", "application/json")
	var made service.Album
	err = c.ask(op, r, func(resp *http.Response) error {
		var w wireList
		if err := decode(resp, maxSmall, &w); err != nil {
			return err
		}
		made, err = w.album(nil)
		return err
	})
	if err != nil {
		return "", err
	}
	return made.ID, nil
}

func checkAlbum(album service.NewAlbum) *service.Error {
	switch {
	case len(album.Files) == 0:
		return &service.Error{Kind: service.Invalid, Value: "cannot_create_empty_list"}
	case len(album.Files) > service.MaxAlbumFiles:
		return &service.Error{Kind: service.TooLarge, Value: "too_many_files"}
	case utf8.RuneCountInString(album.Title) > service.MaxTitleLength:
		return &service.Error{Kind: service.TooLarge, Value: "title_too_long"}
	}
	for _, f := range album.Files {
		if err := checkID(f.ID); err != nil {
			return err
		}
		if utf8.RuneCountInString(f.Description) > service.MaxDescriptionLength {
			return &service.Error{Kind: service.TooLarge, Value: "description_too_long"}
		}
	}
	return nil
}

// wireAlbum is the body of "Create List".
type wireAlbum struct {
	Title     string      `json:"title,omitempty"` // without one the service chooses
	Anonymous bool        `json:"anonymous"`
	Files     []wireEntry `json:"files"`
}

type wireEntry struct {
	ID          service.FileID `json:"id"`
	Description string         `json:"description,omitempty"`
}

func newWireAlbum(album service.NewAlbum) wireAlbum {
	w := wireAlbum{Title: album.Title, Anonymous: album.Anonymous, Files: make([]wireEntry, len(album.Files))}
	for i, f := range album.Files {
		w.Files[i] = wireEntry(f)
	}
	return w
}

// Album tells of an album and its files, in order (API document, "Get List
// Info"). A missing one is Kind NotFound.
func (c *Client) Album(ctx context.Context, id service.AlbumID) (service.Album, error) {
	const op = "get album"
	if err := checkID(id); err != nil {
		err.Op = op
		return service.Album{}, err
	}
	r := c.request(ctx, http.MethodGet, "/list/"+escape(string(id)), nil)
	var album service.Album
	err := c.ask(op, r, func(resp *http.Response) (err error) {
		album, err = readAlbum(resp)
		return err
	})
	if err != nil {
		return service.Album{}, err
	}
	return album, nil
}

func readAlbum(resp *http.Response) (service.Album, error) {
	var files []service.File
	s := newStream(resp.Header, resp.Body, maxEntry)
	fields := make(fields)
	err := s.each("files", func() error {
		f, err := s.file()
		files = append(files, f)
		return err
	}, fields.keep)
	if refusal := fields.refusal(); refusal != nil {
		return service.Album{}, refusal
	}
	if err != nil {
		return service.Album{}, err
	}
	var w wireList
	if err := fields.into(&w); err != nil {
		return service.Album{}, err
	}
	return w.album(files)
}
