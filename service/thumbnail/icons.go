package thumbnail

import (
	"hash/maphash"
	"path"
	"strings"
)

// Possible tells whether the service can have a thumbnail of a file, by its
// type, or its name where the type is unknown. Of anything but photos, drawings
// in pixels and videos it has only icons; ours are nicer.
func Possible(mimeType, name string) bool {
	major, minor := split(typeOf(mimeType, name))
	switch major {
	case "video":
		return true
	case "image":
		return !strings.HasPrefix(minor, "svg") && !strings.HasPrefix(minor, "vnd.") && !strings.HasSuffix(minor, "photoshop") &&
			!strings.HasSuffix(minor, "-psd") && minor != "psd" && minor != "x-xcf"
	}
	return false
}

// decodable tells whether a picture on this computer can be one that we decode.
func decodable(w Wanted) bool {
	switch typeOf(w.MIME, w.Name) {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		return true
	}
	return false
}

// opaque tells whether all pixels of such a file can be seen.
func opaque(w Wanted) bool {
	major, minor := split(typeOf(w.MIME, w.Name))
	return major == "video" || major == "image" && (minor == "jpeg" || minor == "bmp")
}

func split(mimeType string) (major, minor string) {
	major, minor, _ = strings.Cut(mimeType, "/")
	return major, minor
}

// typeOf gives a file's media type without parameters.
func typeOf(mimeType, name string) string {
	if mimeType == "" {
		return typeByName(name)
	}
	plain, _, _ := strings.Cut(mimeType, ";")
	return strings.ToLower(strings.TrimSpace(plain))
}

func typeByName(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".jpg", ".jpeg", ".jpe", ".jfif":
		return "image/jpeg"
	case ".png", ".apng":
		return "image/png"
	case ".gif":
		return "image/gif"
	case ".webp":
		return "image/webp"
	case ".bmp":
		return "image/bmp"
	case ".avif", ".heic", ".heif", ".jxl", ".tif", ".tiff":
		return "image/other"
	case ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".wmv", ".mpg", ".mpeg", ".ts", ".3gp", ".ogv", ".flv":
		return "video/other"
	}
	return ""
}

// icons finds out which answers are signs for a type of file that the service
// gives in place of a thumbnail. Where it does not say so, there are two ways to
// tell: files with different contents have the same picture to the byte, or a
// file without transparency has one that is cut to a shape.
type icons struct {
	seed  maphash.Seed
	seen  *bounded[uint64, Wanted] // by answer, the file that it was given for first
	known *bounded[uint64, struct{}]
}

const (
	maxSeen  = 4096
	maxKnown = 256
)

func newIcons() *icons {
	return &icons{maphash.MakeSeed(), newBounded[uint64, Wanted](maxSeen), newBounded[uint64, struct{}](maxKnown)}
}

// isIcon tells whether an answer is known to be an icon by now. Also names the
// file for which the same answer was taken for a thumbnail until now, if any.
func (i *icons) isIcon(w Wanted, data []byte) (is bool, also *Wanted) {
	sum := maphash.Bytes(i.seed, data)
	if i.known.get(sum) != nil {
		return true, nil
	}
	first := i.seen.get(sum)
	switch {
	case first == nil:
		i.seen.put(sum, w)
		return false, nil
	case first.File == w.File || first.Hash == "" || w.Hash == "" || first.Hash == w.Hash:
		return false, nil
	}
	also = first
	i.seen.drop(sum)
	i.known.put(sum, struct{}{})
	return true, also
}

// learn notes that an answer is an icon.
func (i *icons) learn(data []byte) { i.known.put(maphash.Bytes(i.seed, data), struct{}{}) }
