package storage

import (
	"crypto/rand"
	"os"
)

// The reserve is a file of no use but its size. On a full disk SQLite can't
// even open a database to read it; giving the reserve up lets Sluice start and
// show its links.
const (
	reserveSuffix = ".reserve"
	reserveSize   = 256 << 10
)

// keepReserve makes the reserve of the database at path if it is not there.
// Without room for it there is none.
func keepReserve(path string) {
	path += reserveSuffix
	if info, err := os.Stat(path); err == nil && info.Size() == reserveSize {
		return
	}
	data := make([]byte, reserveSize)
	_, _ = rand.Read(data) // what some file systems can't make smaller; never fails
	if os.WriteFile(path, data, 0o600) != nil {
		_ = os.Remove(path)
	}
}

// giveUpReserve tells whether there was a reserve to give up.
func giveUpReserve(path string) bool { return os.Remove(path+reserveSuffix) == nil }
