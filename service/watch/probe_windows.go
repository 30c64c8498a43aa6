package watch

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// openForProbe opens a file for reading and refuses to share it with writers:
// that fails while one has it open.
func openForProbe(path string) (*os.File, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := windows.CreateFile(name, windows.GENERIC_READ, windows.FILE_SHARE_READ|windows.FILE_SHARE_DELETE, nil,
		windows.OPEN_EXISTING, windows.FILE_FLAG_OPEN_REPARSE_POINT, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	return os.NewFile(uintptr(h), path), nil
}

// shared reports whether a file couldn't be opened because somebody writes it.
func shared(err error) bool { return errors.Is(err, windows.ERROR_SHARING_VIOLATION) }

// holds knows that openForProbe would have failed.
func holds(*os.File) holding { return free }

// remote reports whether changes that other computers make in a folder may
// cause no event here.
func remote(path string) bool {
	root, err := windows.UTF16PtrFromString(filepath.VolumeName(path) + `\`)
	return err == nil && windows.GetDriveType(root) == windows.DRIVE_REMOTE
}

// limitOf: there is none that can be raised.
func limitOf(Reason) int { return 0 }
