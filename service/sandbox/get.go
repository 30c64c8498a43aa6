package sandbox

import (
	"log/slog"
	"mime"
	"net/http"
	"strings"

	"sluice/service"
)

// getFile is "Get File", with byte ranges. Without ?download it counts as a
// view, with it as a download; both once per address, and only from the first
// byte on.
func (s *Server) getFile(c *call, id string) error {
	if strings.Contains(id, ",") {
		return s.filesZip(c, strings.Split(id, ","))
	}
	r, err := s.store.file(service.FileID(id))
	if err != nil {
		return s.notFound("file")
	}
	if r.Obstacle != "" && c.who != r.Owner {
		return obstacle(r)
	}
	contents, err := s.store.open(r)
	if err != nil {
		s.cfg.Logger.Error("contents cannot be opened", slog.Any("error", err))
		return errInternal("The contents of this file are not there.")
	}
	defer func() { _ = contents.Close() }() // only read from
	_, attachment := c.r.URL.Query()["download"]
	h := c.w.Header()
	h.Set("Content-Type", r.MIME)
	h.Set("Content-Disposition", disposition(r.Name, attachment))
	h.Set("ETag", `"`+s.store.hash(r)+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox") // a page that was uploaded runs no script here
	http.ServeContent(c.w, c.r, "", r.Uploaded, contents)
	if c.r.Method == http.MethodGet && c.w.status < http.StatusMultipleChoices {
		s.countGet(c, r.ID, attachment)
	}
	return nil
}

// obstacle is the refusal of a file that has one.
func obstacle(r record) error {
	status := http.StatusForbidden
	if r.Obstacle == "unavailable_for_legal_reasons" {
		status = http.StatusUnavailableForLegalReasons
	}
	return refuse(status, r.Obstacle, r.Message)
}

// countGet notes what was sent of a file.
func (s *Server) countGet(c *call, id service.FileID, attachment bool) {
	from := c.r.Header.Get("Range")
	start := c.w.status == http.StatusOK || strings.HasPrefix(from, "bytes=0-")
	_, err := s.store.change(id, func(r *record) error {
		r.Bandwidth += c.w.n
		switch {
		case start && attachment:
			r.taken(c.remote(), s.now())
		case start:
			r.viewed(c.remote(), s.now())
		}
		return nil
	})
	if err != nil { // the file may be gone by now; what was sent stays sent
		s.cfg.Logger.Debug("download is not counted", slog.Any("error", err))
	}
}

// disposition is the Content-Disposition of a file; names in any script pass.
func disposition(name string, attachment bool) string {
	kind := "inline"
	if attachment {
		kind = "attachment"
	}
	if d := mime.FormatMediaType(kind, map[string]string{"filename": name}); d != "" {
		return d
	}
	return kind
}
