package watch

import "io/fs"

// ident tells versions of files apart. Two versions of one file differ in it,
// unless they were written within one tick of the file system's clock.
type ident struct {
	device, inode uint64 // inode 0: not known
	size          int64
	changed       int64 // nanoseconds since 1970
}

func identOf(path string, info fs.FileInfo) ident {
	id := ident{size: info.Size(), changed: info.ModTime().UnixNano()}
	id.device, id.inode = number(path, info)
	return id
}

// sameVersion reports whether id and b, found at the same path, are the same.
// Numbers of devices and inodes may change when a drive is mounted again.
func (id ident) sameVersion(b ident) bool { return id.size == b.size && id.changed == b.changed }
