package sandbox

import (
	"io"
	"net/http"
	"strings"
	"time"

	"sluice/service"
)

// The most ids that one info call may name.
const (
	maxInfoIDs2020 = 1000
	maxInfoIDs2026 = 100
)

// fileInfo is a file as answers describe it (API document, "Get File Info").
type fileInfo struct {
	ID            service.FileID `json:"id"`
	Name          string         `json:"name"`
	Size          int64          `json:"size"`
	Views         int64          `json:"views"`
	Bandwidth     int64          `json:"bandwidth_used"`
	BandwidthPaid int64          `json:"bandwidth_used_paid"`
	Downloads     int64          `json:"downloads"`
	Uploaded      time.Time      `json:"date_upload"`
	LastView      time.Time      `json:"date_last_view"`
	MIME          string         `json:"mime_type"`
	Thumbnail     string         `json:"thumbnail_href"`
	SHA256        string         `json:"hash_sha256"`
	CanEdit       bool           `json:"can_edit"`
	*newerInfo
}

// newerInfo is what the newer service adds.
type newerInfo struct {
	Success      bool      `json:"success"`
	Availability string    `json:"availability"`
	Message      string    `json:"availability_message"`
	AbuseType    string    `json:"abuse_type"`
	CanDownload  bool      `json:"can_download"`
	DeleteDate   time.Time `json:"delete_after_date"`
	DeleteCount  int       `json:"delete_after_downloads"`
	ShowAds      bool      `json:"show_ads"`
	SpeedLimit   int64     `json:"download_speed_limit"`
}

// fileInfo describes a file to who.
func (s *Server) fileInfo(r record, who account) fileInfo {
	info := fileInfo{
		ID: r.ID, Name: r.Name, Size: r.Size, Views: r.Views, Bandwidth: r.Bandwidth, Downloads: r.Downloads,
		Uploaded: r.Uploaded, LastView: r.LastView, MIME: r.MIME, Thumbnail: thumbnailHref(r.ID),
		SHA256: s.store.hash(r), CanEdit: who != "" && who == r.Owner,
	}
	if s.cfg.Dialect == Dialect2020 {
		info.MIME, _, _ = strings.Cut(r.MIME, ";")
		if info.LastView.IsZero() {
			info.LastView = r.Uploaded
		}
		return info
	}
	info.newerInfo = &newerInfo{
		Success: true, Availability: r.Obstacle, Message: r.Message,
		CanDownload: r.Obstacle == "" || info.CanEdit,
	}
	return info
}

func thumbnailHref(id service.FileID) string { return "/file/" + string(id) + "/thumbnail" }

// getInfo is "Get File Info": one id gives an object, several an array from
// which missing files are left out.
func (s *Server) getInfo(c *call, ids string) error {
	if !strings.Contains(ids, ",") {
		r, err := s.store.file(service.FileID(ids))
		if err != nil {
			return s.notFound("file")
		}
		return c.answer(http.StatusOK, s.fileInfo(r, c.who))
	}
	list := strings.Split(ids, ",")
	switch {
	case s.cfg.Dialect == Dialect2020 && len(list) > maxInfoIDs2020:
		return refuse(http.StatusRequestEntityTooLarge, "too_many_files", "At most 1000 ids at a time.")
	case s.cfg.Dialect == Dialect2026 && len(list) > maxInfoIDs2026:
		return errOutOfRange("At most 100 ids at a time.")
	}
	infos := []fileInfo{}
	for _, id := range list {
		if r, err := s.store.file(service.FileID(id)); err == nil {
			infos = append(infos, s.fileInfo(r, c.who))
		}
	}
	if len(infos) == 0 {
		return s.notFound("file")
	}
	return c.answer(http.StatusOK, infos)
}

// deleteFile is "Delete File".
func (s *Server) deleteFile(c *call, id string) error {
	if err := c.needAccount(); err != nil {
		return err
	}
	err := s.store.drop(service.FileID(id), func(r record) error { return c.mayEdit(r) })
	if err != nil {
		return s.missing(err, "file")
	}
	s.thumbs.forget(service.FileID(id))
	value := "ok"
	if s.cfg.Dialect == Dialect2020 {
		value = "file_deleted"
	}
	return c.done(value, "The file has been deleted.")
}

// done is the answer of a method that has nothing to tell.
func (c *call) done(value, message string) error {
	return c.answer(http.StatusOK, map[string]any{"success": true, "value": value, "message": message})
}

func (c *call) mayEdit(r record) error {
	if r.Owner != c.who {
		return errNotYours()
	}
	return nil
}

// renameFile is beyond the API document: POST /file/{id} with the form fields
// action=rename and name.
func (s *Server) renameFile(c *call, id string) error {
	if err := c.needAccount(); err != nil {
		return err
	}
	c.r.Body = http.MaxBytesReader(nil, io.NopCloser(c.body), maxFormExtra)
	if err := c.r.ParseMultipartForm(maxFormExtra); err != nil {
		return bodyError(err)
	}
	name := c.r.PostFormValue("name")
	if action := c.r.PostFormValue("action"); action != "rename" {
		return refuse(http.StatusBadRequest, "missing_field", "The only action is rename.")
	}
	if err := s.checkName(name); err != nil {
		return err
	}
	_, err := s.store.change(service.FileID(id), func(r *record) error {
		r.Name = name
		return c.mayEdit(*r)
	})
	if err != nil {
		return s.missing(err, "file")
	}
	return c.done("ok", "The file has been renamed.")
}
