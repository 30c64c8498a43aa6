package pixeldrain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"

	"sluice/service"
)

// Rename gives a file of the account another name. The method is beyond the API
// document (in practice, "Beyond the document"): a service without it gives Kind
// Invalid with ReasonNoMethod, and CanRename no longer holds. Names that no
// service takes are refused without asking.
func (c *Client) Rename(ctx context.Context, id service.FileID, name string) error {
	const op = "rename file"
	bad := checkID(id)
	if bad == nil {
		bad = checkName(name)
	}
	if bad != nil {
		bad.Op = op
		return bad
	}
	body, contentType, err := renameForm(name)
	if err != nil {
		return &service.Error{Op: op, Kind: service.Internal, Err: err}
	}
	r := c.request(ctx, http.MethodPost, "/file/"+escape(string(id)), body)
	r.Header.Set("Content-Type", contentType)
	err = c.ask(op, r, confirmed)
	if c.lacksMethod(ctx, err, id) {
		c.renameless.Store(true)
		e := service.AsError(op, err)
		return &service.Error{Op: op, Path: e.Path, Kind: service.Invalid, Value: service.ReasonNoMethod, Status: e.Status, Err: err}
	}
	return err
}

// CanRename reports whether the service may have a method for Rename: until it
// has refused one as unknown.
func (c *Client) CanRename() bool { return !c.renameless.Load() }

// renameForm is the body of a rename.
func renameForm(name string) (body []byte, contentType string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := errors.Join(w.WriteField("action", "rename"), w.WriteField("name", name), w.Close()); err != nil {
		return nil, "", fmt.Errorf("form: %w", err)
	}
	return b.Bytes(), w.FormDataContentType(), nil
}

// lacksMethod reports whether an answer means that the service has no such
// method. 404 means that as well as a file that is gone; asking for the file
// tells.
func (c *Client) lacksMethod(ctx context.Context, err error, id service.FileID) bool {
	e, ok := errors.AsType[*service.Error](err)
	if !ok {
		return false
	}
	switch e.Status {
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	case http.StatusNotFound:
		_, err := c.Info(ctx, id)
		return err == nil
	}
	return false
}
