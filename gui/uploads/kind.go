package uploads

import (
	"path/filepath"
	"strings"

	"sluice/gui/kit"
)

// kindOf gives the drawing for a file by its name, or its extension to write
// where that says more.
func kindOf(name string) (kit.IconName, string) {
	ext := strings.ToLower(strings.TrimPrefix(filepath.Ext(name), "."))
	switch ext {
	case "png", "jpg", "jpeg", "gif", "webp":
		return kit.IconImage, ""
	case "svg", "ico":
		return kit.IconFile, strings.ToUpper(ext)
	case "mp4", "mkv", "mov", "avi", "webm", "m4v", "mpg", "mpeg", "ts", "wmv":
		return kit.IconVideo, ""
	case "mp3", "flac", "ogg", "opus", "wav", "m4a", "aac", "wma":
		return kit.IconAudio, ""
	case "zip", "gz", "xz", "zst", "bz2", "7z", "rar", "tar", "tgz":
		return kit.IconArchive, ""
	case "txt", "md", "log":
		return kit.IconText, ""
	}
	plain := ext != "" && len(ext) <= 4 && strings.Trim(ext, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
	if plain {
		return kit.IconFile, strings.ToUpper(ext)
	}
	return kit.IconFile, ""
}
