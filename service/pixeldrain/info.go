package pixeldrain

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"sluice/service"
)

// maxIDsLength bounds the address of one info call.
const maxIDsLength = 4000

// Info tells of one file (API document, "Get File Info"). A missing one is
// Kind NotFound.
func (c *Client) Info(ctx context.Context, id service.FileID) (service.File, error) {
	const op = "get file info"
	if err := checkID(id); err != nil {
		err.Op = op
		return service.File{}, err
	}
	r := c.request(ctx, http.MethodGet, "/file/"+escape(string(id))+"/info", nil)
	var f service.File
	err := c.ask(op, r, func(resp *http.Response) error {
		var w wireFile
		if err := decode(resp, maxSmall, &w); err != nil {
			return err
		}
		var err error
		f, err = w.file()
		return err
	})
	if err != nil {
		return service.File{}, err
	}
	return f, nil
}

// Infos tells of any number of files, in the order of ids and each once. Files
// that the service does not have are left out (API document, "Get File Info").
func (c *Client) Infos(ctx context.Context, ids []service.FileID) ([]service.File, error) {
	for _, id := range ids {
		if err := checkID(id); err != nil {
			err.Op = "get file infos"
			return nil, err
		}
	}
	found := make(map[service.FileID]service.File, len(ids))
	for rest := ids; len(rest) > 0; {
		n := chunk(rest)
		if err := c.infos(ctx, rest[:n], found); err != nil {
			return nil, err
		}
		rest = rest[n:]
	}
	files := make([]service.File, 0, len(found))
	for _, id := range ids {
		if f, ok := found[id]; ok {
			files = append(files, f)
			delete(found, id)
		}
	}
	return files, nil
}

// chunk gives how many of the first ids one call takes.
func chunk(ids []service.FileID) int {
	length := 0
	for i, id := range ids[:min(len(ids), service.MaxInfoIDs)] {
		length += len(escape(string(id))) + 1
		if i > 0 && length > maxIDsLength {
			return i
		}
	}
	return min(len(ids), service.MaxInfoIDs)
}

func (c *Client) infos(ctx context.Context, ids []service.FileID, found map[service.FileID]service.File) error {
	const op = "get file infos"
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = escape(string(id))
	}
	r := c.request(ctx, http.MethodGet, "/file/"+strings.Join(parts, ",")+"/info", nil)
	err := c.ask(op, r, func(resp *http.Response) error {
		var answer oneOrMany
		if err := decode(resp, maxInfos, &answer); err != nil {
			return err
		}
		for i := range answer {
			f, err := answer[i].file()
			if err != nil {
				return err
			}
			if slices.Contains(ids, f.ID) {
				found[f.ID] = f
			}
		}
		return nil
	})
	if e, ok := errors.AsType[*service.Error](err); ok && e.Status == http.StatusNotFound && e.Value != service.ReasonHTML {
		return nil // none of them is there
	}
	return err
}

// oneOrMany is the answer to an info call: an array, or the file itself when
// one id was asked for.
type oneOrMany []wireFile

// UnmarshalJSON reads either.
func (o *oneOrMany) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte("{")) {
		*o = make([]wireFile, 1)
		return json.Unmarshal(data, &(*o)[0])
	}
	return json.Unmarshal(data, (*[]wireFile)(o))
}

// Delete deletes a file of the account (API document, "Delete File").
func (c *Client) Delete(ctx context.Context, id service.FileID) error {
	const op = "delete file"
	if err := checkID(id); err != nil {
		err.Op = op
		return err
	}
	r := c.request(ctx, http.MethodDelete, "/file/"+escape(string(id)), nil)
	return c.ask(op, r, confirmed)
}

// confirmed reads a success of which only the status matters. It may be empty,
// but a web page does not come from the service.
func confirmed(resp *http.Response) error {
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxSmall))
	if err != nil {
		return err
	}
	var whatever json.RawMessage
	if err := unmarshal(resp.Header, data, &whatever); err != nil && len(bytes.TrimSpace(data)) > 0 {
		return err
	}
	return nil
}
