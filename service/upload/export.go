package upload

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"sluice/service"
	"sluice/service/sheet"
)

// ExportFormat is how the history is written to a file.
type ExportFormat string

// The formats.
const (
	CSV  ExportFormat = "csv"  // with a line of titles
	JSON ExportFormat = "json" // one array
)

// exportPage is how many finished jobs are read at a time.
const exportPage = 500

// exported is one finished job in an export.
type exported struct {
	Name     string    `json:"name"`
	Path     string    `json:"path"`
	Size     int64     `json:"size"`
	State    string    `json:"state"`
	ID       string    `json:"id,omitempty"`
	URL      string    `json:"url,omitempty"`
	SHA256   string    `json:"sha256,omitempty"`
	Verified bool      `json:"verified"`
	Origin   string    `json:"origin"`
	Added    time.Time `json:"added"`
	Finished time.Time `json:"finished"`
	Error    string    `json:"error,omitempty"`
}

func exportedTitles() []string {
	return []string{"name", "path", "size", "state", "id", "url", "sha256", "verified", "origin", "added", "finished", "error"}
}

func (x *exported) fields() []string {
	return []string{
		x.Name, x.Path, strconv.FormatInt(x.Size, 10), x.State, x.ID, x.URL, x.SHA256, strconv.FormatBool(x.Verified),
		x.Origin, x.Added.Format(time.RFC3339), x.Finished.Format(time.RFC3339), x.Error,
	}
}

func exportedOf(j *Job) *exported {
	x := &exported{
		Name: j.Name, Path: j.Path, Size: j.Size, State: j.State.String(), ID: string(j.File), URL: j.Link,
		SHA256: j.SHA256, Verified: j.Verified, Origin: string(j.Origin), Added: j.Added.UTC(), Finished: j.Finished.UTC(),
	}
	if j.Err != nil {
		x.Error = j.Err.Kind.String()
		if j.Err.Value != "" {
			x.Error = j.Err.Value
		}
	}
	return x
}

// Export writes the finished jobs whose names match search, "" for all, those
// that ended last first. It fails with w's error or when the database can't be
// read; what was written then is not whole.
func (e *Engine) Export(ctx context.Context, w io.Writer, format ExportFormat, search string) error {
	out := bufio.NewWriter(w)
	begin := csvWriter
	if format == JSON {
		begin = jsonWriter
	}
	write, end := begin(out)
	for before := int64(0); ; {
		jobs, next, err := e.History(ctx, before, exportPage, search)
		if err != nil {
			return err
		}
		for i := range jobs {
			if err := write(exportedOf(&jobs[i])); err != nil {
				return service.AsError("export the history", err)
			}
		}
		if before = next; before == 0 {
			break
		}
	}
	if err := end(); err != nil {
		return service.AsError("export the history", err)
	}
	if err := out.Flush(); err != nil {
		return service.AsError("export the history", err)
	}
	return nil
}

// csvWriter gives what writes one job and what ends the file.
func csvWriter(out io.Writer) (write func(*exported) error, end func() error) {
	c, err := sheet.NewWriter(out, exportedTitles()...)
	return func(x *exported) error {
		if err != nil {
			return err
		}
		return c.Row(x.fields()...)
	}, c.Close
}

// jsonWriter gives what writes one job and what ends the file.
func jsonWriter(out io.Writer) (write func(*exported) error, end func() error) {
	separator := "[\n"
	return func(x *exported) error {
			text, err := json.Marshal(x)
			if err != nil {
				return err
			}
			if _, err := io.WriteString(out, separator); err != nil {
				return err
			}
			separator = ",\n"
			_, err = out.Write(text)
			return err
		}, func() error {
			if separator == "[\n" {
				separator = "["
			} else {
				separator = "\n"
			}
			_, err := io.WriteString(out, separator+"]\n")
			return err
		}
}
