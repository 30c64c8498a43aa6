//go:build realwindow

package realwindow

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"image"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

// TestDownload brings a file of the account back although the connection is cut
// three times and the program killed in between. Then the link of an album is
// pasted, and its files go into a folder of its title.
func TestDownload(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	server := sandboxtest.New(t)
	const name, size = "Füße & 100% #1 talk.mkv", 16_000_000
	f := added(t, server, name, size)
	ofContent := func(r *http.Request) bool {
		return r.Method == http.MethodGet && r.URL.Path == "/api/file/"+string(f.ID)
	}
	cuts := server.Inject(sandbox.Fault{Kind: sandbox.CutBody, Match: ofContent, After: 3_000_000, Times: 3})
	stall := server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Match: ofContent, After: 2_000_000, Times: -1})
	env := []string{"SLUICE_API_URL=" + server.APIURL(), "SLUICE_API_KEY=" + sandboxtest.Key}
	folder := filepath.Join(d.home, "home", "Downloads")

	r := d.start(ctx, t, env)
	r.open(ctx, t, "Files")
	r.awaitText(ctx, t, "Search 1 file")
	if err := r.Click(ctx, r.tile(0)); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "1 file ·")
	r.awaitText(ctx, t, "SHA-256") // the card beside the files makes the bar below them narrower
	r.glimpse(t, "selected")
	r.clickSlowly(ctx, t, r.lowest(ctx, t, "Download").Center())
	if err := cuts.Wait(ctx, 3); err != nil {
		t.Fatal(err)
	}
	r.open(ctx, t, "Uploads")
	r.awaitText(ctx, t, "DOWNLOADING")
	if err := stall.Wait(ctx, 1); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "Downloading")
	r.glimpse(t, "downloading")
	r.Kill()
	if parts := filesIn(t, folder); len(parts) != 1 || !strings.HasSuffix(parts[0], ".part") {
		t.Errorf("after the kill there is %q", parts)
	}
	server.Clear()

	r = d.start(ctx, t, env)
	r.awaitText(ctx, t, "FINISHED TODAY · 1")
	r.awaitText(ctx, t, "16 MB · downloaded, verified")
	r.picture(ctx, t, "downloaded")
	if files := filesIn(t, folder); len(files) != 1 || files[0] != name {
		t.Errorf("in the folder there is %q", files)
	}
	if got := sumOf(t, filepath.Join(folder, name)); got != f.SHA256 {
		t.Errorf("the file has SHA-256 %s, want %s", got, f.SHA256)
	}
	if served, err := server.File(f.ID); err != nil || served.BandwidthUsed >= 2*size {
		t.Errorf("%d bytes were sent for %d, %v", served.BandwidthUsed, size, err)
	}

	r.pasteAlbum(ctx, t, server, folder)
	r.quit(ctx, t)
}

// clickSlowly clicks on a file and at once elsewhere, where the button is held for
// longer than the second half of a double click would take to come.
func (r *running) clickSlowly(ctx context.Context, t *testing.T, at image.Point) {
	t.Helper()
	still := func(d time.Duration) {
		if _, err := r.Settled(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	still(time.Second) // this is no double click itself
	if err := r.Click(ctx, r.tile(0)); err != nil {
		t.Fatal(err)
	}
	if err := r.Move(ctx, at); err != nil {
		t.Fatal(err)
	}
	if err := r.input(ctx, xproto.ButtonPress, 1, image.Point{}); err != nil {
		t.Fatal(err)
	}
	still(time.Second)
	if err := r.input(ctx, xproto.ButtonRelease, 1, image.Point{}); err != nil {
		t.Fatal(err)
	}
}

// pasteAlbum downloads an album by its link.
func (r *running) pasteAlbum(ctx context.Context, t *testing.T, server *sandbox.Server, folder string) {
	t.Helper()
	wants := map[string]string{}
	var ids []string
	for i := range 3 {
		f := added(t, server, fmt.Sprintf("Photo %d.jpg", i+1), 100_000)
		wants[f.Name] = f.SHA256
		ids = append(ids, string(f.ID))
	}
	link := server.URL() + "/l/" + newAlbum(ctx, t, server, "Dolomites 2026", ids)
	r.desktop.display.SetClipboard(t, "Our pictures: "+link+"\n") //nolint:contextcheck // its owner ends with the test
	if err := r.Activate(ctx); err != nil {
		t.Fatal(err)
	}
	if err := r.Press(ctx, KeyCtrl, 'v'); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "1 album")
	r.picture(ctx, t, "links")
	if err := r.Press(ctx, KeyCtrl, KeyReturn); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "FINISHED TODAY · 4")
	r.picture(ctx, t, "album")
	album := filepath.Join(folder, "Dolomites 2026")
	if files := filesIn(t, album); len(files) != len(wants) {
		t.Errorf("in the album's folder there is %q", files)
	}
	for name, sum := range wants {
		if got := sumOf(t, filepath.Join(album, name)); got != sum {
			t.Errorf("%q has SHA-256 %s, want %s", name, got, sum)
		}
	}
}

// added puts a file of random content on a service.
func added(t *testing.T, server *sandbox.Server, name string, size int) service.File {
	t.Helper()
	content := make([]byte, size)
	_, _ = rand.NewChaCha8(sha256.Sum256([]byte(name))).Read(content) // never fails
	f, err := server.Add(name, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// newAlbum makes an album on a service.
func newAlbum(ctx context.Context, t *testing.T, server *sandbox.Server, title string, ids []string) (id string) {
	t.Helper()
	type entry struct {
		ID string `json:"id"`
	}
	album := struct {
		Title string  `json:"title"`
		Files []entry `json:"files"`
	}{Title: title}
	for _, id := range ids {
		album.Files = append(album.Files, entry{id})
	}
	body, err := json.Marshal(album)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, server.APIURL()+"/list", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.SetBasicAuth("", sandboxtest.Key)
	request.Header.Set("Content-Type", "application/json")
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer := struct{ ID string }{}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || answer.ID == "" {
		t.Fatalf("no album: %s, %v", response.Status, err)
	}
	return answer.ID
}

// filesIn lists the files of a folder that are not folders.
func filesIn(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// lowest waits for words and gives the place of them that is furthest down.
func (r *running) lowest(ctx context.Context, t *testing.T, text string) Found {
	t.Helper()
	r.awaitText(ctx, t, text)
	img, err := r.Settled(ctx, frameQuiet)
	if err != nil {
		t.Fatal(err)
	}
	all := r.desktop.reader.Find(img, text)
	if len(all) == 0 {
		t.Fatalf("%q has gone", text)
	}
	return all[len(all)-1]
}
