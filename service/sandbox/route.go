package sandbox

import (
	"net/http"
	"net/url"
	"strings"
)

// route finds the method that a request names and runs it. It works on the
// path as it was sent: a name may hold any character, escaped.
func (s *Server) route(c *call) error {
	parts, ok := segments(c.r.URL.EscapedPath())
	if !ok {
		return refuse(http.StatusBadRequest, "bad_request", "The path cannot be read.")
	}
	who, err := s.authenticate(c.r)
	if err != nil {
		return err
	}
	c.who = who
	if len(parts) == 0 || parts[0] != "api" {
		return s.page(c, parts)
	}
	parts = parts[1:]
	if len(parts) == 0 || parts[0] == "" {
		return s.about(c)
	}
	switch parts[0] {
	case "file":
		return s.routeFile(c, parts[1:])
	case "list":
		return s.routeList(c, parts[1:])
	case "user":
		return s.routeUser(c, parts[1:])
	}
	return errNoMethod()
}

// segments cuts an escaped path at its slashes and decodes the parts.
func segments(escaped string) ([]string, bool) {
	parts := strings.Split(strings.TrimPrefix(escaped, "/"), "/")
	for i, p := range parts {
		plain, err := url.PathUnescape(p)
		if err != nil {
			return nil, false
		}
		parts[i] = plain
	}
	return parts, true
}

func (s *Server) routeFile(c *call, parts []string) error {
	method := c.r.Method
	if len(parts) == 0 || (len(parts) == 1 && parts[0] == "" && method != http.MethodPut) {
		if method != http.MethodPost {
			return errWrongVerb("POST")
		}
		return s.postFile(c)
	}
	id := parts[0]
	if len(parts) == 1 {
		switch method {
		case http.MethodPut:
			return s.putFile(c, id)
		case http.MethodGet, http.MethodHead:
			return s.getFile(c, id)
		case http.MethodDelete:
			return s.deleteFile(c, id)
		case http.MethodPost:
			if s.cfg.Dialect != Dialect2020 { // the document has no such method
				return s.renameFile(c, id)
			}
			return errWrongVerb("GET, HEAD, PUT, DELETE")
		}
		return errWrongVerb("GET, HEAD, PUT, POST, DELETE")
	}
	if len(parts) != 2 {
		return errNoMethod()
	}
	if method != http.MethodGet && method != http.MethodHead {
		if parts[1] == "info" || parts[1] == "thumbnail" {
			return errWrongVerb("GET, HEAD")
		}
		return errNoMethod()
	}
	switch parts[1] {
	case "info":
		return s.getInfo(c, id)
	case "thumbnail":
		return s.getThumbnail(c, id)
	}
	return errNoMethod()
}

func (s *Server) routeList(c *call, parts []string) error {
	method := c.r.Method
	if len(parts) == 0 || (len(parts) == 1 && parts[0] == "") {
		if method != http.MethodPost {
			return errWrongVerb("POST")
		}
		return s.createList(c)
	}
	reading := method == http.MethodGet || method == http.MethodHead
	switch {
	case len(parts) == 2 && parts[1] == "zip" && reading:
		return s.listZip(c, parts[0])
	case len(parts) == 2 && parts[1] == "thumbnail" && reading:
		return s.listThumbnail(c, parts[0])
	case len(parts) != 1:
		return errNoMethod()
	}
	switch method {
	case http.MethodGet, http.MethodHead:
		return s.getList(c, parts[0])
	case http.MethodPut:
		return s.replaceList(c, parts[0])
	case http.MethodDelete:
		return s.deleteList(c, parts[0])
	}
	return errWrongVerb("GET, HEAD, PUT, DELETE")
}

func (s *Server) routeUser(c *call, parts []string) error {
	if c.r.Method != http.MethodGet && c.r.Method != http.MethodHead {
		return errWrongVerb("GET, HEAD")
	}
	if err := c.needAccount(); err != nil {
		return err
	}
	switch {
	case len(parts) == 0:
		return s.getUser(c)
	case len(parts) == 1 && parts[0] == "files":
		return s.userFiles(c)
	case len(parts) == 1 && parts[0] == "lists":
		return s.userLists(c)
	}
	return errNoMethod()
}
