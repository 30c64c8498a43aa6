package files

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"sluice/service"
	"sluice/service/download"
	"sluice/service/library"
	"sluice/service/pixeldrain"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/settings"
)

// hostileCount is how many files the hostile catalogue has.
const hostileCount = 20_000

// hostileParts are what hostile names are made of.
func hostileParts() []string {
	return []string{
		"report", "Füße", "Ελληνικά", "Русский", "שלום", "דוח 12", "تقرير", "می\u200cخواهم", "हिन्दी में", "ภาษาไทย", "漢字仮名", "한국어", "မြန်မာ",
		"😀", "👩\u200d👩\u200d👧", "👍🏽", "🇩🇪", "🏴\U000E0067\U000E0062\U000E007F", "\U0001FAE0", "❤\uFE0F", "𝔐𝔞𝔱𝔥", "\uE000", "\U000EFFFF", "\uFDD0",
		"e\u0301\u0323", "Z" + strings.Repeat("\u0301\u0316", 60), "\u0301", "\u200d", "\uFE0F",
		"\n", "\t", "\v", "\r\n", "\x00", "\x1b[31m", "\u0085", "\u2028", "\u202egpj.exe", "\u2066x\u2069", "\u200f", "\u200b", "\ufeff", "\u00ad", "\u3164", "\uFFFD",
		"../..", `..\..`, "/etc/passwd", `C:\x`, "a:b", "CON", "nul", "COM1", "lpt9", ".hidden", " lead", "trail ", "dots...", "~", "-rf", "$(x)", "%00", "%2e%2e",
		"<script>alert(1)</script>", `"><img src=x onerror=y>`, "&lt;&amp;", "](http://evil.example)", "![x](y)", "`c` **b** __u__", "[/url][b]x[/b]", "{url}{name}",
		`=cmd|' /C calc'!A0`, "+1", "-2+3", "@SUM(1)", ",;\"'", "https://evil.example/?a=b&c", "javascript:alert(1)", "?", "*", "|",
		strings.Repeat("x", 255), strings.Repeat("漢", 255), strings.Repeat("()", 127), strings.Repeat("א(", 120), strings.Repeat("👩\u200d👧", 60),
	}
}

// hostileListing is what a service lists that wants to do harm or is out of
// order, and how many files a client can make of it.
func hostileListing() (body []byte, files int) {
	r := rand.New(rand.NewPCG(4, 4)) //nolint:gosec // the same each time
	parts, endings := hostileParts(), []string{".png", ".jpg", ".pdf", ".tar.gz", ".exe", ".PNG\u202e", "", ".", ". ", ".\n"}
	odd := []func(map[string]any){
		func(f map[string]any) { f["size"] = 0 },
		func(f map[string]any) { f["size"] = int64(1 << 53) },
		func(f map[string]any) { f["size"] = -1 },
		func(f map[string]any) { f["size"] = 1e40 },
		func(f map[string]any) { f["size"] = "12" },
		func(f map[string]any) { f["views"], f["downloads"], f["bandwidth_used"] = int64(1<<62), -5, nil },
		func(f map[string]any) {
			f["date_upload"], f["date_last_view"] = "9999-12-31T23:59:59Z", "0001-01-02T00:00:00Z"
		},
		func(f map[string]any) { f["date_upload"] = "yesterday" },
		func(f map[string]any) { f["date_upload"] = 1700000000 },
		func(f map[string]any) { delete(f, "name"); delete(f, "mime_type"); delete(f, "size") },
		func(f map[string]any) { f["name"] = []any{1, "x"} },
		func(f map[string]any) { f["mime_type"], f["hash_sha256"] = "\u202eimage/png; x=\n", "zz" },
		func(f map[string]any) {
			f["availability"], f["availability_message"] = "x\n", strings.Repeat("why ", 500)
		},
		func(f map[string]any) { f["description"], f["thumbnail_href"] = "<b>\n\u202e", "//evil.example/x.png" },
		func(f map[string]any) { f["id"] = "twice" },
		func(f map[string]any) { f["id"] = f["id"].(string) + "/../,?#é\u202e\n" },
		func(f map[string]any) { f["id"] = 7 },
		func(f map[string]any) { delete(f, "id") },
	}
	ids := map[string]bool{}
	list := make([]string, 0, hostileCount+2)
	for i := range hostileCount {
		var name strings.Builder
		for range 1 + r.IntN(3) {
			name.WriteString(parts[r.IntN(len(parts))])
		}
		f := map[string]any{
			"id": fmt.Sprintf("h%d", i), "name": name.String() + endings[r.IntN(len(endings))], "size": r.IntN(1 << 30), "mime_type": "image/png",
			"date_upload": "2026-02-04T18:34:05Z",
		}
		if i%3 == 0 {
			odd[r.IntN(len(odd))](f)
		}
		if id, ok := f["id"].(string); ok {
			ids[id] = true
		}
		text, err := json.Marshal(f)
		if err != nil {
			panic(err)
		}
		list = append(list, string(text))
	}
	ids["s"], ids["b"] = true, true
	list = append(list, `{"id":"s","name":"\ud800\udfffx\udc00.png"}`, "{\"id\":\"b\",\"name\":\"\xff\xfe\xc3.png\"}", "null", "[]", "5")
	return []byte(`{"files":[` + strings.Join(list, ",") + `]}`), len(ids)
}

