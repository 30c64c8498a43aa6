//go:build realwindow

package realwindow

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// oddName has what breaks careless clients: umlauts, spaces, and everything
// that means something in an address.
const oddName = "Füße & 100% #1?.png"

// TestDropGivesLinks drops three files and a folder of twenty on the window of
// `sluice -sandbox`: all links appear, they serve what was dropped, and they
// are on the clipboard.
func TestDropGivesLinks(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	shell := StartDesktopShell(t, d.bus)
	dropped, wants := d.material(t)
	r := d.start(ctx, t, nil, "-sandbox")
	r.awaitText(ctx, t, "Drop files or folders anywhere in this window")
	r.picture(ctx, t, "empty")
	r.drop(ctx, t, dropped...)

	text, err := d.display.AwaitClipboard(ctx, func(s string) bool { return strings.Count(s, "\n") == len(wants)-1 })
	if err != nil {
		t.Fatal(err)
	}
	links := strings.Split(text, "\n")
	for i, link := range links {
		name, sum := served(ctx, t, link)
		if name != filepath.Base(wants[i]) || sum != sumOf(t, wants[i]) {
			t.Errorf("link %d serves %q with SHA-256 %s, dropped was %q", i+1, name, sum, wants[i])
		}
	}
	r.awaitText(ctx, t, fmt.Sprintf("FINISHED TODAY · %d", len(wants)))
	r.picture(ctx, t, "light")
	r.allAppear(ctx, t, links)
	r.copyOne(ctx, t, wants, links)
	shell.SetDark(t, true)
	r.getsDark(ctx, t, "dark")
	r.settingsGoFirst(ctx, t)
	r.quit(ctx, t)
}

// material makes three files and a folder of twenty. It gives what to drop and
// every file in it, in the order in which links are to come.
func (d *desktop) material(t *testing.T) (dropped, files []string) {
	t.Helper()
	random := rand.NewChaCha8([32]byte{1})
	write := func(path string, size int) string {
		data := make([]byte, size)
		_, _ = random.Read(data)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	top := filepath.Join(d.home, "home", "Desktop")
	folder := filepath.Join(top, "Holiday in the Dolomites")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	files = []string{
		write(filepath.Join(top, "notes.txt"), 1),
		write(filepath.Join(top, "talk-recording.mkv"), 5_000_000),
		write(filepath.Join(top, "dataset-v3.tar.zst"), 400_000),
	}
	dropped = append(slices.Clone(files), folder)
	inside := []string{writePNG(t, filepath.Join(folder, oddName))}
	for i := range 19 {
		inside = append(inside, write(filepath.Join(folder, fmt.Sprintf("IMG_%04d.jpg", 2200+i)), 1+i*7_000))
	}
	slices.Sort(inside)
	return dropped, append(files, inside...)
}

func writePNG(t *testing.T, path string) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for y := range 200 {
		for x := range 320 {
			img.Set(x, y, color.RGBA{uint8(x * 255 / 320), uint8(y * 255 / 200), 160, 255})
		}
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func sumOf(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(data))
}

// served asks the service behind a link for the name and the contents of its
// file.
func served(ctx context.Context, t *testing.T, link string) (name, sum string) {
	t.Helper()
	web, id, ok := strings.Cut(link, "/u/")
	if !ok {
		t.Fatalf("%q is no link", link)
	}
	hash := sha256.New()
	fetch(ctx, t, web+"/api/file/"+id, hash)
	var info strings.Builder
	fetch(ctx, t, web+"/api/file/"+id+"/info", &info)
	var file struct{ Name string }
	if err := json.Unmarshal([]byte(info.String()), &file); err != nil {
		t.Fatalf("%s: %v", info.String(), err)
	}
	return file.Name, fmt.Sprintf("%x", hash.Sum(nil))
}

func fetch(ctx context.Context, t *testing.T, address string, to io.Writer) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Close = true // no connection outlives the test
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", address, response.Status)
	}
	if _, err := io.Copy(to, response.Body); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
}

