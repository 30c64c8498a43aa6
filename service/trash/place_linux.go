package trash

import "golang.org/x/sys/unix"

// placeOf says on which mounted file system a folder is. Within one device
// there can be several mounts, between which nothing can be renamed.
func placeOf(dir string) (place, error) {
	var st unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, dir, 0, unix.STATX_MNT_ID, &st); err != nil {
		return place{}, err
	}
	at := place{device: unix.Mkdev(st.Dev_major, st.Dev_minor)}
	if st.Mask&unix.STATX_MNT_ID != 0 { // since Linux 5.8
		at.mount = st.Mnt_id
	}
	return at, nil
}

func renameNew(from, to string) error {
	return unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
}
