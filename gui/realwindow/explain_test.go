//go:build realwindow

package realwindow

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// redFile is where failures are kept until the end, when they are told again in
// short: of much output only the end may be seen.
func redFile() string { return filepath.Join(artefacts(), "red.txt") }

// tellRed prints what has failed, a line a test, and forgets it.
func tellRed() {
	lines, err := os.ReadFile(redFile())
	if err != nil {
		return
	}
	fmt.Printf("\nwhat is red, in short:\n%s", lines)
	_ = os.Remove(redFile())
}

// explain tells what a failed test did last, and keeps it for the end.
func (d *desktop) explain(t *testing.T) {
	t.Helper()
	if !t.Failed() {
		return
	}
	for name, text := range d.logs() {
		keepText(t, name, text)
	}
	trail := d.display.Trail()
	t.Logf("last steps: %s", trail)
	err := os.MkdirAll(artefacts(), 0o755)
	f, ferr := os.OpenFile(redFile(), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err = errors.Join(err, ferr); err == nil {
		_, err = fmt.Fprintf(f, "%s: %s%s\n", t.Name(), trail, d.seen)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Log(err)
	}
}

// explain tells what the program of a failed test shows and has written.
func (r *running) explain(t *testing.T) {
	t.Helper()
	select {
	case <-r.Done():
		t.Logf("process %d has ended: %v", r.PID(), r.exit())
	default:
		if r.Window == nil {
			break
		}
		if img, err := r.Image(); err == nil {
			keep(t, "failure", img)
			r.desktop.seen = " | on the screen: " + strings.Join(r.desktop.reader.words(img, 15*time.Second), " / ")
			t.Logf("%s%s", artefact(t, "failure.png"), r.desktop.seen)
		} else {
			t.Logf("no picture: %v", err)
		}
	}
	keepText(t, fmt.Sprintf("stderr-%d.txt", r.PID()), r.Output())
}

// keepText writes a text to the artefacts, and tells the end of it.
func keepText(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(artefact(t, name), []byte(text), 0o600); err != nil {
		t.Error(err)
	}
	if text = strings.TrimSpace(text); text == "" {
		return
	}
	const most, wide = 5, 200
	lines := strings.Split(text, "\n")
	lines = lines[max(0, len(lines)-most):]
	for i, line := range lines {
		lines[i] = line[:min(len(line), wide)]
	}
	t.Logf("%s ends so:\n%s", name, strings.Join(lines, "\n"))
}

// logs reads the program's log files. What Fyne has to complain of goes there
// too.
func (d *desktop) logs() map[string]string {
	logs := map[string]string{}
	home := os.DirFS(d.sluiceHome())
	_ = fs.WalkDir(home, ".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.Contains(path, "logs/") {
			if data, err := fs.ReadFile(home, path); err == nil {
				logs[strings.ReplaceAll(path, "/", "-")] = string(data)
			}
		}
		return nil // whatever can be read is kept
	})
	return logs
}

// words reads those of the program's own words that begin a line of a picture,
// in reading order. It gives up the rest when the time is over.
func (r *Reader) words(img *image.RGBA, limit time.Duration) []string {
	type word struct {
		text string
		at   image.Point
	}
	var read []word
	end := time.Now().Add(limit)
	for _, text := range ownWords() {
		if time.Now().After(end) {
			break
		}
		for _, found := range r.exactly(img, text) {
			read = append(read, word{text, found.Min})
		}
	}
	slices.SortFunc(read, func(a, b word) int {
		return cmp.Or(cmp.Compare(a.at.Y, b.at.Y), cmp.Compare(a.at.X, b.at.X), cmp.Compare(len(b.text), len(a.text)))
	})
	read = slices.CompactFunc(read, func(a, b word) bool { return a.at == b.at }) // the longest of those that begin alike
	texts := make([]string, len(read))
	for i, w := range read {
		texts[i] = w.text
	}
	return texts
}

// ownWords are the program's words in English, up to where something is put in.
func ownWords() []string {
	data, err := os.ReadFile(filepath.Join("..", "translations", "en.json"))
	if err != nil {
		return nil
	}
	var entries map[string]any
	if json.Unmarshal(data, &entries) != nil {
		return nil
	}
	var words []string
	add := func(text string) {
		text, _, _ = strings.Cut(text, "{{")
		text, _, _ = strings.Cut(text, "\n")
		if text = strings.TrimSpace(text); utf8.RuneCountInString(text) > 2 && len(text) < 60 {
			words = append(words, text)
		}
	}
	for _, entry := range entries {
		switch e := entry.(type) {
		case string:
			add(e)
		case map[string]any:
			for _, form := range e {
				if text, ok := form.(string); ok {
					add(text)
				}
			}
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}
