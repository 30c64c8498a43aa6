package sandbox

import (
	"archive/zip"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"

	"sluice/service"
)

// filesZip is beyond the API document: GET /file/{id},{id}… gives the files in
// one archive. Those that are missing are left out.
func (s *Server) filesZip(c *call, ids []string) error {
	var found []record
	for _, id := range ids {
		if r, err := s.store.file(service.FileID(id)); err == nil {
			found = append(found, r)
		}
	}
	if len(found) == 0 {
		return s.notFound("file")
	}
	return s.sendZip(c, "files.zip", found)
}

// listZip is beyond the API document: a list's files in one archive.
func (s *Server) listZip(c *call, id string) error {
	a, err := s.store.list(service.AlbumID(id))
	if err != nil {
		return s.notFound("list")
	}
	var found []record
	for _, f := range a.Files {
		if r, err := s.store.file(f.ID); err == nil {
			found = append(found, r)
		}
	}
	return s.sendZip(c, a.Title+".zip", found)
}

// listThumbnail is beyond the API document: that of a list's first file.
func (s *Server) listThumbnail(c *call, id string) error {
	a, err := s.store.list(service.AlbumID(id))
	if err != nil {
		return s.notFound("list")
	}
	return s.getThumbnail(c, string(a.Files[0].ID))
}

// sendZip sends files as they are in an archive, packing as it goes.
func (s *Server) sendZip(c *call, name string, files []record) error {
	for _, r := range files {
		if r.Obstacle != "" && c.who != r.Owner {
			return obstacle(r)
		}
	}
	h := c.w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Content-Disposition", disposition(name, true))
	if c.r.Method == http.MethodHead {
		c.w.WriteHeader(http.StatusOK)
		return nil
	}
	out := zip.NewWriter(c.w)
	taken := map[string]bool{}
	for _, r := range files {
		if err := s.pack(out, r, freeName(taken, r.Name)); err != nil {
			return err
		}
	}
	return out.Close()
}

// pack adds one file to an archive.
func (s *Server) pack(out *zip.Writer, r record, name string) error {
	contents, err := s.store.open(r)
	if err != nil {
		return err
	}
	defer func() { _ = contents.Close() }() // only read from
	to, err := out.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: r.Uploaded})
	if err != nil {
		return err
	}
	_, err = io.Copy(to, contents)
	return err
}

// freeName gives a name that can stand in an archive beside those taken: no
// folders, and a number where two files are called the same.
func freeName(taken map[string]bool, name string) string {
	name = strings.NewReplacer("/", "_", `\`, "_").Replace(name)
	ext := path.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s (%d)%s", stem, n, ext)
	}
	taken[name] = true
	return name
}