// allAppear scrolls through the list until it has seen every link.
func (r *running) allAppear(ctx context.Context, t *testing.T, links []string) {
	t.Helper()
	missing := map[string]bool{}
	for _, link := range links {
		missing[strings.TrimPrefix(link, "http://")] = true
	}
	read := r.desktop.reader.exactly
	for by, turns, last := 4, 0, ""; turns < 4; { // down and up, more than once
		img, err := r.Settled(ctx, frameQuiet)
		if err != nil {
			t.Fatal(err)
		}
		for link := range missing {
			if len(read(img, link)) > 0 {
				delete(missing, link)
			}
		}
		if len(missing) == 0 {
			return
		}
		if string(img.Pix) == last { // the end of the list
			by, turns = -by, turns+1
			read = r.desktop.reader.Find // which takes ten times as long
		}
		last = string(img.Pix)
		if err := r.Scroll(ctx, r.list(), by); err != nil {
			t.Fatal(err)
		}
	}
	for link := range missing {
		t.Errorf("%s is nowhere in the list", link)
	}
}

// copyOne presses "Copy link" in one row.
func (r *running) copyOne(ctx context.Context, t *testing.T, files, links []string) {
	t.Helper()
	img, err := r.Settled(ctx, frameQuiet)
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range files {
		row := r.desktop.reader.Find(img, filepath.Base(file))
		if len(row) == 0 || !r.inMiddle(row[0]) {
			continue
		}
		r.press(ctx, t, row[0], copyIcon)
		if _, err := r.desktop.display.AwaitClipboard(ctx, func(s string) bool { return s == links[i] }); err != nil {
			t.Fatalf("the row of %s: want %s: %v", file, links[i], err)
		}
		return
	}
	t.Fatal("no row of a dropped file is in the middle of the window")
}

// getsDark waits until the window is dark.
func (r *running) getsDark(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	if _, err := r.Await(ctx, dark); err != nil {
		t.Fatalf("the window does not get dark: %v", err)
	}
	if img := r.picture(ctx, t, name); !dark(img) {
		t.Error("the window does not stay dark")
	}
}

// settingsGoFirst chooses light and dark in the settings, on a dark desktop.
func (r *running) settingsGoFirst(ctx context.Context, t *testing.T) {
	t.Helper()
	r.open(ctx, t, "Settings")
	r.awaitText(ctx, t, "Appearance")
	r.click(ctx, t, "Follow the system")
	r.click(ctx, t, "Light")
	if _, err := r.Await(ctx, func(img *image.RGBA) bool { return !dark(img) }); err != nil {
		t.Fatalf("the window does not get light: %v", err)
	}
	r.picture(ctx, t, "settings light")
	r.click(ctx, t, "Light")
	r.click(ctx, t, "Dark")
	r.getsDark(ctx, t, "settings dark")
}

// dark reports whether most of a picture is.
func dark(img *image.RGBA) bool {
	var sum, count int
	for i := 0; i < len(img.Pix); i += 4 * 7 {
		sum += int(img.Pix[i]) + int(img.Pix[i+1]) + int(img.Pix[i+2])
		count += 3
	}
	return sum/count < 80
}

// TestTwiceTheSize does the same in short on a screen of twice the resolution.
func TestTwiceTheSize(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 2)
	dropped, wants := d.material(t)
	r := d.start(ctx, t, []string{"FYNE_THEME=light"}, "-sandbox")
	r.awaitText(ctx, t, "Drop files or folders anywhere in this window")
	r.drop(ctx, t, dropped...)
	r.awaitText(ctx, t, fmt.Sprintf("FINISHED TODAY · %d", len(wants)))
	r.picture(ctx, t, "2x")
	r.quit(ctx, t)
}

// TestPaste pastes files that were copied in a file manager.
func TestPaste(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	dropped, wants := d.material(t)
	r := d.start(ctx, t, nil, "-sandbox")
	r.awaitText(ctx, t, "Drop files or folders anywhere in this window")
	var uris strings.Builder
	for _, path := range dropped {
		uris.WriteString((&url.URL{Scheme: "file", Path: path}).String() + "\r\n")
	}
	d.display.OwnClipboard(t, map[string][]byte{
		"text/uri-list": []byte(uris.String()),
		"UTF8_STRING":   []byte(strings.Join(dropped, "\n")), // as file managers give it to programs that know text only
	})
	if err := r.Activate(ctx); err != nil {
		t.Fatal(err)
	}
	if err := r.Press(ctx, KeyCtrl, 'v'); err != nil {
		t.Fatal(err)
	}
	text, err := d.display.AwaitClipboard(ctx, func(s string) bool { return strings.Count(s, "/u/") == len(wants) })
	if err != nil {
		t.Fatal(err)
	}
	if name, sum := served(ctx, t, strings.Split(text, "\n")[0]); name != filepath.Base(wants[0]) || sum != sumOf(t, wants[0]) {
		t.Errorf("the first link serves %q", name)
	}
	r.quit(ctx, t)
}
