package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
	"unicode/utf8"

	"sluice/service"
)

// maxListBody bounds a list's JSON, in bytes: the largest list there can be
// (10,000 descriptions of 3,000 characters, each character escaped) and some.
const maxListBody = 512 << 20

// newList is what a request says a list is to be.
type newList struct {
	Title     string `json:"title"`
	Anonymous bool   `json:"anonymous"`
	Files     []struct {
		ID          service.FileID `json:"id"`
		Description string         `json:"description"`
	} `json:"files"`
}

// createList is "Create List".
func (s *Server) createList(c *call) error {
	if err := c.needAccount(); err != nil {
		return err
	}
	a, anonymous, err := s.readList(c)
	if err != nil {
		return err
	}
	a.Created = s.now()
	if !anonymous {
		a.Owner = c.who
	}
	if a, err = s.store.addList(a); err != nil {
		return err
	}
	status := http.StatusCreated
	if s.cfg.Dialect == Dialect2020 {
		status = http.StatusOK
	}
	return c.answer(status, map[string]any{"success": true, "id": a.ID})
}

// readList reads a list from a request and checks it.
func (s *Server) readList(c *call) (a album, anonymous bool, err error) {
	var want newList
	if c.r.ContentLength > maxListBody {
		return a, false, errTooMany()
	}
	raw, err := io.ReadAll(http.MaxBytesReader(nil, io.NopCloser(c.body), maxListBody))
	if _, huge := errors.AsType[*http.MaxBytesError](err); huge {
		return a, false, errTooMany()
	}
	if err != nil {
		return a, false, bodyError(err)
	}
	if err := json.Unmarshal(raw, &want); err != nil {
		return a, false, refuse(http.StatusUnprocessableEntity, "json_parse_failed", "The list is not the JSON that is needed.")
	}
	if err := s.checkList(want); err != nil {
		return a, false, err
	}
	a.Title = want.Title
	if a.Title == "" {
		a.Title = "Pixeldrain List"
	}
	a.Files = make([]albumFile, len(want.Files))
	for i, f := range want.Files {
		a.Files[i] = albumFile{ID: f.ID, Description: f.Description}
	}
	return a, want.Anonymous, nil
}

func errTooMany() *refusal {
	return refuse(http.StatusRequestEntityTooLarge, "too_many_files", "A list has at most 10000 files.")
}

// checkList applies the limits of a list, then looks for its files.
func (s *Server) checkList(want newList) error {
	switch {
	case len(want.Files) == 0:
		return refuse(http.StatusUnprocessableEntity, "cannot_create_empty_list", "A list needs a file.")
	case len(want.Files) > service.MaxAlbumFiles:
		return errTooMany()
	case utf8.RuneCountInString(want.Title) > service.MaxTitleLength:
		return refuse(http.StatusRequestEntityTooLarge, "title_too_long", "A title has at most 300 characters.")
	}
	for _, f := range want.Files {
		if utf8.RuneCountInString(f.Description) > service.MaxDescriptionLength {
			return refuse(http.StatusRequestEntityTooLarge, "description_too_long", "A description has at most 3000 characters.")
		}
	}
	for _, f := range want.Files {
		if _, err := s.store.file(f.ID); err != nil {
			no := refuse(http.StatusUnprocessableEntity, "list_file_not_found", fmt.Sprintf("There is no file %q.", f.ID))
			no.extra = map[string]any{"file_not_found": f.ID}
			return no
		}
	}
	return nil
}

// listInfo is a list as answers describe it (API document, "Get List Info").
type listInfo struct {
	Success bool            `json:"success"`
	ID      service.AlbumID `json:"id"`
	Title   string          `json:"title"`
	Created time.Time       `json:"date_created"`
	Files   any             `json:"files"`
	*newerListInfo
}

// newerListInfo is what the newer service adds.
type newerListInfo struct {
	FileCount int  `json:"file_count"`
	CanEdit   bool `json:"can_edit"`
}

