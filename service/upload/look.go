package upload

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"sluice/service"
)

// refusal is why a file can't be uploaded. The reason decides the kind.
func refusal(path, reason string, cause error) *service.Error {
	kind := service.Invalid
	switch reason {
	case service.ReasonMissingFile, service.ReasonBrokenLink:
		kind = service.NotFound
	case service.ReasonNameTooLong, service.ReasonFileTooLarge:
		kind = service.TooLarge
	}
	return &service.Error{Op: "upload", Path: path, Kind: kind, Value: reason, Err: cause}
}

// look finds out what a path is without opening it. Links are followed; root,
// if not empty, is a real folder that they must not lead out of. The info is
// that of a regular file or a folder.
func look(path, root string) (fs.FileInfo, *service.Error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, unseen(path, err)
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		if root != "" {
			return nil, checkLink(path, root)
		}
		if info, err = os.Stat(path); err != nil {
			return nil, refusal(path, linkReason(err), err)
		}
	}
	if !info.Mode().IsRegular() && !info.IsDir() {
		return nil, refusal(path, service.ReasonNotRegular, nil)
	}
	return info, nil
}

// unseen tells why a path can't be looked at.
func unseen(path string, err error) *service.Error {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return refusal(path, service.ReasonUnreadable, err)
	case webAddress(path):
		return refusal(path, service.ReasonWebAddress, nil)
	case errors.Is(err, fs.ErrNotExist), notFolder(err):
		return refusal(path, service.ReasonMissingFile, err)
	}
	return refusal(path, service.ReasonUnreadable, err)
}

func linkReason(err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return service.ReasonUnreadable
	}
	return service.ReasonBrokenLink
}

// errInside tells that a link leads to where the walk comes anyway.
var errInside = errors.New("the link leads to a file of the same folder")

// checkLink tells what is wrong with a link below root; with nothing wrong the
// cause is errInside.
func checkLink(path, root string) *service.Error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return refusal(path, linkReason(err), err)
	}
	rel, err := filepath.Rel(root, target)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return refusal(path, service.ReasonLinkOutside, nil)
	}
	return refusal(path, service.ReasonLinkOutside, errInside)
}

// webAddress reports whether a path that does not exist is an address that was
// dropped from a browser: taken for a relative path it got the current folder
// in front and lost a slash.
func webAddress(path string) bool {
	slashed := strings.ReplaceAll(path, `\`, "/")
	for _, scheme := range []string{"http:/", "https:/", "ftp:/", "data:", "blob:"} {
		if strings.HasPrefix(slashed, scheme) || strings.Contains(slashed, "/"+scheme) {
			return true
		}
	}
	return false
}

// checkName tells what is wrong with a file's name, nil when nothing is.
func checkName(path, name string) *service.Error {
	switch {
	case !utf8.ValidString(name):
		return refusal(path, service.ReasonNameInvalid, nil)
	case utf8.RuneCountInString(name) > service.MaxNameLength:
		return refusal(path, service.ReasonNameTooLong, nil)
	}
	return nil
}

// checkSize tells what is wrong with a file's size; limit < 1 means none.
func checkSize(path string, size, limit int64) *service.Error {
	switch {
	case size == 0:
		return refusal(path, service.ReasonEmptyFile, nil)
	case limit > 0 && size > limit:
		return refusal(path, service.ReasonFileTooLarge, nil)
	}
	return nil
}

func (e *Engine) maxFileSize() int64 {
	if e.cfg.MaxFileSize == nil {
		return 0
	}
	return e.cfg.MaxFileSize()
}
