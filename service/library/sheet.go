package library

import (
	"bufio"
	"context"
	"io"
	"iter"
	"strconv"
	"time"

	"sluice/service"
	"sluice/service/sheet"
)

// sheetPause is after how many files WriteSheet tells how far it is.
const sheetPause = 1000

// WriteSheet writes files as a table for spreadsheets (CSV in UTF-8, with a line
// of titles): what it is called, its id and link, size in bytes, type, when it
// was uploaded (RFC 3339, UTC), views, downloads, SHA-256. It tells now and then
// how many are written, gives that number, and ends when ctx does.
func WriteSheet(ctx context.Context, w io.Writer, links service.Links, files iter.Seq[service.File], told func(written int)) (written int, err error) {
	out := bufio.NewWriter(w)
	rows, err := sheet.NewWriter(out, "name", "id", "link", "size", "type", "uploaded", "views", "downloads", "sha256")
	if err != nil {
		return 0, err
	}
	for f := range files {
		if written%sheetPause == 0 {
			if ctx.Err() != nil {
				return written, ctx.Err()
			}
			told(written)
		}
		uploaded := ""
		if !f.Uploaded.IsZero() {
			uploaded = f.Uploaded.UTC().Format(time.RFC3339)
		}
		err := rows.Row(f.Name, string(f.ID), links.File(f.ID), strconv.FormatInt(f.Size, 10), f.MIME, uploaded,
			strconv.FormatInt(f.Views, 10), strconv.FormatInt(f.Downloads, 10), f.SHA256)
		if err != nil {
			return written, err
		}
		written++
	}
	if err := rows.Close(); err != nil {
		return written, err
	}
	return written, out.Flush()
}