// hostileCatalogue lists them through the sandbox and the client.
func hostileCatalogue(t *testing.T) *library.Catalogue {
	t.Helper()
	body, files := hostileListing()
	server := sandboxtest.New(t)
	server.Inject(sandbox.Fault{Kind: sandbox.Answer, PathPrefix: "/api/user/files", Times: -1, Status: 200, Body: body, Type: "application/json"})
	client, err := pixeldrain.New(pixeldrain.Config{APIURL: server.APIURL(), Key: sandboxtest.Key})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	c := library.New(library.Config{})
	t.Cleanup(c.Close)
	status, news := c.Subscribe(t.Context())
	c.Use("hostile", client)
	for !status.Known && status.Problem == nil {
		list, err := news.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		status = list[len(list)-1]
	}
	if status.Problem != nil || status.Files != files {
		t.Fatalf("%d files of %d, %v", status.Files, files, status.Problem)
	}
	return c
}

// unseen reports characters that must not reach the screen: those that end the
// line, turn the text around, or hide.
func unseen(r rune) bool {
	return unicode.IsControl(r) || strings.ContainsRune("\u2028\u2029\u202A\u202B\u202D\u2066\u2067\u2068\u2069\u200B\uFEFF\u00AD", r)
}

// TestHostileCatalogue takes 20,000 files that nobody should have from the
// service's answer to all that is made of it.
func TestHostileCatalogue(t *testing.T) {
	c := hostileCatalogue(t)
	all := c.Find(library.Search{})
	t.Run("found", func(t *testing.T) { checkFound(t, c) })
	t.Run("drawn", func(t *testing.T) { checkDrawn(t, all) })
	t.Run("copied", func(t *testing.T) { checkCopied(t, all) })
	t.Run("listed", func(t *testing.T) { checkListed(t, all) })
	t.Run("saved", func(t *testing.T) { checkSaved(t, all) })
}

// checkFound: every file is found by its whole name, in every order, and no search fails.
func checkFound(t *testing.T, c *library.Catalogue) {
	t.Helper()
	all := c.Find(library.Search{})
	for i := 0; i < all.Len(); i += 97 {
		for _, text := range []string{all.Name(i), `"` + strings.ReplaceAll(all.Name(i), `"`, " ") + `"`, ">1GB " + all.Name(i)} {
			found := c.Find(library.Search{Query: library.ParseQuery(text, time.UTC), By: library.BySize})
			if found.Len() > all.Len() {
				t.Fatalf("%q finds %d", text, found.Len())
			}
		}
	}
	for _, o := range settings.FilesOrders() {
		by, down := field(o)
		l := c.Find(library.Search{By: by, Descending: down})
		seen := map[service.FileID]bool{}
		for i := range l.Len() {
			seen[l.ID(i)] = true
			if l.Index(l.ID(i)) != i {
				t.Fatalf("%s: file %d is at %d", o, i, l.Index(l.ID(i)))
			}
		}
		if len(seen) != all.Len() {
			t.Errorf("%s: %d of %d files", o, len(seen), all.Len())
		}
	}
	if _, ok := c.File("twice"); !ok || c.Find(library.Search{Query: library.ParseQuery(">=8PiB", time.UTC)}).Len() == 0 {
		t.Error("the file that was listed twice is not there, or the large ones are not")
	}
}

