//go:build realwindow && pictures

package realwindow

import (
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sluice/gui/kit"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

// picturesAddress is the service's in all pictures.
const picturesAddress = "127.0.0.1:7755"

// TestPictures draws the pictures of the documentation, each time anew from the
// same files and in windows of the same size; `make pictures` runs it.
func TestPictures(t *testing.T) {
	t.Run("first start", drawFirstStart)
	t.Run("transfers", drawTransfers)
	t.Run("watched folders", drawWatched)
	t.Run("files", drawFiles)
	t.Run("files twice as large", drawFilesLarge)
	t.Run("no files", drawNoFiles)
}

// sameDays is the time zone: dates of files are the same each time.
const sameDays = "TZ=UTC"

// pictured starts the service of the pictures.
func pictured(t *testing.T, change func(*sandbox.Config)) *sandbox.Server {
	t.Helper()
	return sandboxtest.New(t, func(c *sandbox.Config) { c.Addr = picturesAddress }, change)
}

// ofFiles is an account with made-up files.
func ofFiles(n int) func(*sandbox.Config) { return func(c *sandbox.Config) { c.Files = n } }

// draw keeps what the window shows for the documentation, once nothing moves.
func (r *looking) draw(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	if err := r.Move(ctx, image.Pt(100, 300).Mul(r.desktop.scale)); err != nil {
		t.Fatal(err)
	}
	img, err := r.Settled(ctx, frameQuiet)
	if err != nil {
		t.Fatal(err)
	}
	illustrate(t, name, img)
}

func illustrate(t *testing.T, name string, img image.Image) {
	t.Helper()
	if err := SavePNG(filepath.Join("..", "..", "docs", "images", name+".png"), img); err != nil {
		t.Fatal(err)
	}
}

func drawFirstStart(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	StartKeyring(t, d.bus)
	r := &looking{d.start(ctx, t, []string{"FYNE_THEME=light"}), kit.AppearanceLight}
	r.awaitText(ctx, t, keyQuestion)
	r.draw(ctx, t, "welcome")
	r.quit(ctx, t)
}

func drawTransfers(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	server := pictured(t, func(c *sandbox.Config) { c.Throttle = 3_000_000 })
	added(t, server, "garden-timelapse.mp4", 60_000_000)
	r := d.startLook(ctx, t, server, kit.AppearanceLight, sameDays)
	r.awaitText(ctx, t, "Drop files or folders anywhere in this window")
	r.drop(ctx, t, d.photo(t, "IMG_2209.jpg", 9), d.photo(t, "IMG_2210.jpg", 10), d.photo(t, "IMG_2211.jpg", 11),
		d.work(t, "notes.pdf", 1_100_000), d.work(t, "demo.mp4", 4_000_000), d.work(t, "empty.log", 0))
	r.awaitText(ctx, t, "FINISHED TODAY · 5")
	r.awaitText(ctx, t, "FAILED · 1")
	r.click(ctx, t, "History")
	r.awaitText(ctx, t, "Search names")
	r.hush(ctx, t, "5 links copied")
	r.draw(ctx, t, "history")
	r.open(ctx, t, "Uploads")

	set := d.work(t, "dataset-v3.tar.zst", 96_000_000)
	r.drop(ctx, t, set)
	row := r.awaitText(ctx, t, filepath.Base(set))
	if err := r.Click(ctx, image.Pt(windowWidth-pauseIcon, row.Center().Y+6)); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "PAUSED · 1")
	taken := server.Stats().BodyBytes
	r.drop(ctx, t, d.work(t, "talk-recording-2026-11-20.mkv", 150_000_000))
	gone := func(bytes int64) { // of that
		if err := server.Await(ctx, func(s sandbox.Stats) bool { return s.BodyBytes > taken+bytes }); err != nil {
			t.Fatal(err)
		}
	}
	gone(50_000_000)
	r.open(ctx, t, "Files")
	r.click(ctx, t, "Search 6 files")
	if err := r.Type(ctx, "garden"); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "All 1")
	if err := r.Click(ctx, r.tile(0)); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "1 file ·")
	r.awaitText(ctx, t, "SHA-256")
	r.clickLast(ctx, t, "Download")
	r.open(ctx, t, "Uploads")
	r.awaitText(ctx, t, "Downloading")
	r.hush(ctx, t, "1 download goes to")
	gone(100_000_000)
	img, err := r.Image()
	if err != nil {
		t.Fatal(err)
	}
	illustrate(t, "uploads", img)
	r.Kill()
}

