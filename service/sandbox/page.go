package sandbox

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sluice/service"
)

// webPage is what the pages beside the API show: those to which links lead.
type webPage struct {
	Title string
	Lines []string
	Files []webFile
}

type webFile struct {
	Name, Detail      string
	View, Save, Thumb string
}

// pageTemplate is the one layout of all pages.
const pageTemplate = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Title}} ~ Sluice sandbox</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:3rem auto;padding:0 1rem}
li{display:flex;gap:1rem;align-items:center;margin:.5rem 0}ul{padding:0}img{width:64px;height:64px}small{color:#666}</style>
</head><body><h1>{{.Title}}</h1>
{{range .Lines}}<p>{{.}}</p>
{{end}}<ul>{{range .Files}}<li><img src="{{.Thumb}}" alt=""><span>{{.Name}}<br><small>{{.Detail}}</small><br>
<a href="{{.View}}">Open</a> · <a href="{{.Save}}">Download</a></span></li>
{{end}}</ul></body></html>
`

// page serves what is beside the API.
func (s *Server) page(c *call, parts []string) error {
	if c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		return errWrongVerb("GET, HEAD")
	}
	switch {
	case len(parts) == 1 && parts[0] == "":
		return s.homePage(c)
	case len(parts) == 2 && parts[0] == "u":
		return s.filePage(c, parts[1])
	case len(parts) == 2 && parts[0] == "l":
		return s.listPage(c, parts[1])
	case len(parts) == 2 && parts[0] == "user" && parts[1] == "api_keys":
		return s.keysPage(c)
	case len(parts) == 4 && strings.Join(parts[:3], "/") == iconPath:
		return s.iconFile(c, parts[3])
	}
	return c.show(http.StatusNotFound, webPage{Title: "Not found", Lines: []string{"There is no such page."}})
}

// show sends a page.
func (c *call) show(status int, p webPage) error {
	t, err := template.New("page").Parse(pageTemplate)
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := t.Execute(&b, p); err != nil {
		return err
	}
	return c.answerBytes(status, "text/html; charset=utf-8", []byte(b.String()))
}

func (s *Server) homePage(c *call) error {
	return c.show(http.StatusOK, webPage{Title: "Sluice sandbox", Lines: []string{
		"This is a Pixeldrain on your own computer. Nothing that is uploaded here leaves it.",
		"Its API address is " + s.APIURL() + ".",
	}})
}

func (s *Server) keysPage(c *call) error {
	line := "Any API key leads to the one account here: type what you like."
	if s.cfg.Key != "" {
		line = "This sandbox was started with an API key: only that one works."
	}
	return c.show(http.StatusOK, webPage{Title: "API keys", Lines: []string{line}})
}

// filePage is /u/{id} and /u/{id},{id}…; looking at it is a view.
func (s *Server) filePage(c *call, ids string) error {
	p := webPage{Title: "Files"}
	for id := range strings.SplitSeq(ids, ",") {
		r, err := s.store.change(service.FileID(id), func(r *record) error {
			r.viewed(c.remote(), s.now())
			return nil
		})
		if err == nil {
			p.Files = append(p.Files, webFileOf(r, ""))
		}
	}
	switch len(p.Files) {
	case 0:
		return c.show(http.StatusNotFound, webPage{Title: "Not found", Lines: []string{"There is no such file."}})
	case 1:
		p.Title = p.Files[0].Name
	}
	return c.show(http.StatusOK, p)
}

// listPage is /l/{id}.
func (s *Server) listPage(c *call, id string) error {
	a, err := s.store.list(service.AlbumID(id))
	if err != nil {
		return c.show(http.StatusNotFound, webPage{Title: "Not found", Lines: []string{"There is no such album."}})
	}
	p := webPage{Title: a.Title, Lines: []string{fmt.Sprintf("%d files", len(a.Files))}}
	for _, f := range a.Files {
		if r, err := s.store.file(f.ID); err == nil {
			p.Files = append(p.Files, webFileOf(r, f.Description))
		}
	}
	return c.show(http.StatusOK, p)
}

func webFileOf(r record, description string) webFile {
	address := "/api/file/" + url.PathEscape(string(r.ID))
	detail := fmt.Sprintf("%d bytes, %s, uploaded %s", r.Size, r.MIME, r.Uploaded.Format(time.DateTime))
	if description != "" {
		detail = description + " (" + detail + ")"
	}
	return webFile{
		Name: r.Name, Detail: detail,
		View: address, Save: address + "?download", Thumb: address + "/thumbnail?width=64&height=64",
	}
}

// about answers GET /api: what this server is.
func (s *Server) about(c *call) error {
	if c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		return errWrongVerb("GET, HEAD")
	}
	return c.answer(http.StatusOK, map[string]any{
		"success": true, "service": "Sluice sandbox", "dialect": s.cfg.Dialect,
		"file_size_limit": s.cfg.MaxFileSize, "file_name_limit": service.MaxNameLength,
	})
}
