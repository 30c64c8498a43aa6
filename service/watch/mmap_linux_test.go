package watch

import (
	"errors"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// mapped writes through a mapping, long after the file was closed.
func (z *zoo) mapped() {
	z.let("mapped.bin", func(path string) (string, error) {
		f, err := os.Create(path)
		if err != nil {
			return "", err
		}
		text := strings.Repeat("m", 4096)
		if err := f.Truncate(int64(len(text))); err != nil {
			return "", errors.Join(err, f.Close())
		}
		memory, err := unix.Mmap(int(f.Fd()), 0, len(text), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
		if err := errors.Join(err, f.Close()); err != nil {
			return "", err
		}
		tick := time.NewTicker(z.pause(50))
		defer tick.Stop()
		for i := range 8 {
			copy(memory[i*512:], text[:512])
			<-tick.C
		}
		return text, unix.Munmap(memory)
	})
	z.let("pipe.png", func(path string) (string, error) { return "", unix.Mkfifo(path, 0o600) })
}
