package watch

import (
	"errors"
	"io/fs"
)

// holding says what is known about programs that write a file.
type holding uint8

const (
	unknown    holding = iota // the platform can't tell
	free                      // none has it open for writing
	writing                   // one has
	changing                  // it was another file a moment later
	unreadable                // it can't be opened
	vanished                  // it is not there
)

// probe opens a file and finds out who writes it, and whether by its format it
// is whole.
func probe(path string, want ident) (held holding, whole bool) {
	f, err := openForProbe(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return vanished, false
	case shared(err):
		return writing, false
	case err != nil:
		return unreadable, false
	}
	defer func() { _ = f.Close() }() // it was only read
	held = holds(f)
	if held == writing {
		return writing, false
	}
	whole = complete(f, want.size)
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() || !identOf(path, info).sameVersion(want) {
		return changing, false
	}
	if _, err := f.ReadAt(make([]byte, 1), 0); err != nil && want.size > 0 {
		return unreadable, false
	}
	return held, whole
}
