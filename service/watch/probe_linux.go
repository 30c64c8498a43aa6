package watch

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// holds asks for a read lease, which the kernel refuses while anybody has the
// file open or mapped for writing, and gives it back at once. Leases exist on
// local file systems and for files of our own.
func holds(f *os.File) holding {
	conn, err := f.SyscallConn()
	if err != nil {
		return unknown
	}
	held := unknown
	err = conn.Control(func(fd uintptr) {
		_, err := unix.FcntlInt(fd, unix.F_SETLEASE, unix.F_RDLCK)
		switch {
		case err == nil:
			held = free
			_, _ = unix.FcntlInt(fd, unix.F_SETLEASE, unix.F_UNLCK) // closing gives it back as well
		case errors.Is(err, unix.EAGAIN):
			held = writing
		}
	})
	if err != nil {
		return unknown
	}
	return held
}

// remote reports whether changes that other computers make in a folder may
// cause no event here.
func remote(path string) bool {
	var s unix.Statfs_t
	if unix.Statfs(path, &s) != nil {
		return false
	}
	switch uint32(s.Type) { //nolint:gosec // the type's width differs, its values fit
	case unix.NFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC, unix.V9FS_MAGIC,
		unix.FUSE_SUPER_MAGIC, unix.AFS_SUPER_MAGIC, unix.CODA_SUPER_MAGIC, unix.CEPH_SUPER_MAGIC, unix.NCP_SUPER_MAGIC:
		return true
	}
	return false
}

// limitOf gives the system's limit that a reason is about, 0 when it is not
// known.
func limitOf(reason Reason) int {
	name := map[Reason]string{ReasonWatches: "max_user_watches", ReasonInstances: "max_user_instances"}[reason]
	text, err := os.ReadFile(filepath.Join("/proc/sys/fs/inotify", name))
	if err != nil {
		return 0
	}
	limit, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return limit
}
