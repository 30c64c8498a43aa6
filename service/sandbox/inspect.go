package sandbox

import (
	"fmt"
	"io"

	"sluice/service"
)

// Files gives every file of every account: uploads in order of arrival, then
// the made-up ones.
func (s *Server) Files() []service.File {
	files := []service.File{}
	s.store.each("", func(r record) bool {
		files = append(files, s.describe(r))
		return true
	})
	return files
}

// Uploads gives the files that were uploaded, in order of arrival.
func (s *Server) Uploads() []service.File {
	files := []service.File{}
	s.store.each("", func(r record) bool {
		if r.Made == 0 {
			files = append(files, s.describe(r))
		}
		return r.Made == 0
	})
	return files
}

// File gives one file.
func (s *Server) File(id service.FileID) (service.File, error) {
	r, err := s.store.file(id)
	if err != nil {
		return service.File{}, fmt.Errorf("sandbox: %s: %w", id, err)
	}
	return s.describe(r), nil
}

// describe gives a record in the words of the client, as its owner sees it.
func (s *Server) describe(r record) service.File {
	info := s.fileInfo(r, r.Owner)
	return service.File{
		ID: r.ID, Name: r.Name, Size: r.Size, Views: r.Views, Downloads: r.Downloads, BandwidthUsed: r.Bandwidth,
		Uploaded: r.Uploaded, LastView: r.LastView, MIME: info.MIME, ThumbnailHref: info.Thumbnail,
		SHA256: info.SHA256, CanEdit: true, Availability: r.Obstacle, AvailabilityMessage: r.Message,
	}
}

// Albums gives every album of every account and the anonymous ones, in order
// of creation, with what their files were when they were added: id and
// description.
func (s *Server) Albums() []service.Album {
	var albums []service.Album
	s.store.eachList(func(a album) {
		out := service.Album{ID: a.ID, Title: a.Title, Created: a.Created, Count: len(a.Files), CanEdit: a.Owner != ""}
		for _, f := range a.Files {
			out.Files = append(out.Files, service.File{ID: f.ID, Description: f.Description})
		}
		albums = append(albums, out)
	})
	return albums
}

// Content gives the bytes that the server keeps for a file.
func (s *Server) Content(id service.FileID) ([]byte, error) {
	r, err := s.store.file(id)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %s: %w", id, err)
	}
	contents, err := s.store.open(r)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	defer func() { _ = contents.Close() }() // only read from
	return io.ReadAll(contents)
}

// Add stores a file in the first account without a request.
func (s *Server) Add(name string, contents io.Reader) (service.File, error) {
	if err := s.checkName(name); err != nil {
		return service.File{}, fmt.Errorf("sandbox: %w", err)
	}
	in, err := s.receive(contents, false)
	if err != nil {
		return service.File{}, fmt.Errorf("sandbox: %w", err)
	}
	r, err := s.keep(firstAccount, in, name)
	if err != nil {
		return service.File{}, fmt.Errorf("sandbox: %w", err)
	}
	return s.describe(r), nil
}

// SetObstacle puts an API value ("file_rate_limited_captcha_required",
// "virus_detected_captcha_required", …) in the way of everybody's downloads of
// a file but its owner's; an empty value takes it away.
func (s *Server) SetObstacle(id service.FileID, value, message string) error {
	_, err := s.store.change(id, func(r *record) error {
		r.Obstacle, r.Message = value, message
		return nil
	})
	return err
}
