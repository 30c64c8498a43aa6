package library

import (
	"path"
	"strings"

	"sluice/service"
)

// Kind is a rough sort of content.
type Kind uint8

// The kinds, in the order in which they are shown. AnyKind stands for all of
// them in a Query.
const (
	AnyKind Kind = iota
	Image
	Video
	Audio
	Document
	Archive
	Other

	kindCount
)

// parseKind understands the names of kinds, also their beginnings of at least
// three letters: "img", "video", "doc".
func parseKind(word string) (Kind, bool) {
	switch word {
	case "img", "picture", "pictures", "photo", "photos":
		return Image, true
	case "zip":
		return Archive, true
	case "music", "sound":
		return Audio, true
	case "film", "movie":
		return Video, true
	}
	if len(word) < 3 {
		return AnyKind, false
	}
	for k, name := range []string{
		Image: "images", Video: "videos", Audio: "audios", Document: "documents", Archive: "archives", Other: "others",
	} {
		if name != "" && strings.HasPrefix(name, word) {
			return Kind(k), true
		}
	}
	return AnyKind, false
}

// KindOf is a file's kind.
func KindOf(f *service.File) Kind { return kindOf(f.MIME, f.Name) }

// kindOf judges by the type that the service tells, and by the name where that
// says nothing.
func kindOf(mime, name string) Kind {
	if k := kindOfType(mime); k != Other {
		return k
	}
	return kindOfName(name)
}

func kindOfType(mime string) Kind {
	top, sub, _ := strings.Cut(mime, "/")
	switch top {
	case "image":
		return Image
	case "video":
		return Video
	case "audio":
		return Audio
	case "text":
		return Document
	case "application":
		return kindOfApplication(sub)
	}
	return Other
}

func kindOfApplication(sub string) Kind {
	for _, part := range []string{
		"zip", "tar", "rar", "7z", "compress", "zstd", "bzip", "x-xz", "lzma", "lz4", "archive", "diskimage", "iso9660",
	} {
		if strings.Contains(sub, part) && !strings.HasSuffix(sub, "+zip") {
			return Archive
		}
	}
	for _, part := range []string{
		"pdf", "document", "msword", "ms-excel", "ms-powerpoint", "spreadsheet", "presentation", "rtf", "epub", "json", "xml",
		"postscript", "latex", "x-tex", "yaml", "javascript",
	} {
		if strings.Contains(sub, part) {
			return Document
		}
	}
	if sub == "ogg" {
		return Audio
	}
	return Other
}

func kindOfName(name string) Kind {
	switch strings.ToLower(path.Ext(name)) {
	case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".heic", ".heif", ".bmp", ".tif", ".tiff", ".svg", ".psd", ".xcf",
		".ico", ".jxl", ".raw", ".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".raf":
		return Image
	case ".mp4", ".mkv", ".webm", ".mov", ".avi", ".m4v", ".wmv", ".flv", ".mpg", ".mpeg", ".ogv", ".3gp", ".m2ts":
		return Video
	case ".mp3", ".flac", ".ogg", ".oga", ".opus", ".wav", ".m4a", ".aac", ".wma", ".aif", ".aiff", ".mid", ".midi":
		return Audio
	case ".pdf", ".txt", ".md", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".csv", ".tsv", ".ppt", ".pptx", ".odp",
		".epub", ".mobi", ".html", ".htm", ".xml", ".json", ".yaml", ".yml", ".toml", ".tex", ".ps", ".srt", ".log":
		return Document
	case ".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst", ".lz", ".lz4", ".lzma", ".br", ".cab",
		".iso", ".dmg", ".img", ".jar", ".apk", ".deb", ".rpm", ".cbz", ".cbr":
		return Archive
	}
	return Other
}
