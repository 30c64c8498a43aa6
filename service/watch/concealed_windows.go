package watch

import (
	"io/fs"
	"syscall"
)

// concealed reports whether a file or folder has the mark of hidden ones.
func concealed(info fs.FileInfo) bool {
	data, ok := info.Sys().(*syscall.Win32FileAttributeData)
	return ok && data.FileAttributes&syscall.FILE_ATTRIBUTE_HIDDEN != 0
}

// concealedEntry is concealed for what a folder lists.
func concealedEntry(entry fs.DirEntry) bool {
	info, err := entry.Info()
	return err == nil && concealed(info)
}