// listInfo describes a list to who, without its files.
func (s *Server) listInfo(a album, who account) listInfo {
	return listInfo{
		Success: true, ID: a.ID, Title: a.Title, Created: a.Created,
		newerListInfo: &newerListInfo{FileCount: len(a.Files), CanEdit: who != "" && who == a.Owner},
	}
}

// listFile2020 is a file inside a list as the API document has it.
type listFile2020 struct {
	Detail      string         `json:"detail_href"`
	Description string         `json:"description"`
	Success     bool           `json:"success"`
	ID          service.FileID `json:"id"`
	Name        string         `json:"name"`
	Size        int64          `json:"size"`
	Created     time.Time      `json:"date_created"`
	LastView    time.Time      `json:"date_last_view"`
	MIME        string         `json:"mime_type"`
	Views       int64          `json:"views"`
	Bandwidth   int64          `json:"bandwidth_used"`
	Thumbnail   string         `json:"thumbnail_href"`
}

// listFile2026 is a file inside a list of the newer service.
type listFile2026 struct {
	Detail      string `json:"detail_href"`
	Description string `json:"description"`
	fileInfo
}

// listFile describes a file inside a list.
func (s *Server) listFile(r record, description string, who account) any {
	info := s.fileInfo(r, who)
	detail := "/file/" + string(r.ID) + "/info"
	if s.cfg.Dialect == Dialect2026 {
		return listFile2026{Detail: detail, Description: description, fileInfo: info}
	}
	return listFile2020{
		Detail: detail, Description: description, Success: true, ID: r.ID, Name: r.Name, Size: r.Size,
		Created: info.Uploaded, LastView: info.LastView, MIME: info.MIME, Views: r.Views, Bandwidth: r.Bandwidth,
		Thumbnail: info.Thumbnail,
	}
}

// getList is "Get List Info". Files that were deleted since are left out.
func (s *Server) getList(c *call, id string) error {
	a, err := s.store.list(service.AlbumID(id))
	if err != nil {
		return s.notFound("list")
	}
	info := s.listInfo(a, c.who)
	if s.cfg.Dialect == Dialect2020 {
		info.newerListInfo = nil
	}
	files := []any{}
	for _, f := range a.Files {
		if r, err := s.store.file(f.ID); err == nil {
			files = append(files, s.listFile(r, f.Description, c.who))
		}
	}
	info.Files = files
	return c.answer(http.StatusOK, info)
}

// replaceList is beyond the API document: PUT /list/{id} gives a list another
// title and other files. Descriptions that are not sent are lost.
func (s *Server) replaceList(c *call, id string) error {
	if err := c.needAccount(); err != nil {
		return err
	}
	if err := s.mayEditList(c, id); err != nil {
		return err
	}
	fresh, _, err := s.readList(c)
	if err != nil {
		return err
	}
	err = s.store.changeList(service.AlbumID(id), func(a *album) error {
		a.Title, a.Files = fresh.Title, fresh.Files
		return nil
	})
	if err != nil {
		return s.missing(err, "list")
	}
	return c.answer(http.StatusOK, map[string]any{"success": true, "id": id})
}

// deleteList is beyond the API document.
func (s *Server) deleteList(c *call, id string) error {
	if err := c.needAccount(); err != nil {
		return err
	}
	if err := s.mayEditList(c, id); err != nil {
		return err
	}
	if err := s.store.dropList(service.AlbumID(id)); err != nil {
		return s.missing(err, "list")
	}
	return c.done("ok", "The list has been deleted.")
}

// mayEditList refuses who does not own the list.
func (s *Server) mayEditList(c *call, id string) error {
	a, err := s.store.list(service.AlbumID(id))
	if err != nil {
		return s.notFound("list")
	}
	if a.Owner != c.who {
		return errNotYours()
	}
	return nil
}

// missing turns errAbsent into the API's answer.
func (s *Server) missing(err error, what string) error {
	if errors.Is(err, errAbsent) {
		return s.notFound(what)
	}
	return err
}