// checkDrawn: files have tiles and rows whose words fit and do no harm. Every
// fourth does: measuring is slow with the race detector.
func checkDrawn(t *testing.T, all *library.List) {
	t.Helper()
	files := make([]service.File, all.Len())
	for i := range files {
		files[i] = all.File(i)
	}
	d := newDesk(t, files...)
	look := newTile(d.tiles.look)
	rows := newRow(d.tiles.rows)
	rows.Resize(fyne.NewSize(700, rowHeight))
	for i := 0; i < len(files); i += 4 {
		f := files[i]
		look.show(&f, KindLabel(&f), nil)
		if i%16 == 0 {
			rows.show(&f, true, nil)
		}
		for _, text := range []string{look.name.Text, look.fact.Text, look.kind.Text, rows.words(), look.AccessibilityLabel()} {
			if look.name.Text == "" {
				t.Fatalf("%q is drawn as nothing", f.Name)
			}
			if !utf8.ValidString(text) || strings.ContainsFunc(text, unseen) {
				t.Fatalf("%q is drawn as %q", f.Name, text)
			}
		}
		if width := look.name.MinSize().Width; width > look.look.picture+1 {
			t.Fatalf("%q is drawn as %q, %v wide", f.Name, look.name.Text, width)
		}
	}
	w := fyne.CurrentApp().Driver().AllWindows()[0]
	for _, view := range []settings.FilesView{settings.FilesGrid, settings.FilesTable} {
		d.tiles.SetView(view)
		for at := 0; at < all.Len(); at += all.Len() / 8 {
			d.tiles.grid.ScrollTo(at)
			w.Canvas().Capture()
		}
	}
}

// checkCopied: links of all at once are a line each, whatever the format.
func checkCopied(t *testing.T, all *library.List) {
	t.Helper()
	links, err := service.NewLinks("https://pixeldrain.com/api")
	if err != nil {
		t.Fatal(err)
	}
	targets := make([]service.LinkTarget, all.Len())
	for i := range targets {
		f := all.File(i)
		targets[i] = service.LinkTarget{ID: f.ID, Name: f.Name, Size: f.Size}
	}
	for _, format := range service.LinkFormats() {
		text := links.Write(format, "{name}\t{url}\t{size}", targets)
		lines := strings.Split(text, "\n")
		if want := len(targets); len(lines) != want && (format != service.FormatTogether || len(lines) != 1) {
			t.Fatalf("%s: %d lines of %d", format, len(lines), want)
		}
		if bad := strings.IndexFunc(strings.NewReplacer("\n", "", "\t", "").Replace(text), func(r rune) bool { return unicode.IsControl(r) || r == '\u202e' }); bad >= 0 {
			t.Errorf("%s: a control character", format)
		}
		for i, line := range lines {
			if format != service.FormatTogether && !strings.Contains(line, links.File(targets[i].ID)) && !strings.Contains(line, links.Direct(targets[i].ID)) {
				t.Fatalf("%s: line %d is %q", format, i, line)
			}
		}
	}
}

// checkListed: the list as a table is a row a file, and no cell is a formula.
func checkListed(t *testing.T, all *library.List) {
	t.Helper()
	links, err := service.NewLinks("https://pixeldrain.com/api")
	if err != nil {
		t.Fatal(err)
	}
	files := func(yield func(service.File) bool) {
		for i := range all.Len() {
			if !yield(all.File(i)) {
				return
			}
		}
	}
	var table bytes.Buffer
	if _, err := library.WriteSheet(t.Context(), &table, links, files, func(int) {}); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&table).ReadAll()
	if err != nil || len(rows) != all.Len()+1 {
		t.Fatalf("%d rows of %d, %v", len(rows), all.Len()+1, err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Fatalf("the cell %q is a formula", cell)
			}
		}
	}
}

// checkSaved: each file can be saved in a folder, and in no other.
func checkSaved(t *testing.T, all *library.List) {
	t.Helper()
	folder := t.TempDir()
	for i := range all.Len() {
		name := all.Name(i)
		safe := download.SafeName(name)
		if !filepath.IsLocal(safe) || filepath.Base(safe) != safe || len(safe) > 255 || strings.ContainsFunc(safe, unseen) {
			t.Fatalf("%q is saved as %q", name, safe)
		}
		if i%20 == 0 {
			if err := os.WriteFile(filepath.Join(folder, safe), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