// hush waits until what was announced has passed.
func (r *looking) hush(ctx context.Context, t *testing.T, announced ...string) {
	t.Helper()
	if err := r.Move(ctx, image.Pt(100, 300)); err != nil { // it stays under the pointer
		t.Fatal(err)
	}
	_, err := r.Await(ctx, func(img *image.RGBA) bool {
		return !slices.ContainsFunc(announced, func(text string) bool { return r.desktop.reader.Has(img, text) })
	})
	if err != nil {
		t.Fatalf("%q stays: %v", announced, err)
	}
}

// clickLast clicks on the last of several places with the same words.
func (r *looking) clickLast(ctx context.Context, t *testing.T, text string) {
	t.Helper()
	var found []Found
	_, err := r.Await(ctx, func(img *image.RGBA) bool {
		found = r.desktop.reader.Find(img, text)
		return len(found) > 0
	})
	if err == nil {
		err = r.Click(ctx, found[len(found)-1].Center())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// photo makes a picture in the user's folder of pictures.
func (d *desktop) photo(t *testing.T, name string, seed int) string {
	t.Helper()
	const wide, high = 1200, 900
	img := image.NewRGBA(image.Rect(0, 0, wide, high))
	for y := range high {
		for x := range wide {
			ridge := 480 + int(120*math.Sin(float64(x)/float64(70+13*seed))+60*math.Sin(float64(x*seed)/900))
			c := color.RGBA{uint8(90 + y/8), uint8(140 + y/10), uint8(200 - seed*4), 255}
			if y > ridge {
				c = color.RGBA{uint8(40 + seed*3), uint8(90 + (y-ridge)/8), uint8(60 + x/30), 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	path := d.inHome(t, "Pictures", name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(f, img, nil); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// work makes a file of a length in the user's folder for work, each of another
// content.
func (d *desktop) work(t *testing.T, name string, length int64) string {
	t.Helper()
	path := d.inHome(t, "work", name)
	if err := os.WriteFile(path, []byte(name)[:min(int64(len(name)), length)], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, length); err != nil {
		t.Fatal(err)
	}
	return path
}

// inHome names a file in a folder of the user's, which it makes.
func (d *desktop) inHome(t *testing.T, folder, name string) string {
	t.Helper()
	folder = filepath.Join(d.home, "home", folder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(folder, name)
}

func drawWatched(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	StartBoard(t, d.bus)
	chooser := StartChooser(t, d.bus)
	shots := filepath.Join(d.home, "home", "Pictures", "Screenshots")
	camera := filepath.Join(d.home, "home", "Camera")
	for _, folder := range []string{shots, camera} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r := d.startLook(ctx, t, pictured(t, ofFiles(9)), kit.AppearanceLight, sameDays)
	r.open(ctx, t, "Watched folders")
	r.click(ctx, t, "Watch ~/Pictures/Screenshots")
	r.awaitText(ctx, t, "Watching · nothing uploaded yet")
	first := d.screenshot(ctx, t, shots, "Screenshot at breakfast.png", "-resize", "20%")
	link := d.shotServed(ctx, t, first, "")
	second := d.screenshot(ctx, t, shots, "Screenshot from 2026-11-23.png", "-resize", "25%")
	d.shotServed(ctx, t, second, link)
	writePNG(t, filepath.Join(camera, "old.png"))
	chooser.Choose(camera)
	r.click(ctx, t, "Add folder")
	r.click(ctx, t, "Only new ones")
	r.awaitText(ctx, t, "Watching · nothing uploaded yet")
	if err := os.Rename(camera, camera+" of last year"); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "Folder not found")
	r.clickLast(ctx, t, "Hide options")
	r.hush(ctx, t, "Watching ~/Camera", "Watching ~/Pictures", "1 link copied")
	r.draw(ctx, t, "watched")
	r.Kill()
}

func drawFiles(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	server := pictured(t, ofFiles(1284))
	for _, look := range []kit.Appearance{kit.AppearanceLight, kit.AppearanceDark} {
		r := d.startLook(ctx, t, server, look, sameDays)
		r.open(ctx, t, "Files")
		r.awaitTiles(ctx, t, server)
		if look == kit.AppearanceLight {
			r.draw(ctx, t, "files-light")
		}
		r.pickThree(ctx, t)
		if look == kit.AppearanceDark {
			r.draw(ctx, t, "files")
		}
		r.point(ctx, t, tableSwitch(), 0)
		r.awaitText(ctx, t, "Downloads")
		r.draw(ctx, t, map[kit.Appearance]string{kit.AppearanceLight: "files-table", kit.AppearanceDark: "files-table-dark"}[look])
		r.point(ctx, t, gridSwitch(), 0)
		r.awaitTiles(ctx, t, server)
		r.pickTwenty(ctx, t)
		if look == kit.AppearanceLight {
			r.draw(ctx, t, "files-selected")
			r.settings(ctx, t)
		} else {
			r.draw(ctx, t, "files-selected-dark")
			if err := r.Place(ctx, 100, 60, narrowWidth, narrowHeight); err != nil {
				t.Fatal(err)
			}
			r.draw(ctx, t, "files-narrow")
		}
		r.quit(ctx, t)
	}
}

// pickThree selects three files and stands on the last.
func (r *looking) pickThree(ctx context.Context, t *testing.T) {
	t.Helper()
	if err := r.Click(ctx, r.tile(3)); err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{5, 6} {
		if err := r.ClickHolding(ctx, KeyCtrl, r.tile(i)); err != nil {
			t.Fatal(err)
		}
	}
	r.awaitText(ctx, t, "3 files ·")
}

// settings draws the settings, which need a higher window.
func (r *looking) settings(ctx context.Context, t *testing.T) {
	t.Helper()
	r.open(ctx, t, "Settings")
	r.awaitText(ctx, t, "API key")
	if err := r.Place(ctx, 100, 60, windowWidth, 840); err != nil {
		t.Fatal(err)
	}
	r.draw(ctx, t, "settings")
}

func drawFilesLarge(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 2)
	server := pictured(t, ofFiles(1284))
	for _, look := range []kit.Appearance{kit.AppearanceDark, kit.AppearanceLight} {
		r := d.startLook(ctx, t, server, look, sameDays)
		r.open(ctx, t, "Files")
		r.awaitText(ctx, t, "Search 1,284 files")
		if look == kit.AppearanceDark {
			r.awaitTiles(ctx, t, server)
			r.pickThree(ctx, t)
			r.draw(ctx, t, "files-2x")
			r.point(ctx, t, tableSwitch(), 0)
		} else {
			r.awaitText(ctx, t, "Downloads")
			r.draw(ctx, t, "files-table-2x")
		}
		r.quit(ctx, t)
	}
}

func drawNoFiles(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	server := pictured(t, ofFiles(0))
	r := d.startLook(ctx, t, server, kit.AppearanceLight, sameDays)
	r.open(ctx, t, "Files")
	r.awaitText(ctx, t, "No files yet")
	r.draw(ctx, t, "files-empty")
	r.quit(ctx, t)
	closed(t, server)

	other := newDesktop(t, 1) // which has never seen files
	server = pictured(t, ofFiles(1284))
	server.Inject(sandbox.Fault{Kind: sandbox.Answer, Method: http.MethodGet, PathPrefix: "/api/user/files", Status: http.StatusInternalServerError, Times: -1})
	r = other.startLook(ctx, t, server, kit.AppearanceLight, sameDays)
	r.open(ctx, t, "Files")
	r.awaitText(ctx, t, "Your files can’t be listed")
	r.draw(ctx, t, "files-error")
	r.quit(ctx, t)
	closed(t, server)

	r = other.startLook(ctx, t, server, kit.AppearanceDark, sameDays)
	r.open(ctx, t, "Files")
	r.awaitText(ctx, t, "The service can’t be reached")
	r.draw(ctx, t, "files-offline-first")
	r.quit(ctx, t)

	server = pictured(t, ofFiles(1284))
	r = other.startLook(ctx, t, server, kit.AppearanceDark, sameDays)
	r.open(ctx, t, "Files")
	r.awaitTiles(ctx, t, server)
	closed(t, server)
	if err := r.Press(ctx, keyF5); err != nil {
		t.Fatal(err)
	}
	r.awaitText(ctx, t, "Offline. These are your files as of")
	r.draw(ctx, t, "files-offline")
	r.quit(ctx, t)
}

func closed(t *testing.T, server *sandbox.Server) {
	t.Helper()
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
}
