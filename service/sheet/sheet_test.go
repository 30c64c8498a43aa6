package sheet_test

import (
	"encoding/csv"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"sluice/service/sheet"
)

func TestCell(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a.txt": "a.txt", "1": "1", " =1": " =1", "'x": "'x", "é.txt": "é.txt",
		"=1+1": "'=1+1", "+49": "'+49", "-draft.txt": "'-draft.txt", "@SUM(A1)": "'@SUM(A1)",
		"\t=1": "'\t=1", "\r=1": "'\r=1", "\xff=": "\uFFFD=",
	} {
		if got := sheet.Cell(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// Whatever stands in the cells, as many rows and cells come back, and no cell
// begins like a formula.
func FuzzWriter(f *testing.F) {
	f.Add("=cmd|' /C calc'!A0", "a,\"b\"\r\nc")
	f.Add("\xff\xfe", "-1")
	f.Fuzz(func(t *testing.T, one, two string) {
		var b strings.Builder
		w, err := sheet.NewWriter(&b, "one", "two")
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := w.Row(one, two); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if !utf8.ValidString(b.String()) {
			t.Errorf("%q is not UTF-8", b.String())
		}
		text, marked := strings.CutPrefix(b.String(), "\uFEFF")
		if !marked || strings.Contains(text[:len("one,two\n")], "\uFEFF") {
			t.Fatalf("%q does not begin with one byte order mark", b.String())
		}
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || len(rows) != 3 || !slices.Equal(rows[1], rows[2]) || len(rows[1]) != 2 {
			t.Fatalf("%q is read as %q, %v", b.String(), rows, err)
		}
		for _, cell := range rows[1] {
			if strings.Trim(cell[:min(1, len(cell))], "=+-@\t\r") == "" && cell != "" {
				t.Errorf("a cell is %q", cell)
			}
		}
	})
}

type broken struct{}

var errBroken = errors.New("broken")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestWriterTellsOfFailures(t *testing.T) {
	w, err := sheet.NewWriter(broken{}, "title")
	for range 1000 { // more than is kept before it is written
		err = errors.Join(err, w.Row("some text"))
	}
	if err := errors.Join(err, w.Close()); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}
