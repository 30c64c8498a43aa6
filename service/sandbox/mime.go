package sandbox

import (
	"net/http"
	"path"
	"strings"
)

// mimeType tells a file's type by its contents or, where these say little, by
// its name.
func mimeType(name string, head []byte) string {
	byContents := http.DetectContentType(head)
	switch {
	case byContents == "application/octet-stream", byContents == "application/zip",
		strings.HasPrefix(byContents, "text/plain"), strings.HasPrefix(byContents, "text/xml"):
		if t := typeByName(name); t != "" {
			return t
		}
	}
	return byContents
}

// typeByName knows the extensions of everyday files.
func typeByName(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".txt", ".log":
		return "text/plain; charset=utf-8"
	case ".md":
		return "text/markdown; charset=utf-8"
	case ".csv":
		return "text/csv; charset=utf-8"
	case ".html", ".htm":
		return "text/html; charset=utf-8"
	case ".json":
		return "application/json"
	case ".xml":
		return "text/xml; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".png":
		return "image/png"
	case ".gif":
		return "image/gif"
	case ".webp":
		return "image/webp"
	case ".heic":
		return "image/heic"
	}
	return typeOfOthers(name)
}

// typeOfOthers goes on where typeByName ends.
func typeOfOthers(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".mp3":
		return "audio/mpeg"
	case ".flac":
		return "audio/flac"
	case ".ogg", ".opus":
		return "audio/ogg"
	case ".wav":
		return "audio/wav"
	case ".m4a":
		return "audio/mp4"
	case ".mp4", ".m4v":
		return "video/mp4"
	case ".mkv":
		return "video/x-matroska"
	case ".webm":
		return "video/webm"
	case ".mov":
		return "video/quicktime"
	case ".pdf":
		return "application/pdf"
	case ".docx":
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	case ".xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case ".odt":
		return "application/vnd.oasis.opendocument.text"
	case ".epub":
		return "application/epub+zip"
	}
	return typeOfArchives(name)
}

func typeOfArchives(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".zip":
		return "application/zip"
	case ".7z":
		return "application/x-7z-compressed"
	case ".gz", ".tgz":
		return "application/gzip"
	case ".xz":
		return "application/x-xz"
	case ".rar":
		return "application/vnd.rar"
	case ".iso":
		return "application/x-iso9660-image"
	case ".apk":
		return "application/vnd.android.package-archive"
	case ".exe":
		return "application/vnd.microsoft.portable-executable"
	}
	return ""
}
