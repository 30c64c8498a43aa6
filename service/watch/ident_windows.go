package watch

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// number gives the volume and number of a file, 0 when they are not known.
func number(path string, _ fs.FileInfo) (device, inode uint64) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0
	}
	defer f.Close() //nolint:errcheck // it was only looked at
	var d windows.ByHandleFileInformation
	if windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &d) != nil {
		return 0, 0
	}
	return uint64(d.VolumeSerialNumber), uint64(d.FileIndexHigh)<<32 | uint64(d.FileIndexLow)
}

// otherDisk reports that a file could not be moved because it would change its
// disk.
func otherDisk(err error) bool { return errors.Is(err, windows.ERROR_NOT_SAME_DEVICE) }
