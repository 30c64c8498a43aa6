//go:build realwindow

package realwindow

import (
	"context"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"

	"github.com/jezek/xgb/xproto"

	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

// TestBrowse goes through the files of an account: sorts and searches, selects
// with Ctrl and Shift, copies links as Markdown, deletes, and takes that back.
func TestBrowse(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	server := sandboxtest.New(t, func(c *sandbox.Config) { c.Files = 300 })
	r := d.start(ctx, t, []string{"SLUICE_API_URL=" + server.APIURL(), "SLUICE_API_KEY=" + sessionKey})
	r.open(ctx, t, "Files")
	r.awaitText(ctx, t, "Search 300 files")
	r.picture(ctx, t, "files")

	r.click(ctx, t, "Newest first")
	r.click(ctx, t, "Largest first")
	r.click(ctx, t, "Search 300 files")
	if err := r.Type(ctx, "type:image jp"); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, fmt.Sprintf("Images %d", pictures(server, "jp"))) // the whole search has been answered
	r.selectTiles(ctx, t)
	r.awaitText(ctx, t, "3 files ·")
	r.picture(ctx, t, "selected")

	r.click(ctx, t, "Copy links")
	r.click(ctx, t, "Markdown")
	text, err := d.display.AwaitClipboard(ctx, func(s string) bool { return strings.Count(s, "\n") == 2 })
	if err != nil {
		t.Fatal(err)
	}
	names := markdownNames(t, server.URL(), text)
	r.sure(ctx, t)
	r.click(ctx, t, "Undo") // at once: it goes away
	r.awaitText(ctx, t, "3 files ·")
	before := listing(ctx, t, server.APIURL())
	for _, name := range names {
		if len(before[name]) == 0 {
			t.Errorf("%q was deleted in spite of Undo", name)
		}
	}

	r.sure(ctx, t)
	r.awaitText(ctx, t, "Undo")
	r.glimpse(t, "undo")
	r.awaitText(ctx, t, "3 files deleted")
	after := listing(ctx, t, server.APIURL())
	for _, name := range names {
		if len(after[name]) != len(before[name])-1 {
			t.Errorf("%q is there %d times, before %d times", name, len(after[name]), len(before[name]))
		}
	}
	if count(after) != 297 {
		t.Errorf("%d files are left", count(after))
	}
	r.quit(ctx, t)
}

// selectTiles selects three files with Shift, takes the middle one out with Ctrl,
// and adds another.
func (r *running) selectTiles(ctx context.Context, t *testing.T) {
	t.Helper()
	for _, c := range []struct {
		modifier xproto.Keysym
		tile     int
	}{{0, 8}, {KeyShift, 6}, {KeyCtrl, 7}, {KeyCtrl, 1}} {
		click := r.Click
		if c.modifier != 0 {
			click = func(ctx context.Context, at image.Point) error { return r.ClickHolding(ctx, c.modifier, at) }
		}
		if err := click(ctx, r.tile(c.tile)); err != nil {
			t.Fatal(err)
		}
	}
}

// pictures counts the pictures of a service with a word in their names.
func pictures(server *sandbox.Server, word string) int {
	n := 0
	for _, f := range server.Files() {
		if strings.HasPrefix(f.MIME, "image/") && strings.Contains(strings.ToLower(f.Name), word) {
			n++
		}
	}
	return n
}

// sure deletes what is selected.
func (r *running) sure(ctx context.Context, t *testing.T) {
	t.Helper()
	r.click(ctx, t, "Delete…")
	if err := r.Click(ctx, r.agree(r.awaitText(ctx, t, "Keep"))); err != nil {
		t.Fatal(err)
	}
}

// markdownNames gives the names of links on a service.
func markdownNames(t *testing.T, service, text string) []string {
	t.Helper()
	var names []string
	for line := range strings.Lines(text) {
		name, address, ok := strings.Cut(strings.TrimSuffix(strings.TrimSpace(line), ")"), "]("+service+"/u/")
		if !ok || address == "" || !strings.HasPrefix(name, "[") {
			t.Errorf("%q is no link of %s in Markdown", line, service)
		}
		names = append(names, strings.NewReplacer(`\[`, "[", `\]`, "]", `\\`, `\`).Replace(name[1:]))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func count(byName map[string][]string) int {
	n := 0
	for _, sums := range byName {
		n += len(sums)
	}
	return n
}
