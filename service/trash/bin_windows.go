package trash

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Of SHFileOperationW. The last of the flags makes Windows ask before it would
// delete instead, as it does where the bin is switched off or too small.
const (
	toDelete   = 3                                          // FO_DELETE
	toRecycle  = 0x0040 | 0x0010 | 0x0004 | 0x0400 | 0x4000 // FOF_ALLOWUNDO, NOCONFIRMATION, SILENT, NOERRORUI, WANTNUKEWARNING
	pathLimit  = 259                                        // MAX_PATH without the end: the function takes no more
	driveFixed = 3
)

// fileOperation is SHFILEOPSTRUCTW. What follows the flags is laid out in another
// way on each processor, and not read.
type fileOperation struct {
	window   uintptr
	function uint32
	from, to *uint16
	flags    uint16
	_        [40]byte
}

func move(_ context.Context, path string) error {
	if err := hasBin(path); err != nil {
		return refused(path, err)
	}
	from, err := windows.UTF16FromString(path)
	if err != nil {
		return refused(path, err)
	}
	if len(from)-1 > pathLimit {
		return refused(path, fmt.Errorf("its path has more than %d characters", pathLimit))
	}
	from = append(from, 0) // a list of one path
	if err := recycle(from); err != nil {
		return refused(path, err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return refused(path, errors.Join(err, errors.New("it is still there")))
	}
	return nil
}

// hasBin refuses drives that have no bin: there, Windows would delete.
func hasBin(path string) error {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return err
	}
	volume := make([]uint16, windows.MAX_LONG_PATH)
	if err := windows.GetVolumePathName(name, &volume[0], uint32(len(volume))); err != nil { //nolint:gosec // its length is a constant
		return err
	}
	if kind := windows.GetDriveType(&volume[0]); kind != driveFixed {
		return fmt.Errorf("%s has no bin", windows.UTF16ToString(volume))
	}
	return nil
}

func recycle(from []uint16) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := windows.CoInitializeEx(0, windows.COINIT_APARTMENTTHREADED|windows.COINIT_DISABLE_OLE1DDE); err == nil {
		defer windows.CoUninitialize()
	}
	call := windows.NewLazySystemDLL("shell32.dll").NewProc("SHFileOperationW")
	if err := call.Find(); err != nil {
		return err
	}
	what := &fileOperation{function: toDelete, from: &from[0], flags: toRecycle}
	code, _, _ := call.Call(uintptr(unsafe.Pointer(what))) //nolint:gosec // what a system call takes
	runtime.KeepAlive(from)
	if code != 0 {
		return fmt.Errorf("SHFileOperationW: code %#x", code)
	}
	return nil
}
