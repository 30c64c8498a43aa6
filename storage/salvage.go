package storage

import (
	"context"
	"os"
	"time"
)

// salvage puts a new database in the place of the damaged one.
func salvage(_ context.Context, path string, _ error) (Opening, error) {
	aside := path + ".corrupt-" + time.Now().UTC().Format("20060102-150405.000")
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Rename(path+suffix, aside+suffix); err != nil && !os.IsNotExist(err) {
			return Opening{}, fileError("move the damaged database aside", err)
		}
	}
	if err := os.Rename(path, aside); err != nil {
		return Opening{}, fileError("move the damaged database aside", err)
	}
	_, err := prepareFile(path[:len(path)-len(fileName)], path)
	return Opening{MovedAside: aside}, err
}

func finishSalvage(string) error { return nil }
