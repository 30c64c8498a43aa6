package download

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

func TestOneMovesToAName(t *testing.T) {
	t.Parallel()
	for name, move := range map[string]func(string, string) error{"move": moveNew, "link": linkNew, "cover": coverNew} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			const movers = 20
			var moved atomic.Int64
			var wg sync.WaitGroup
			for i := range movers {
				from := filepath.Join(dir, fmt.Sprint(i))
				if err := os.WriteFile(from, []byte{byte(i)}, 0o600); err != nil {
					t.Fatal(err)
				}
				wg.Go(func() {
					switch err := move(from, filepath.Join(dir, "to")); {
					case err == nil:
						moved.Add(1)
					case !errors.Is(err, fs.ErrExist):
						t.Error(err)
					}
				})
			}
			wg.Wait()
			left, err := os.ReadDir(dir)
			if moved.Load() != 1 || err != nil || len(left) != movers {
				t.Errorf("%d moved, %d files left, %v", moved.Load(), len(left), err)
			}
			content, err := os.ReadFile(filepath.Join(dir, "to"))
			if err != nil || len(content) != 1 {
				t.Fatalf("%v, %v", content, err)
			}
			if _, err := os.Lstat(filepath.Join(dir, fmt.Sprint(content[0]))); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("what was moved is still there: %v", err)
			}
			if err := move(filepath.Join(dir, "missing"), filepath.Join(dir, "elsewhere")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("what is not there was moved: %v", err)
			}
			if _, err := os.Lstat(filepath.Join(dir, "elsewhere")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("something is there: %v", err)
			}
		})
	}
}
