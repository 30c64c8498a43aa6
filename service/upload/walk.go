package upload

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"sluice/service"
	"sluice/storage"
)

// maxChunk is how many jobs are written at a time.
const maxChunk = 256

// scan is what the scanner has to do. It is guarded by Engine.mu.
type scan struct {
	queue []storage.Intake // accepted paths, first come first
	open  int              // those not looked through to the end
	busy  bool
}

// kickScan starts the scanner when there is something for it. e.mu is held.
func (e *Engine) kickScan() {
	if e.scan.busy || len(e.scan.queue) == 0 {
		return
	}
	e.scan.busy = e.spawn(e.scanAll)
}

// scanAll turns accepted paths into jobs until there are none left.
func (e *Engine) scanAll() {
	s := &scanner{e: e, chunk: 16}
	for {
		e.mu.Lock()
		if len(e.scan.queue) == 0 && s.empty() || e.closing {
			e.scan.busy = false
			e.mu.Unlock()
			return
		}
		var in storage.Intake
		more := len(e.scan.queue) > 0
		if more {
			in, e.scan.queue = e.scan.queue[0], e.scan.queue[1:]
		}
		e.mu.Unlock()
		if !more {
			s.flush()
			continue
		}
		s.look(in)
	}
}

// scanner collects what it finds and writes it in chunks, small ones first so
// that uploads start soon. It belongs to its goroutine.
type scanner struct {
	e      *Engine
	walked []storage.Walked
	from   []storage.Intake // by place in walked
	count  int              // of their jobs, plus one for each
	chunk  int
	lost   bool // the queue can't be written, and the engine closes
}

func (s *scanner) empty() bool { return len(s.walked) == 0 }

// look turns one accepted path into jobs.
func (s *scanner) look(in storage.Intake) {
	info, err := look(in.Path, "")
	switch {
	case err != nil:
		s.refuse(in, in.Path, "", 0, err)
	case info.IsDir():
		s.walk(in)
	default:
		s.file(in, in.Path, "", info)
	}
	s.end(in)
}

// walk adds all files below a folder, depth first, each folder in the order of
// its names.
func (s *scanner) walk(in storage.Intake) {
	root, err := filepath.EvalSymlinks(in.Path)
	if err != nil {
		s.refuse(in, in.Path, "", 0, unseen(in.Path, err))
		return
	}
	found := 0
	walkErr := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if s.lost || s.e.ctx.Err() != nil {
			return fs.SkipAll
		}
		shown := filepath.Join(in.Path, path[len(root):])
		if err != nil {
			found++
			s.refuse(in, shown, in.Path, 0, unseen(shown, err))
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			return nil
		}
		found++
		s.entry(in, shown, root, path)
		return nil
	})
	if walkErr != nil {
		s.refuse(in, in.Path, "", 0, unseen(in.Path, walkErr))
	} else if found == 0 && s.e.ctx.Err() == nil {
		s.refuse(in, in.Path, "", 0, refusal(in.Path, service.ReasonEmptyFolder, nil))
	}
}

// entry adds what is no folder. shown is its path below the dropped folder,
// path the same below that folder's real path root.
func (s *scanner) entry(in storage.Intake, shown, root, path string) {
	info, err := look(path, root)
	switch {
	case err == nil && info.IsDir(): // it has just become one
	case err == nil:
		s.file(in, shown, in.Path, info)
	case errors.Is(err, errInside):
		// what it leads to is uploaded anyway
	default:
		err.Path = shown
		s.refuse(in, shown, in.Path, 0, err)
	}
}

// file adds a regular file.
func (s *scanner) file(in storage.Intake, path, root string, info os.FileInfo) {
	err := checkName(path, filepath.Base(path))
	if err == nil {
		err = checkSize(path, info.Size(), s.e.maxFileSize())
	}
	if err != nil {
		s.refuse(in, path, root, info.Size(), err)
		return
	}
	row := s.row(in, path, root)
	row.Size, row.ModTime = info.Size(), info.ModTime()
	s.add(in, row)
}

// refuse adds a job that has failed.
func (s *scanner) refuse(in storage.Intake, path, root string, size int64, err *service.Error) {
	row := s.row(in, path, root)
	row.Size, row.State, row.Finished = size, Failed.String(), s.e.clock.Now()
	setFailure(&row, err)
	s.add(in, row)
}

func (s *scanner) row(in storage.Intake, path, root string) storage.Job {
	return storage.Job{
		Path: path, Name: filepath.Base(path), Folder: root, Origin: in.Origin,
		State: rowWaiting, Added: in.Added,
	}
}

func (s *scanner) add(in storage.Intake, row storage.Job) {
	w := s.current(in)
	w.Jobs = append(w.Jobs, row)
	s.grow()
}

func (s *scanner) end(in storage.Intake) {
	if s.e.ctx.Err() != nil { // perhaps not looked through: the next start does it again
		s.walked, s.from, s.lost = nil, nil, true
		return
	}
	s.current(in).End = true
	s.grow()
}

// current gives the collected part of an intake.
func (s *scanner) current(in storage.Intake) *storage.Walked {
	if n := len(s.walked); n == 0 || s.walked[n-1].Intake != in.ID {
		s.walked, s.from = append(s.walked, storage.Walked{Intake: in.ID}), append(s.from, in)
	}
	return &s.walked[len(s.walked)-1]
}

func (s *scanner) grow() {
	if s.count++; s.count >= s.chunk {
		s.flush()
	}
}

// flush writes what was collected and gives it to the queue.
func (s *scanner) flush() {
	walked, from := s.walked, s.from
	s.walked, s.from, s.count, s.chunk = nil, nil, 0, min(s.chunk*4, maxChunk)
	var added [][]storage.Job
	err := s.e.save("walk", func(ctx context.Context) (err error) {
		added, err = s.e.db.AddWalked(ctx, walked)
		return err
	})
	if err != nil {
		s.lost = true
		s.e.log.Error("found files could not be kept", slog.Any("error", err))
		return
	}
	s.e.addWalked(walked, from, added)
}

// addWalked takes into memory what the scanner wrote.
func (e *Engine) addWalked(walked []storage.Walked, from []storage.Intake, added [][]storage.Job) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var jobs []*job
	for _, rows := range added {
		for _, row := range rows {
			jobs = append(jobs, e.jobOf(row))
		}
	}
	e.accept(jobs)
	for i, in := range from {
		if !walked[i].End {
			continue
		}
		e.scan.open--
		b := e.batchOf(in.Batch, in.Origin)
		b.intakes--
		e.endBatch(b)
	}
	e.tellTotals()
}

// walkInstead sends j, which turned out to be a folder, to the scanner.
func (e *Engine) walkInstead(j *job) {
	_, err := e.Add(e.disk, Origin(j.row.Origin), []string{j.row.Path})
	if err != nil {
		e.settle(j, outcome{verdict: refused, err: service.AsError("walk", err)})
		return
	}
	e.mu.Lock()
	j.cancelled = true // its row goes, without having been cancelled by anybody
	e.mu.Unlock()
	e.settle(j, outcome{verdict: back})
}
