package watched

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/watch"
)

// kinds lists the kinds of files in the order in which they are offered.
func kinds() []watch.Kind {
	return []watch.Kind{watch.Images, watch.Videos, watch.Audio, watch.Documents, watch.Archives}
}

// kindName is how people know a kind, at the beginning of words.
func kindName(k watch.Kind) string {
	switch k {
	case watch.Images:
		return lang.L("Images")
	case watch.Videos:
		return lang.L("Videos")
	case watch.Audio:
		return lang.L("Audio")
	case watch.Documents:
		return lang.L("Documents")
	case watch.Archives:
		return lang.L("Archives")
	}
	return string(k)
}

// presets are the choices of kinds that need no further asking.
func presets() [][]watch.Kind {
	return [][]watch.Kind{nil, {watch.Images, watch.Videos}, {watch.Images}, {watch.Videos}, {watch.Documents}}
}

// kindsName names a choice of kinds.
func kindsName(chosen []watch.Kind) string {
	names := []string{}
	for _, k := range kinds() {
		if slices.Contains(chosen, k) {
			names = append(names, kindName(k))
		}
	}
	switch len(names) {
	case 0:
		return lang.L("All files")
	case 1:
		return names[0]
	}
	if len(names) > 2 {
		more := len(names) - 1
		return lang.N("{{.Kind}} and {{.Count}} more kinds", more, map[string]any{"Kind": names[0], "Count": more})
	}
	return lang.L("{{.Kind}} and {{.Other}}", map[string]any{"Kind": names[0], "Other": strings.ToLower(names[1])})
}

// sameKinds reports whether two choices are the same.
func sameKinds(a, b []watch.Kind) bool {
	for _, k := range kinds() {
		if slices.Contains(a, k) != slices.Contains(b, k) {
			return false
		}
	}
	return true
}

// skipping says what rules leave out, beside kinds.
func (w *Words) skipping(r *watch.Rules) string {
	parts := []string{}
	if len(r.Include) > 0 {
		parts = append(parts, lang.L("only {{.Patterns}}", map[string]any{"Patterns": writePatterns(r.Include)}))
	}
	left := append(slices.Clone(r.Exclude), lang.L("unfinished and hidden files"))
	parts = append(parts, lang.L("skipping {{.Patterns}}", map[string]any{"Patterns": writePatterns(left)}))
	if r.MinSize > 0 {
		parts = append(parts, lang.L("from {{.Size}}", map[string]any{"Size": w.Format.Size(r.MinSize)}))
	}
	if r.MaxSize > 0 {
		parts = append(parts, lang.L("up to {{.Size}}", map[string]any{"Size": w.Format.Size(r.MaxSize)}))
	}
	return kit.PlainName(strings.Join(parts, " · "))
}

// writePatterns writes patterns as they can be typed.
func writePatterns(patterns []string) string { return strings.Join(patterns, ", ") }

// readPatterns reads patterns between commas, semicolons or on lines.
func readPatterns(text string) []string {
	var patterns []string
	for _, p := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		if p = strings.TrimSpace(p); p != "" {
			patterns = append(patterns, p)
		}
	}
	return patterns
}

// errSize means that a text is no size.
var errSize = errors.New("not a size")

// readSize reads a size as people write it: "10 MB", "1.5g", "2 GiB"; "" is 0.
func readSize(text string) (int64, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, nil
	}
	at := strings.IndexFunc(text, unicode.IsLetter)
	if at < 0 {
		at = len(text)
	}
	number, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(text[:at]), ",", "."), 64)
	if err != nil || number < 0 {
		return 0, errSize
	}
	unit := strings.ToLower(text[at:])
	step := 1000.0
	if strings.HasSuffix(unit, "ib") {
		step = 1024
	}
	letter := strings.TrimSuffix(strings.TrimSuffix(unit, "b"), "i")
	power := strings.Index("bkmgt", letter) // 0 for none
	if len(letter) > 1 || power < 0 {
		return 0, errSize
	}
	for range power {
		number *= step
	}
	if number > 1e15 {
		return 0, errSize
	}
	return int64(number + 0.5), nil
}

// writeSize writes a size as it can be typed, exactly.
func writeSize(n int64) string {
	if n == 0 {
		return ""
	}
	units := []string{"B", "KB", "MB", "GB", "TB"}
	i := 0
	for i < len(units)-1 && n%1000 == 0 {
		n /= 1000
		i++
	}
	return strconv.FormatInt(n, 10) + " " + units[i]
}

// refusal says in whole sentences why a folder can't be watched so.
func (w *Words) refusal(path string, err error) string {
	folder := map[string]any{"Folder": w.Format.Folder(path)}
	switch {
	case errors.Is(err, watch.ErrWatched):
		return lang.L("{{.Folder}} is already watched. Nothing was changed.", folder)
	case errors.Is(err, watch.ErrOverlap):
		return lang.L("{{.Folder}} and another watched folder would overlap, and files would be picked up twice. Nothing was changed. Switch subfolders off for the outer one, or remove one of them.", folder)
	case errors.Is(err, watch.ErrTargetHere):
		return lang.L("Files can’t be moved into a watched folder. Nothing was changed. Choose a folder elsewhere.")
	case errors.Is(err, watch.ErrNotFolder):
		return lang.L("{{.Folder}} is not a folder. Nothing was changed.", folder)
	case errors.Is(err, fs.ErrNotExist):
		return lang.L("{{.Folder}} is no longer there. Nothing was changed.", folder)
	case errors.Is(err, fs.ErrPermission):
		return lang.L("Sluice can’t read {{.Folder}}. Nothing was changed. Give yourself permission, then try again.", folder)
	}
	return w.Long(service.AsError("watch a folder", err))
}

// caution says what speaks against watching a folder, "" for nothing. home is the
// user's home folder, downloads where Sluice puts what it downloads, network says
// that it is on another computer.
func (w *Words) caution(path, home, downloads string, network bool) string {
	path = filepath.Clean(path)
	switch {
	case home != "" && path == filepath.Clean(home):
		return lang.L("This is your whole home folder. Programs write to it all the time, and with subfolders every private document goes to Pixeldrain. It is better to choose a folder in it.")
	case path == filepath.Dir(path) || home != "" && inside(filepath.Clean(home), path):
		return lang.L("This holds the whole system, or everybody’s files. Choose a folder with only what you want to upload.")
	case network:
		return lang.L("This folder is on another computer, where changes can’t be noticed at once: Sluice checks it every few seconds.")
	case downloads != "" && (path == filepath.Clean(downloads) || inside(filepath.Clean(downloads), path)):
		return lang.L("Sluice puts its own downloads here too: those are not sent back. What other programs download is uploaded, so it is better to choose the kinds you want.")
	}
	return ""
}
