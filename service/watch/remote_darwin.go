package watch

import "golang.org/x/sys/unix"

// remote reports whether changes that other computers make in a folder may
// cause no event here.
func remote(path string) bool {
	var s unix.Statfs_t
	return unix.Statfs(path, &s) == nil && s.Flags&unix.MNT_LOCAL == 0
}
