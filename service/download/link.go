package download

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sluice/service"
)

const (
	// maxIDLength bounds what is taken for an id in a link, in bytes.
	maxIDLength = 128
	// What stands alone is an id if it has so many characters, as those that the
	// service gives.
	minBareID = 6
	maxBareID = 12
)

// Target is something to download: a file, or all files of an album.
type Target struct {
	File  service.FileID  // "" for an album
	Album service.AlbumID // "" for a file

	// What is known of a file already, for the list until the service tells; "" and
	// 0 are nothing. They don't make it another target.
	Name string
	Size int64 // bytes
}

// asked is a target by what was asked for.
func (t Target) asked() Target { return Target{File: t.File, Album: t.Album} }

// Pasted is what was found in a text.
type Pasted struct {
	Targets []Target  // in order, each once
	Refused []Refused // addresses that are no such links
}

// Refused is an address that leads to no file or album of the service, or a
// line in which there is none.
type Refused struct {
	Line int            // where it stands in the text, from 1
	Text string         // the address or the line as it was written
	Err  *service.Error // Kind Invalid with ReasonForeignLink, ReasonNoLink or ReasonIDInvalid
}

// ParseLinks finds the links of one service in a text with anything around
// them: pages of files, of several files and of albums, and addresses of a
// file's bytes, with or without scheme and host (in practice, "Shapes"). A
// link to one item of an album stands for the album.
func ParseLinks(links service.Links, text string) Pasted {
	p := newParser(links)
	p.lines(text, func(string) {})
	return p.found
}

// ReadLinks is ParseLinks for a text that is there for its links only: a line
// may also be an id ("abc12345"), several ("abc12345,def67890") or a path
// without its first slash ("u/abc12345", "l/abc12345"), and every other line in
// which no link is found is refused with ReasonNoLink.
func ReadLinks(links service.Links, text string) Pasted {
	p := newParser(links)
	p.lines(text, p.bare)
	return p.found
}

func newParser(links service.Links) *parser {
	return &parser{
		web:  strings.TrimRight(links.Page(""), "/"),
		api:  strings.TrimSuffix(links.Direct(""), "/file/"),
		seen: make(map[Target]bool), refused: make(map[string]bool),
	}
}

// lines looks at each line and gives those to rest that have something in them,
// but neither a link nor an address that was refused.
func (p *parser) lines(text string, rest func(line string)) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(text, " "))
	for line := range strings.SplitSeq(text, "\n") {
		p.line++
		p.met = false
		for word := range strings.FieldsFuncSeq(line, between) {
			p.word(word)
		}
		if line = strings.TrimSpace(line); line != "" && !p.met {
			rest(line)
		}
	}
}

// bare looks at a line that has no address.
func (p *parser) bare(line string) {
	ids := strings.Split(line, ",")
	for i := range ids {
		ids[i] = strings.TrimSpace(ids[i])
	}
	switch path := localPath("/" + line); {
	case path != "":
		p.link(line, path)
	case !slices.ContainsFunc(ids, func(id string) bool { return !likeID(id) }):
		p.link(line, "/u/"+strings.Join(ids, ","))
	default:
		p.refuse(line, service.ReasonNoLink)
	}
}

// likeID tells whether a word looks like the ids that the service gives.
func likeID(word string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	return len(word) >= minBareID && len(word) <= maxBareID && strings.Trim(word, letters) == ""
}

// between tells what can't be within a link as people paste it: white space,
// and what surrounds links in Markdown, HTML, BBCode and prose.
func between(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>\"'`()[]{}|\\“”„‘’«»", r)
}

type parser struct {
	web, api string // without a slash at the end
	line     int    // from 1
	met      bool   // the line has an address
	found    Pasted
	seen     map[Target]bool
	refused  map[string]bool
}

// word looks at one word of the text.
func (p *parser) word(word string) {
	lower := strings.ToLower(word)
	for _, scheme := range []string{"https://", "http://"} { // as in "url=https://…"
		if at := strings.Index(lower, scheme); at > 0 && !strings.Contains(word[:at], "/") {
			word = word[at:]
		}
	}
	word = strings.TrimRight(word, ".,;:!?…")
	at, local := p.path(word)
	switch {
	case at == "":
		return
	case !local:
		p.met = true
		p.refuse(word, service.ReasonForeignLink)
	default:
		p.met = true
		p.link(word, at)
	}
}

