package sandbox

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"sluice/service"
)

// entry is one change of the metadata, a line of the journal. Exactly one
// field is set.
type entry struct {
	File   *record         `json:"file,omitempty"`   // new or changed
	Drop   service.FileID  `json:"drop,omitempty"`   // deleted
	Gone   int             `json:"gone,omitempty"`   // made-up file deleted: 1 + its number
	List   *album          `json:"list,omitempty"`   // new or changed
	Unlist service.AlbumID `json:"unlist,omitempty"` // deleted
}

// journalName is the journal's file; its presence marks a folder as ours.
const journalName = "sandbox.jsonl"

// journal appends changes to a file. A change counts once its whole line is
// there: a line that was cut short by a crash is as if it had never begun.
type journal struct {
	path  string
	file  *os.File
	lines int
}

// readJournal gives the entries of the journal in dir to apply, in order, and
// reports whether there is a journal.
func readJournal(dir string, apply func(entry)) (found bool, err error) {
	f, err := os.Open(filepath.Join(dir, journalName))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("sandbox: %w", err)
	}
	defer func() { _ = f.Close() }()
	in := bufio.NewReaderSize(f, 1<<20)
	for lines := 1; ; lines++ {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return true, nil // a line without an end was cut short
		}
		if err != nil {
			return true, fmt.Errorf("sandbox: reading the journal: %w", err)
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return true, fmt.Errorf("sandbox: line %d of %s cannot be read: %w", lines, journalName, err)
		}
		apply(e)
	}
}

// rewriteJournal replaces the journal by entries, in one step, and opens it.
func rewriteJournal(dir string, entries func(yield func(entry) bool)) (*journal, error) {
	j := &journal{path: filepath.Join(dir, journalName)}
	temp, err := os.CreateTemp(dir, journalName+".*")
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	err = j.fill(temp, entries)
	if cerr := temp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(temp.Name(), j.path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sandbox: writing the journal: %w", err), os.Remove(temp.Name()))
	}
	if j.file, err = os.OpenFile(j.path, os.O_WRONLY|os.O_APPEND, 0o600); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return j, nil
}

func (j *journal) fill(f *os.File, entries func(yield func(entry) bool)) error {
	out := bufio.NewWriterSize(f, 1<<20)
	for e := range entries {
		if _, err := out.Write(encode(e)); err != nil {
			return err
		}
		j.lines++
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Sync()
}

// add appends e. After an error the journal ends with its last whole line
// again, so that what follows can be read.
func (j *journal) add(e entry) error {
	end, err := j.file.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("sandbox: writing the journal: %w", err)
	}
	if _, err = j.file.Write(encode(e)); err != nil {
		return errors.Join(fmt.Errorf("sandbox: writing the journal: %w", err), j.file.Truncate(end))
	}
	j.lines++
	return nil
}

func (j *journal) close() error {
	return errors.Join(j.file.Sync(), j.file.Close())
}
