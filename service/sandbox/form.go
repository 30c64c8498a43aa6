package sandbox

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
)

// maxField bounds what a form's text field can take, in bytes: four for each
// character of the longest name, and some.
const maxField = 2048

// maxFormExtra is how much larger than its file a form may be, in bytes.
const maxFormExtra = 64 << 10

// postFile is "Upload File (POST - Multipart)". The name may come before or
// after the file; what comes before is checked before the file is read.
func (s *Server) postFile(c *call) error {
	if err := c.needAccount(); err != nil {
		return err
	}
	if c.r.ContentLength > s.cfg.MaxFileSize+maxFormExtra {
		return s.errTooLarge()
	}
	parts, err := c.form()
	if err != nil {
		return err
	}
	defer s.uploading()()
	u := formUpload{s: s, c: c}
	defer u.discard()
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return bodyError(err)
		}
		if err := u.take(part); err != nil {
			return err
		}
	}
	r, err := u.finish()
	if err != nil {
		return err
	}
	if s.cfg.Dialect == Dialect2020 {
		return c.answer(http.StatusOK, map[string]any{"success": true, "id": r.ID})
	}
	return c.answer(http.StatusCreated, s.fileInfo(r, c.who))
}

// form gives the parts of a multipart request.
func (c *call) form() (*multipart.Reader, error) {
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil, refuse(http.StatusBadRequest, "error_reading_input", "A form in multipart/form-data is needed.")
	}
	return multipart.NewReader(c.body, params["boundary"]), nil
}

// formUpload gathers a form's name and file.
type formUpload struct {
	s        *Server
	c        *call
	name     string // the field "name"
	fileName string // the file part's own
	file     *incoming
}

// take looks at one part. Parts that the API does not know are ignored.
func (u *formUpload) take(part *multipart.Part) error {
	switch part.FormName() {
	case "name":
		name, err := readField(part)
		if err != nil {
			return err
		}
		if name != "" {
			u.name = name
			return u.s.checkName(name)
		}
	case "file":
		if u.file != nil {
			return refuse(http.StatusBadRequest, "too_many_files", "One file at a time.")
		}
		u.fileName = partFileName(part)
		if u.name == "" && u.fileName != "" {
			if err := u.s.checkName(u.fileName); err != nil {
				return err
			}
		}
		in, err := u.s.receive(part, u.c.spoils())
		if err != nil {
			return err
		}
		u.file = &in
	}
	return nil
}

// finish stores the file under its name.
func (u *formUpload) finish() (record, error) {
	if u.file == nil {
		return record{}, errNoFile()
	}
	if u.name == "" {
		u.name = u.fileName
	}
	if err := u.s.checkName(u.name); err != nil {
		return record{}, err
	}
	in := *u.file
	u.file = nil
	return u.s.keep(u.c.who, in, u.name)
}

// discard removes a file that was taken in but not stored.
func (u *formUpload) discard() {
	if u.file != nil {
		u.file.remove(u.s.cfg.Logger)
	}
}

// readField reads a text field.
func readField(part *multipart.Part) (string, error) {
	b, err := io.ReadAll(io.LimitReader(part, maxField+1))
	if err != nil {
		return "", bodyError(err)
	}
	if len(b) > maxField {
		return "", errOutOfRange("A field of the form is too long.")
	}
	return string(b), nil
}

// partFileName is a part's file name as it was sent: multipart.Part.FileName
// would cut it at slashes.
func partFileName(part *multipart.Part) string {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return params["filename"]
}
