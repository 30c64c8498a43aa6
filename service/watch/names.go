package watch

import (
	"os"
	"path"
	"path/filepath"
	"strings"
)

// hidden reports whether any part of a path begins with a dot, or is a folder
// that systems keep for themselves, such as the bin of a drive.
func hidden(rel string) bool {
	if rel == "." {
		return false
	}
	for part := range strings.SplitSeq(rel, "/") {
		if strings.HasPrefix(part, ".") {
			return true
		}
		switch strings.ToLower(part) {
		case "$recycle.bin", "system volume information", "lost+found", "@eadir", "#recycle":
			return true
		}
	}
	return false
}

// temporary reports whether programs give such names to what is not finished.
func temporary(name string) bool {
	lower := strings.ToLower(name)
	for _, end := range []string{
		".crdownload", ".part", ".partial", ".tmp", ".temp", ".download", ".downloading", ".opdownload", ".filepart", ".incomplete", ".!ut", ".!qb",
		".!sync", ".bc!", ".aria2", ".aria2__temp", ".ytdl", ".xltd", ".fdmdownload", ".dtapart", ".swp", ".tmp.drivedownload", "~",
	} {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	switch lower {
	case "thumbs.db", "desktop.ini", "ehthumbs.db":
		return true
	}
	return strings.HasPrefix(lower, "~$") || strings.HasPrefix(lower, "#") && strings.HasSuffix(lower, "#") || between(lower)
}

// between reports whether a name in lower case has its mark before its end:
// "film.temp.mp4", "film.mp4.part-frag12" (yt-dlp), "a.txt.sb-1a2b3c4d-x7y8z9" (macOS).
func between(lower string) bool {
	switch path.Ext(strings.TrimSuffix(lower, path.Ext(lower))) {
	case ".temp", ".tmp":
		return true
	}
	end := path.Ext(lower)
	if n, ok := strings.CutPrefix(end, ".part-frag"); ok {
		return n != "" && strings.Trim(n, "0123456789") == ""
	}
	save, ok := strings.CutPrefix(end, ".sb-")
	return ok && len(save) == 15 && save[8] == '-' && strings.Trim(save[:8], "0123456789abcdef") == ""
}

// unfinished reports whether a folder is, or is in, one in which a program keeps
// a file until it is whole, as Safari does.
func unfinished(dir string) bool {
	for part := range strings.SplitSeq(strings.ToLower(dir), "/") {
		if strings.HasSuffix(part, ".download") {
			return true
		}
	}
	return false
}

// controlled reports whether a file's downloader says, by a file beside it, that
// it is not whole: aria2 makes files in their full length under their own name,
// and yt-dlp fetches picture and sound one after the other.
func controlled(file string) bool {
	if _, err := os.Lstat(file + ".aria2"); err == nil {
		return true
	}
	title, ok := piece(filepath.Base(file))
	if !ok {
		return false
	}
	list, err := os.ReadDir(filepath.Dir(file))
	if err != nil {
		return false
	}
	for _, entry := range list {
		if strings.HasPrefix(entry.Name(), title+".") && temporary(entry.Name()) {
			return true
		}
	}
	return false
}

// piece tells whether a name is that of picture or sound of a film, to be put
// together and deleted: "Title.f137.mp4", and gives its title.
func piece(name string) (title string, ok bool) {
	end := path.Ext(name)
	rest := strings.TrimSuffix(name, end)
	format := path.Ext(rest)
	if len(format) < 3 || len(format) > 16 || !strings.HasPrefix(format, ".f") || format[2] < '0' || format[2] > '9' {
		return "", false
	}
	film := Rules{Kinds: []Kind{Videos, Audio}}
	return strings.TrimSuffix(rest, format), film.kind(name)
}
