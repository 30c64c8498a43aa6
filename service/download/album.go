package download

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"sluice/service"
	"sluice/storage"
)

// expand asks for the files of an album and finds a folder for them.
func (r *run) expand() outcome {
	r.show(Looking)
	row := &r.j.row
	album, err := r.client.Album(r.ctx, service.AlbumID(row.Album))
	if err != nil {
		return r.judge(err)
	}
	if len(album.Files) == 0 {
		return outcome{verdict: refused, err: r.local(service.ReasonEmptyAlbum, nil)}
	}
	r.e.entitle(r.j, album.Title)
	ids := make([]service.FileID, len(album.Files))
	for i, f := range album.Files {
		ids[i] = f.ID
	}
	known, err := r.client.Infos(r.ctx, ids) // an album tells no hashes
	if err != nil {
		return r.judge(err)
	}
	infos := make(map[service.FileID]service.File, len(known))
	for _, f := range known {
		infos[f.ID] = f
	}
	folder, err := r.e.albumFolder(row.Folder, album.Title)
	if err != nil {
		return r.unwritten(err)
	}
	out := outcome{verdict: expanded}
	seen := make(map[service.FileID]bool, len(ids))
	for _, f := range album.Files {
		if seen[f.ID] {
			continue
		}
		seen[f.ID] = true
		file := storage.Download{
			Batch: row.Batch, API: row.API, FileID: string(f.ID), Album: row.Album, Name: f.Name, Folder: folder, Size: -1,
			State: rowWaiting, Added: row.Added,
		}
		if info, ok := infos[f.ID]; ok {
			describe(&file, info)
		}
		out.files = append(out.files, file)
	}
	return out
}

// entitle shows an album by its title.
func (e *Engine) entitle(j *job, title string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.reached(j.run.client)
	j.row.Name = title
	e.tell(j)
}

// albumFolder makes a folder for an album: one that is empty, and that no other
// album has.
func (e *Engine) albumFolder(parent, title string) (string, error) {
	if err := makeFolder(parent); err != nil {
		return "", err
	}
	name := SafeName(title)
	for n := range maxNumber {
		folder := filepath.Join(parent, numberedFolder(name, n))
		if !e.claimFolder(folder) {
			continue
		}
		err := os.Mkdir(folder, 0o777)
		if err == nil || errors.Is(err, fs.ErrExist) && isEmptyFolder(folder) {
			return folder, nil
		}
		e.leaveFolder(folder)
		if !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	return "", fs.ErrExist
}

// claimFolder reserves the path of a folder for one album.
func (e *Engine) claimFolder(folder string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.folders[folder] {
		return false
	}
	e.folders[folder] = true
	return true
}

func (e *Engine) leaveFolder(folder string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.folders, folder)
}

func isEmptyFolder(folder string) bool {
	info, err := os.Lstat(folder)
	if err != nil || !info.IsDir() {
		return false
	}
	entries, err := os.ReadDir(folder)
	return err == nil && len(entries) == 0
}
