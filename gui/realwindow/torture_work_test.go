//go:build realwindow && torture

package realwindow

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sluice/service"
)

// files makes some files of random content and size.
func (w *whole) files(n int) (paths, sums []string) {
	w.t.Helper()
	for range n {
		size := 16 + w.random.IntN(1<<(4+w.random.IntN(15)))
		if w.random.IntN(12) == 0 {
			size = 4_000_000
		}
		content := w.content(size)
		path := filepath.Join(w.home, fmt.Sprintf("f%d.bin", w.n))
		w.n++
		w.ok(os.WriteFile(path, content, 0o600))
		paths, sums = append(paths, path), append(sums, hashOf(content))
	}
	return paths, sums
}

func (w *whole) content(size int) []byte {
	content := make([]byte, size)
	for i := range content {
		content[i] = byte(w.random.Uint32())
	}
	return content
}

func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// screenshot puts a picture into the watched folder.
func (w *whole) screenshot() {
	w.t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range img.Pix {
		img.Pix[i] = byte(w.random.Uint32())
	}
	img.SetRGBA(0, 0, color.RGBA{A: 255})
	var b bytes.Buffer
	w.ok(png.Encode(&b, img))
	path := filepath.Join(w.shots, fmt.Sprintf("shot%d.png", w.n))
	w.n++
	w.ok(os.WriteFile(path, b.Bytes(), 0o600))
	w.must[hashOf(b.Bytes())] = filepath.Base(path)
}

// upload starts a `sluice upload`.
func (w *whole) upload() {
	w.t.Helper()
	paths, sums := w.files(1 + w.random.IntN(4))
	p := startProcess(w.t, "sluice upload", w.command(w.env, append([]string{"upload", "-json"}, paths...)...))
	w.commands = append(w.commands, &command{Process: p, sums: sums})
}

// await waits for the commands that run, and looks at what they said.
func (w *whole) await() {
	w.t.Helper()
	for _, c := range w.commands {
		code, err := c.Wait(w.ctx)
		w.ok(err)
		told := w.told(c)
		switch {
		case !c.killed && (code != 0 || told != len(c.sums)):
			w.t.Errorf("a command that nobody killed ended with %d and %d links of %d: %s", code, told, len(c.sums), c.Output())
		case c.killed && told == 0:
			w.maybe = append(w.maybe, c.sums)
			continue
		}
		w.accepted(c.sums)
	}
	w.commands = nil
}

// told counts the links that a command has printed, and looks what they serve.
func (w *whole) told(c *command) (links int) {
	w.t.Helper()
	for line := range strings.Lines(c.Output()) {
		var told struct {
			ID     service.FileID
			SHA256 string
			Status string
		}
		if !strings.HasPrefix(line, "{") || json.Unmarshal([]byte(line), &told) != nil {
			continue // progress, or cut off
		}
		f, err := w.server.File(told.ID)
		if err != nil || f.SHA256 != told.SHA256 || told.Status != "uploaded" && told.Status != "duplicate" {
			w.t.Errorf("%s: the service has %+v, %v", line, f, err)
		}
		links++
	}
	return links
}

// paste prepares links, and gives what pastes them in a window.
func (w *whole) paste() func(*running) {
	w.t.Helper()
	var files []service.File
	var text strings.Builder
	for range 3 {
		f, err := w.server.Add(fmt.Sprintf("shared%d.bin", w.n%7), bytes.NewReader(w.content(200_000+w.random.IntN(3_000_000))))
		w.ok(err)
		w.n++
		files = append(files, f)
		fmt.Fprintf(&text, "%s/u/%s\n", w.server.URL(), f.ID)
	}
	w.shared = append(w.shared, files)
	return func(r *running) {
		ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
		defer cancel()
		r.open(ctx, w.t, "Uploads")
		w.display.SetClipboard(w.t, text.String())
		w.ok(r.Activate(ctx))
		w.ok(r.Press(ctx, KeyCtrl, 'v'))
		r.awaitText(ctx, w.t, "Download links")
		w.ok(r.Press(ctx, KeyCtrl, KeyReturn))
		w.pause(r.Process, time.Second)
	}
}

// undoTime is how long a deletion waits.
const undoTime = 8 * time.Second

// remove prepares files of the account, and gives what deletes them in a
// window: it takes that back, or is killed before it begins, or in the middle.
func (w *whole) remove() func(*running) {
	w.t.Helper()
	word := fmt.Sprintf("doomed%dx", w.n)
	var files []service.File
	for i := range 5 {
		f, err := w.server.Add(fmt.Sprintf("%s%d", word, i), bytes.NewReader(w.content(1000)))
		w.ok(err)
		w.n++
		files = append(files, f)
	}
	return func(r *running) {
		ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
		defer cancel()
		r.open(ctx, w.t, "Files")
		r.awaitText(ctx, w.t, "Newest first") // it has been drawn
		w.ok(r.Press(ctx, KeyCtrl, 'f'))
		w.ok(r.Type(ctx, word))
		r.awaitText(ctx, w.t, files[len(files)-1].Name)
		w.ok(r.Click(ctx, r.tile(0)))
		r.awaitText(ctx, w.t, "1 file ·")
		w.ok(r.Press(ctx, KeyCtrl, 'a'))
		r.awaitText(ctx, w.t, fmt.Sprintf("%d files ·", len(files)))
		r.awaitText(ctx, w.t, "SHA-256") // the card beside the files makes the bar below them narrower
		_, err := r.Settled(ctx, frameQuiet)
		w.ok(err)
		r.click(ctx, w.t, "Delete…")
		keep := r.awaitText(ctx, w.t, "Keep")
		confirmed := time.Now()
		w.ok(r.Click(ctx, r.agree(keep)))
		switch w.random.IntN(3) {
		case 0:
			r.click(ctx, w.t, "Undo")
			w.spared = append(w.spared, files...)
			w.wait(r.Process, undoTime-time.Since(confirmed))
			w.pause(r.Process, time.Second)
		case 1:
			w.pause(r.Process, undoTime-2*time.Second)
			r.Kill()
			if time.Since(confirmed) < undoTime {
				w.spared = append(w.spared, files...)
			}
		default:
			r.awaitText(ctx, w.t, "Undo")
			w.wait(r.Process, undoTime-time.Since(confirmed))
			w.pause(r.Process, time.Second)
			w.deleted += len(files)
		}
	}
}
