package trash

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// program moves files to the bin with the system's own function. macOS has it
// since version 15.
const program = "/usr/bin/trash"

func move(ctx context.Context, path string) error {
	if _, err := os.Stat(program); err != nil {
		return rename(path, time.Now())
	}
	out, err := exec.CommandContext(ctx, program, path).CombinedOutput()
	if err != nil {
		return refused(path, fmt.Errorf("%w: %s", err, strings.TrimSpace(string(out))))
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return refused(path, errors.Join(err, errors.New("it is still there")))
	}
	return nil
}

// rename moves a file to the bin of its volume.
func rename(path string, now time.Time) error {
	home, err := os.UserHomeDir()
	if err != nil {
		return refused(path, err)
	}
	name := filepath.Base(path)
	ext := filepath.Ext(name)
	again := strings.TrimSuffix(name, ext) + " " + now.Format("15.04.05.000000000") + ext // as the Finder does, but finer
	dir := filepath.Join(home, ".Trash")
	for _, to := range []string{name, again} {
		err = unix.RenamexNp(path, filepath.Join(dir, to), unix.RENAME_EXCL)
		if errors.Is(err, unix.EXDEV) {
			if dir, err = volumeBin(path); err == nil {
				err = unix.RenamexNp(path, filepath.Join(dir, to), unix.RENAME_EXCL)
			}
		}
		if err == nil {
			return nil
		}
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return refused(path, err)
}

// volumeBin is our bin on another volume than the home folder's. It is ours
// because the folder above has the sticky bit.
func volumeBin(path string) (string, error) {
	var volume unix.Statfs_t
	if err := unix.Statfs(filepath.Dir(path), &volume); err != nil {
		return "", err
	}
	all := filepath.Join(unix.ByteSliceToString(volume.Mntonname[:]), ".Trashes")
	info, err := os.Lstat(all)
	if err != nil {
		return "", err
	}
	if !info.IsDir() || info.Mode()&fs.ModeSticky == 0 {
		return "", fmt.Errorf("%s is not a folder with the sticky bit", all)
	}
	own := filepath.Join(all, strconv.Itoa(os.Getuid()))
	if err := os.Mkdir(own, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	if info, err = os.Lstat(own); err != nil {
		return "", err
	}
	if !info.IsDir() {
		return "", fmt.Errorf("%s is not a folder", own)
	}
	return own, nil
}
