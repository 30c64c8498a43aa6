package pixeldrain

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"mime"
	"strings"
	"time"

	"sluice/service"
)

// wireTime is a date of an answer: RFC 3339 in any precision. Whatever else it
// may be, and the year 1, mean none.
type wireTime struct{ time.Time }

// UnmarshalJSON reads the date; it never fails.
func (t *wireTime) UnmarshalJSON(data []byte) error {
	t.Time = time.Time{}
	var text string
	if plain := bytes.Trim(data, `"`); len(plain) == len(data)-2 && bytes.IndexByte(plain, '\\') < 0 {
		text = string(plain) // the usual case: nothing is escaped
	} else if err := json.Unmarshal(data, &text); err != nil {
		return nil //nolint:nilerr // no date
	}
	t.parse(text)
	return nil
}

func (t *wireTime) parse(text string) {
	t.Time = time.Time{}
	if at, err := time.Parse(time.RFC3339, strings.ToUpper(text)); err == nil && at.Year() > 1 {
		t.Time = at
	}
}

// wireFile is a file as answers tell of it, in both dialects (API document,
// "Get File Info", and the files of "Get List Info").
type wireFile struct {
	Success             *bool    `json:"success"`
	Value               string   `json:"value"`
	ID                  string   `json:"id"`
	Name                string   `json:"name"`
	Size                int64    `json:"size"`
	Views               int64    `json:"views"`
	Downloads           int64    `json:"downloads"`
	BandwidthUsed       int64    `json:"bandwidth_used"`
	BandwidthUsedPaid   int64    `json:"bandwidth_used_paid"`
	DateUpload          wireTime `json:"date_upload"`
	DateCreated         wireTime `json:"date_created"`
	DateLastView        wireTime `json:"date_last_view"`
	MimeType            string   `json:"mime_type"`
	ThumbnailHref       string   `json:"thumbnail_href"`
	HashSHA256          string   `json:"hash_sha256"`
	CanEdit             bool     `json:"can_edit"`
	Description         string   `json:"description"`
	Availability        string   `json:"availability"`
	AvailabilityMessage string   `json:"availability_message"`
}

func (w *wireFile) file() (service.File, error) {
	if w.ID == "" {
		return service.File{}, errNoID
	}
	if w.Size < 0 {
		return service.File{}, &answerError{reason: service.ReasonBadAnswer, cause: errors.New("a negative size")}
	}
	f := service.File{
		ID: service.FileID(w.ID), Name: w.Name, Size: w.Size, Views: max(w.Views, 0), Downloads: max(w.Downloads, 0),
		BandwidthUsed: max(w.BandwidthUsed, 0), BandwidthUsedPaid: max(w.BandwidthUsedPaid, 0),
		Uploaded: w.DateUpload.Time, LastView: w.DateLastView.Time, MIME: plainMIME(w.MimeType),
		ThumbnailHref: w.ThumbnailHref, SHA256: plainHash(w.HashSHA256), CanEdit: w.CanEdit,
		Description: w.Description, Availability: w.Availability, AvailabilityMessage: w.AvailabilityMessage,
	}
	if f.Uploaded.IsZero() {
		f.Uploaded = w.DateCreated.Time
	}
	if w.Success != nil && !*w.Success && f.Availability == "" {
		f.Availability = orDefault(w.Value, "not_found")
	}
	return f, nil
}

// plainMIME gives a type in lower case without parameters.
func plainMIME(t string) string {
	if kind, _, err := mime.ParseMediaType(t); err == nil {
		return kind
	}
	kind, _, _ := strings.Cut(t, ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// plainHash gives a SHA-256 in lower case, empty when it is none.
func plainHash(h string) string {
	if raw, err := hex.DecodeString(h); err != nil || len(raw) != 32 {
		return ""
	}
	return strings.ToLower(h)
}

// wireList is an album without its files (API document, "Get List Info").
type wireList struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	DateCreated wireTime `json:"date_created"`
	FileCount   *int     `json:"file_count"`
	CanEdit     bool     `json:"can_edit"`
}

func (w *wireList) album(files []service.File) (service.Album, error) {
	if w.ID == "" {
		return service.Album{}, &answerError{reason: service.ReasonBadAnswer, cause: errors.New("an album without an id")}
	}
	a := service.Album{
		ID: service.AlbumID(w.ID), Title: w.Title, Created: w.DateCreated.Time, CanEdit: w.CanEdit,
		Count: len(files), Files: files,
	}
	if w.FileCount != nil {
		a.Count = max(*w.FileCount, len(files))
	}
	return a, nil
}

// wireUser is the account (beyond the API document).
type wireUser struct {
	Username     string `json:"username"`
	CanUpload    *bool  `json:"can_upload"`
	Subscription *struct {
		Name          string `json:"name"`
		FileSizeLimit int64  `json:"file_size_limit"`
		StorageSpace  int64  `json:"storage_space"`
	} `json:"subscription"`
	StorageSpaceUsed int64 `json:"storage_space_used"`
	FileCount        int64 `json:"file_count"`
}

func (w *wireUser) user() service.User {
	u := service.User{
		Known: true, Name: w.Username, CanUpload: w.CanUpload == nil || *w.CanUpload,
		FileSizeLimit: service.Unlimited, StorageSpace: service.Unlimited,
		StorageUsed: max(w.StorageSpaceUsed, 0), FileCount: max(w.FileCount, 0),
	}
	if s := w.Subscription; s != nil {
		u.Plan = s.Name
		if s.FileSizeLimit > 0 { // 0 would forbid every upload: not told
			u.FileSizeLimit = s.FileSizeLimit
		}
		if s.StorageSpace > 0 {
			u.StorageSpace = s.StorageSpace
		}
	}
	return u
}
