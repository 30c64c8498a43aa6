package watch

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sluice/storage"
)

// survey visits all regular files below a folder, save hidden ones by
// their mark and those in hidden folders; links are not followed. Folders below it that can't be read are
// passed over.
func survey(ctx context.Context, root string, deep bool, visit func(rel string, info fs.FileInfo)) error {
	queue := []string{""}
	for len(queue) > 0 {
		dir := queue[0]
		queue = queue[1:]
		if err := ctx.Err(); err != nil {
			return err
		}
		list, err := os.ReadDir(filepath.Join(root, dir))
		if err != nil && dir == "" {
			return err
		}
		for _, entry := range list {
			rel := filepath.Join(dir, entry.Name())
			switch {
			case entry.IsDir():
				if deep && !hidden(filepath.ToSlash(rel)) && !concealedEntry(entry) {
					queue = append(queue, rel)
				}
			case entry.Type().IsRegular():
				visitFile(rel, entry, visit)
			}
		}
	}
	return nil
}

func visitFile(rel string, entry fs.DirEntry, visit func(rel string, info fs.FileInfo)) {
	if info, err := entry.Info(); err == nil && info.Mode().IsRegular() && !concealed(info) {
		visit(rel, info)
	}
}

// first gives rows for what is in a folder and is not to be uploaded: all that
// want holds for, or with nil all. The names of unfinished files are left out.
func first(ctx context.Context, root string, want func(rel string, size int64) bool) (files []storage.WatchFile, err error) {
	err = survey(ctx, root, true, func(rel string, info fs.FileInfo) {
		if reason := (Rules{}).Name(rel); reason == ReasonHidden || reason == ReasonTemporary {
			return
		}
		if want != nil && !want(rel, info.Size()) {
			return
		}
		r := row{rel: rel, id: identOf(filepath.Join(root, rel), info), state: rowFirst}
		files = append(files, r.stored(0))
	})
	return files, err
}

// covers reports whether a file is taken, going by its path and size.
func (o Options) covers(rel string, size int64) bool {
	return (o.Subfolders || !strings.Contains(rel, separator)) && o.Rules.Name(rel) == "" && o.Rules.Size(size) == ""
}

// Preview is what a folder holds, seen with the eyes of some options.
type Preview struct {
	Files   int            // that are taken
	Bytes   int64          // of these
	Names   []string       // of these, below the folder, sorted; at most the limit
	Skipped map[Reason]int // the others, save those in subfolders that are not asked for
}

// tellEvery is after how many files LookInto tells how far it is.
const tellEvery = 500

// LookInto tells what is in a folder and what options would take of it, without
// doing anything. It names at most limit files. While it looks it calls soFar now
// and then, on its own goroutine, with the numbers of files and bytes that are
// taken; nil: it does not.
func LookInto(ctx context.Context, path string, opts Options, limit int, soFar func(files int, bytes int64)) (Preview, error) {
	if err := opts.Rules.Check(); err != nil {
		return Preview{}, err
	}
	p, seen := Preview{Skipped: make(map[Reason]int)}, 0
	err := survey(ctx, path, opts.Subfolders, func(rel string, info fs.FileInfo) {
		if seen++; soFar != nil && seen%tellEvery == 0 {
			soFar(p.Files, p.Bytes)
		}
		reason := opts.Rules.Name(rel)
		if reason == "" {
			reason = opts.Rules.Size(info.Size())
		}
		if reason == "" && info.Size() == 0 {
			reason = ReasonEmpty
		}
		if reason != "" {
			p.Skipped[reason]++
			return
		}
		p.Files++
		p.Bytes += info.Size()
		p.Names = append(p.Names, rel)
	})
	if errors.Is(err, fs.ErrNotExist) && notThere(err) {
		err = errors.Join(ErrNotFolder, err)
	}
	slices.Sort(p.Names)
	p.Names = p.Names[:min(limit, len(p.Names))]
	return p, err
}

// OnNetwork reports whether a folder is on another computer, where changes made
// there cause no event, so that it is polled. It asks the system.
func OnNetwork(path string) bool { return remote(path) }
