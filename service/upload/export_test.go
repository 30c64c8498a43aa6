package upload_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"sluice/service/upload"
)

func TestExport(t *testing.T) {
	r := newRig(t)
	for _, format := range []upload.ExportFormat{upload.CSV, upload.JSON} {
		var b bytes.Buffer
		must(t, r.engine.Export(t.Context(), &b, format, ""))
		if text := b.String(); format == upload.JSON && text != "[]\n" || format == upload.CSV && bytes.Count(b.Bytes(), []byte("\n")) != 1 {
			t.Errorf("%s of nothing: %q", format, text)
		}
	}
	var paths []string
	for i := range 700 { // more than a page
		paths = append(paths, r.file(fmt.Sprintf("empty %d", i), 0))
	}
	paths = append(paths, r.file("=quote \" comma, line\n=1", 10))
	jobs := r.send(paths...)
	good := jobs[len(jobs)-1]

	var b bytes.Buffer
	must(t, r.engine.Export(t.Context(), &b, upload.CSV, ""))
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 702 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if row := rows[1]; row[0] != "'"+good.Name || row[5] != good.Link || row[6] != good.SHA256 || row[3] != "uploaded" {
		t.Errorf("the last that ended: %q", row)
	}
	if row := rows[2]; row[3] != "failed" || row[11] != "empty_file" {
		t.Errorf("one that failed: %q", row)
	}

	b.Reset()
	must(t, r.engine.Export(t.Context(), &b, upload.JSON, "quote"))
	var all []map[string]any
	if err := json.Unmarshal(b.Bytes(), &all); err != nil || len(all) != 1 {
		t.Fatalf("%v in %s", err, &b)
	}
	if all[0]["url"] != good.Link || all[0]["verified"] != true || all[0]["size"] != 10.0 {
		t.Errorf("got %v", all[0])
	}
}

type fullDisk struct{}

var errFull = errors.New("full")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestExportTellsOfAFullDisk(t *testing.T) {
	r := newRig(t)
	r.send(r.file("empty", 0))
	for _, format := range []upload.ExportFormat{upload.CSV, upload.JSON} {
		if err := r.engine.Export(t.Context(), fullDisk{}, format, ""); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", format, err)
		}
	}
}
