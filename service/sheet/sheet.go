// Package sheet writes tables that spreadsheets open (CSV), whatever strangers
// have put into the cells.
package sheet

import (
	"encoding/csv"
	"io"
	"strings"
)

// mark tells spreadsheets that a file is in UTF-8: without it some read names in
// the encoding of the computer's language.
const mark = "\uFEFF"

// Writer writes a table row by row, in UTF-8 with a byte order mark.
type Writer struct {
	csv   *csv.Writer
	cells []string
}

// NewWriter begins a table with a line of titles. Close ends it.
func NewWriter(w io.Writer, titles ...string) (*Writer, error) {
	out := &Writer{csv: csv.NewWriter(w)}
	if _, err := io.WriteString(w, mark); err != nil {
		return out, err
	}
	return out, out.csv.Write(titles)
}

// Row writes one row.
func (w *Writer) Row(cells ...string) error {
	w.cells = w.cells[:0]
	for _, c := range cells {
		w.cells = append(w.cells, Cell(c))
	}
	return w.csv.Write(w.cells)
}

// Close writes what is still to be written. It does not close what is below.
func (w *Writer) Close() error {
	w.csv.Flush()
	return w.csv.Error()
}

// Cell makes a text safe for a cell: what a spreadsheet would take for a formula
// gets an apostrophe before it, and what is not UTF-8 becomes so.
func Cell(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if text != "" && strings.IndexByte("=+-@\t\r", text[0]) >= 0 {
		return "'" + text
	}
	return text
}
