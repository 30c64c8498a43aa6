package handoff

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
)

// Names of the files in the home folder.
const (
	lockName    = "instance.lock"
	addressName = "instance.json"
)

// address is where the holder listens and what proves that it is the holder.
type address struct {
	Version int    `json:"version"`
	Addr    string `json:"addr"`
	Token   []byte `json:"token"`
	PID     int    `json:"pid"`
}

// write replaces what a dead instance left. Only the holder of the lock calls
// it. A reader that comes in between sees no file or half of one, and tries
// again.
func (a address) write(dir string) error {
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, addressName)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replace %q: %w", path, err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(b)
	return errors.Join(err, file.Close())
}

// readAddress gives ErrNotRunning for a file that is missing or makes no
// sense, and for an address that is not on this computer.
func readAddress(dir string) (address, error) {
	b, err := os.ReadFile(filepath.Join(dir, addressName))
	if err != nil {
		return address{}, fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	var a address
	if err := json.Unmarshal(b, &a); err != nil {
		return address{}, fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	if a.Version != version {
		return address{}, ErrVersion
	}
	tcp, err := net.ResolveTCPAddr("tcp", a.Addr)
	if err != nil || !tcp.IP.IsLoopback() || len(a.Token) < nonceSize {
		return address{}, fmt.Errorf("%w: %q makes no sense", ErrNotRunning, addressName)
	}
	return a, nil
}