// path gives the path that a word names and whether it is one of this service;
// "" when the word is no address at all.
func (p *parser) path(word string) (path string, local bool) {
	rest, scheme := cutScheme(word)
	if !scheme && strings.HasPrefix(rest, "/") {
		return localPath(rest), true
	}
	for _, base := range []string{p.web, p.api} {
		base, _ = cutScheme(base)
		if at, ok := below(rest, base); ok {
			if base, _ := cutScheme(p.api); strings.HasPrefix(rest, base) {
				at = "/api" + strings.TrimPrefix(at, "/api")
			}
			return at, true
		}
	}
	host, at, _ := strings.Cut(rest, "/")
	if scheme {
		return "/" + at, false
	}
	if strings.Contains(strings.Trim(host, "."), ".") {
		return localPath("/" + at), false // prose and paths have dots and slashes too
	}
	return "", false
}

// cutScheme takes the scheme away, and reports whether there was one. "//host"
// has one.
func cutScheme(address string) (rest string, ok bool) {
	lower := strings.ToLower(address)
	for _, scheme := range []string{"https://", "http://", "//"} {
		if strings.HasPrefix(lower, scheme) {
			return address[len(scheme):], true
		}
	}
	return address, false
}

// below gives the path of an address below base, both without scheme.
func below(address, base string) (path string, ok bool) {
	if rest, www := cutFold(address, "www."); www {
		address = rest
	}
	base, _ = cutFold(base, "www.")
	rest, ok := cutFold(address, base)
	if !ok || rest != "" && !strings.ContainsAny(rest[:1], "/?#") {
		return "", false
	}
	return "/" + strings.TrimLeft(rest, "/"), true
}

// cutFold is strings.CutPrefix without regard to upper and lower case.
func cutFold(s, prefix string) (rest string, ok bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// localPath gives a path back if it has the form of a link, else "": any text
// may have slashes.
func localPath(path string) string {
	if kind, _ := split(path); kind == "" {
		return ""
	}
	return path
}

// split takes a path apart: "u" or "l" and what names the files or the album.
func split(path string) (kind, name string) {
	path, _, _ = strings.Cut(path, "#")
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case len(parts) == 2 && (parts[0] == "u" || parts[0] == "l"):
		return parts[0], parts[1]
	case len(parts) == 3 && parts[0] == "api" && parts[1] == "file":
		return "u", parts[2]
	case len(parts) == 3 && parts[0] == "api" && parts[1] == "list":
		return "l", parts[2]
	}
	return "", ""
}

// link takes the files or the album of a path of this service.
func (p *parser) link(word, path string) {
	kind, name := split(path)
	if kind == "" {
		p.refuse(word, service.ReasonNoLink)
		return
	}
	ids := []string{name}
	if kind == "u" {
		ids = strings.Split(name, ",")
	}
	some := false
	for _, escaped := range ids {
		if escaped == "" { // "a,,b", "a,"
			continue
		}
		some = true
		id, err := url.PathUnescape(escaped)
		if err != nil || !plausible(id) {
			p.refuse(word, service.ReasonIDInvalid)
			continue
		}
		t := Target{File: service.FileID(id)}
		if kind == "l" {
			t = Target{Album: service.AlbumID(id)}
		}
		if !p.seen[t] {
			p.seen[t] = true
			p.found.Targets = append(p.found.Targets, t)
		}
	}
	if !some {
		p.refuse(word, service.ReasonIDInvalid)
	}
}

// plausible tells whether an id can be one: they are opaque, but they are names
// and not paths, and no link ends like a sentence.
func plausible(id string) bool {
	if id == "" || strings.TrimRight(id, ".:") != id || len(id) > maxIDLength || !utf8.ValidString(id) {
		return false
	}
	return !strings.ContainsFunc(id, func(r rune) bool {
		return r == '/' || r == ',' || between(r) || !unicode.IsPrint(r)
	})
}

func (p *parser) refuse(word, reason string) {
	if p.refused[word] {
		return
	}
	p.refused[word] = true
	p.found.Refused = append(p.found.Refused, Refused{
		Line: p.line, Text: word, Err: &service.Error{Op: "read a link", Kind: service.Invalid, Value: reason},
	})
}
