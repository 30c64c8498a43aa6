package download

import "golang.org/x/sys/unix"

// renameNew renames a file in one step unless there is one of that name. Some
// file systems can't.
func renameNew(from, to string) error {
	return unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
}
