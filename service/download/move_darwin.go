package download

import "golang.org/x/sys/unix"

// renameNew renames a file in one step unless there is one of that name. Some
// file systems can't.
func renameNew(from, to string) error {
	return unix.RenamexNp(from, to, unix.RENAME_EXCL)
}
