package library

import (
	"context"
	"encoding/csv"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/service"
)

func sheetLinks(t *testing.T) service.Links {
	t.Helper()
	links, err := service.NewLinks("https://pixeldrain.com/api")
	if err != nil {
		t.Fatal(err)
	}
	return links
}

func TestWriteSheet(t *testing.T) {
	files := []service.File{
		{
			ID: "-abc", Name: "=HYPERLINK(\"x\"), ümlaut\n.txt", Size: 1 << 53, MIME: "text/plain", Views: 12, Downloads: 3, SHA256: "e3b0",
			Uploaded: time.Date(2026, 2, 28, 9, 40, 1, 5, time.FixedZone("", 3600)),
		},
		{ID: "def", Name: "b"},
	}
	var b strings.Builder
	if n, err := WriteSheet(t.Context(), &b, sheetLinks(t), slices.Values(files), func(int) {}); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.String(), "\uFEFF"))).ReadAll()
	want := [][]string{
		{"name", "id", "link", "size", "type", "uploaded", "views", "downloads", "sha256"},
		{
			"'=HYPERLINK(\"x\"), ümlaut\n.txt", "'-abc", "https://pixeldrain.com/u/-abc", "9007199254740992", "text/plain",
			"2026-02-28T08:40:01Z", "12", "3", "e3b0",
		},
		{"b", "def", "https://pixeldrain.com/u/def", "0", "", "", "0", "0", ""},
	}
	if err != nil || !slices.EqualFunc(rows, want, slices.Equal) {
		t.Errorf("%q, %v", rows, err)
	}
}

// endlessFiles gives n files without holding them.
func endlessFiles(n int) iter.Seq[service.File] {
	return func(yield func(service.File) bool) {
		for range n {
			if !yield(service.File{ID: "abc", Name: "a name.txt"}) {
				return
			}
		}
	}
}

func TestWriteSheetTellsAndStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	told := 0
	_, err := WriteSheet(ctx, &strings.Builder{}, sheetLinks(t), endlessFiles(1_000_000), func(n int) {
		if told = n; n >= 5000 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || told != 5000 {
		t.Errorf("%v after %d", err, told)
	}
}
