package watch

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// Kind is a sort of file, judged by its name's extension.
type Kind string

// The kinds. Rules without kinds take all files.
const (
	Images    Kind = "images"
	Videos    Kind = "videos"
	Audio     Kind = "audio"
	Documents Kind = "documents"
	Archives  Kind = "archives"
)

// extensions gives the extensions of a kind, in lower case; false for what is
// no kind.
func (k Kind) extensions() (string, bool) {
	switch k {
	case Images:
		return " png jpg jpeg jpe jfif gif webp avif heic heif bmp tif tiff svg jxl ico psd xcf raw dng cr2 cr3 nef arw orf raf rw2 ", true
	case Videos:
		return " mp4 m4v mov mkv webm avi mpg mpeg wmv flv ogv 3gp ts m2ts mts ", true
	case Audio:
		return " mp3 m4a aac flac ogg oga opus wav wma aif aiff mid midi ", true
	case Documents:
		return " pdf txt md rtf doc docx odt xls xlsx ods csv ppt pptx odp epub html htm tex json xml log ", true
	case Archives:
		return " zip 7z rar tar gz tgz bz2 tbz xz txz zst lz4 iso dmg jar deb rpm apk cab ", true
	}
	return "", false
}

// Rules say which files of a folder are taken. The zero value takes all but
// hidden and temporary ones. Patterns are globs (*, ?, [a-z]) without upper and
// lower case; one without a slash is held against the name, one with a slash
// against the path below the folder.
type Rules struct {
	Kinds   []Kind   `json:"kinds,omitempty"`    // at least one must fit; none: any
	Include []string `json:"include,omitempty"`  // at least one must fit; none: any
	Exclude []string `json:"exclude,omitempty"`  // none may fit
	MinSize int64    `json:"min_size,omitempty"` // bytes
	MaxSize int64    `json:"max_size,omitempty"` // bytes, 0 = no limit
}

// Reason says why a file was not taken, or what is wrong with a folder.
// Screens choose their words by it.
type Reason string

// Reasons of files.
const (
	ReasonHidden     Reason = "hidden"
	ReasonTemporary  Reason = "temporary" // a name that unfinished files have
	ReasonKind       Reason = "kind"
	ReasonInclude    Reason = "not_included"
	ReasonExclude    Reason = "excluded"
	ReasonSmall      Reason = "too_small"
	ReasonLarge      Reason = "too_large"
	ReasonNotRegular Reason = "not_regular" // a FIFO, socket or device
	ReasonLink       Reason = "link"        // symbolic links are not followed
	ReasonEmpty      Reason = "empty"       // nothing in it
	ReasonWriting    Reason = "writing"     // some program still writes it; it is looked at again
	ReasonUnreadable Reason = "unreadable"  // no permission; it is looked at again
	ReasonEdited     Reason = "edited"      // it was taken before, and the folder says once only
	ReasonSame       Reason = "same"        // another name of a file that was taken before
	ReasonDownloaded Reason = "downloaded"  // Sluice put it there: it is not sent back
	ReasonName       Reason = "name"        // a name that the service can't have
	ReasonNotMoved   Reason = "not_moved"   // it could not be moved away
	ReasonChanged    Reason = "changed"     // not moved away: it is not what was uploaded any more
)

// Check tells what is wrong with rules, nil when nothing is.
func (r Rules) Check() error {
	for _, k := range r.Kinds {
		if _, ok := k.extensions(); !ok {
			return fmt.Errorf("%q is no kind of file", k)
		}
	}
	for _, list := range [][]string{r.Include, r.Exclude} {
		for _, p := range list {
			if _, err := path.Match(fold(p), ""); err != nil || strings.Trim(p, "/") == "" {
				return fmt.Errorf("%q is no pattern", p)
			}
		}
	}
	if r.MinSize < 0 || r.MaxSize < 0 || r.MaxSize > 0 && r.MinSize > r.MaxSize {
		return errors.New("no size is between these")
	}
	return nil
}

// Name tells why a file is refused for its path below the folder, "" when it
// is not. It needs no file.
func (r Rules) Name(rel string) Reason {
	rel = filepath.ToSlash(rel)
	name := path.Base(rel)
	switch {
	case hidden(rel):
		return ReasonHidden
	case temporary(name), unfinished(path.Dir(rel)):
		return ReasonTemporary
	case !utf8.ValidString(name) || utf8.RuneCountInString(name) > 255:
		return ReasonName
	case len(r.Kinds) > 0 && !r.kind(name):
		return ReasonKind
	case len(r.Include) > 0 && !matchAny(r.Include, rel):
		return ReasonInclude
	case matchAny(r.Exclude, rel):
		return ReasonExclude
	}
	return ""
}

// Size tells why a file is refused for its size in bytes, "" when it is not.
func (r Rules) Size(n int64) Reason {
	switch {
	case n < r.MinSize:
		return ReasonSmall
	case r.MaxSize > 0 && n > r.MaxSize:
		return ReasonLarge
	}
	return ""
}

func (r Rules) kind(name string) bool {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	if ext == "" || strings.Contains(ext, " ") {
		return false
	}
	for _, k := range r.Kinds {
		if all, _ := k.extensions(); strings.Contains(all, " "+ext+" ") {
			return true
		}
	}
	return false
}

func matchAny(patterns []string, rel string) bool {
	for _, p := range patterns {
		subject := rel
		if !strings.Contains(p, "/") {
			subject = path.Base(rel)
		}
		if ok, err := path.Match(fold(strings.TrimPrefix(p, "/")), fold(subject)); ok && err == nil {
			return true
		}
	}
	return false
}

func fold(s string) string { return strings.ToLower(s) }
