package service

import (
	"errors"
	"html"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// Links makes the web addresses of files and albums for one service.
// The zero value is unusable; see NewLinks.
type Links struct {
	api string // without a slash at the end
	web string
}

// NewLinks derives the web addresses from the API address: the API of
// https://pixeldrain.com/api has its pages at https://pixeldrain.com.
func NewLinks(apiURL string) (Links, error) {
	u, err := url.Parse(apiURL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return Links{}, errors.New("the service address is no web address")
	}
	api := u.Scheme + "://" + u.Host + strings.TrimRight(u.EscapedPath(), "/")
	return Links{api: api, web: strings.TrimSuffix(api, "/api")}, nil
}

// File is the page of one file.
func (l Links) File(id FileID) string { return l.web + "/u/" + url.PathEscape(string(id)) }

// Direct is the address of a file's bytes.
func (l Links) Direct(id FileID) string { return l.api + "/file/" + url.PathEscape(string(id)) }

// Album is the page of an album.
func (l Links) Album(id AlbumID) string { return l.web + "/l/" + url.PathEscape(string(id)) }

// Together is the one page of several files, in order.
func (l Links) Together(ids []FileID) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = url.PathEscape(string(id))
	}
	return l.web + "/u/" + strings.Join(parts, ",")
}

// LinkFormat says how a link is written when it is copied. Its values are kept
// in the settings.
type LinkFormat string

// The formats of design "Link formats".
const (
	FormatAddress  LinkFormat = "address"
	FormatDirect   LinkFormat = "direct"
	FormatMarkdown LinkFormat = "markdown"
	FormatHTML     LinkFormat = "html"
	FormatBBCode   LinkFormat = "bbcode"
	FormatNamed    LinkFormat = "named"    // name + address
	FormatTogether LinkFormat = "together" // one combined address for all
	FormatTemplate LinkFormat = "template" // {name} {url} {direct} {id} {size}
)

// LinkFormats lists every format in the order in which screens offer them.
func LinkFormats() []LinkFormat {
	return []LinkFormat{
		FormatAddress, FormatDirect, FormatMarkdown, FormatHTML,
		FormatBBCode, FormatNamed, FormatTogether, FormatTemplate,
	}
}

// LinkTarget is what a written link can tell of a file.
type LinkTarget struct {
	ID   FileID
	Name string
	Size int64 // bytes
}

// Write gives the text to copy for files, in order: one a line, or one address
// for all with FormatTogether. The template serves FormatTemplate only; an
// unknown format writes addresses.
func (l Links) Write(format LinkFormat, template string, files []LinkTarget) string {
	if format == FormatTogether {
		ids := make([]FileID, len(files))
		for i, f := range files {
			ids[i] = f.ID
		}
		return l.Together(ids)
	}
	lines := make([]string, len(files))
	for i, f := range files {
		lines[i] = l.writeOne(format, template, f)
	}
	return strings.Join(lines, "\n")
}

func (l Links) writeOne(format LinkFormat, template string, f LinkTarget) string {
	address := l.File(f.ID)
	name := oneLine(f.Name)
	switch format {
	case FormatDirect:
		return l.Direct(f.ID)
	case FormatMarkdown:
		return "[" + markdownText(name) + "](" + address + ")"
	case FormatHTML:
		return `<a href="` + html.EscapeString(address) + `">` + html.EscapeString(name) + "</a>"
	case FormatBBCode:
		return "[url=" + address + "]" + bbcodeText(name) + "[/url]"
	case FormatNamed:
		return name + " " + address
	case FormatTemplate:
		return strings.NewReplacer("{name}", name, "{url}", address, "{direct}", l.Direct(f.ID),
			"{id}", string(f.ID), "{size}", strconv.FormatInt(f.Size, 10)).Replace(template)
	case FormatAddress, FormatTogether:
		return address
	}
	return address
}

// oneLine makes of a name a text that stays on its line and turns nothing around
// that is pasted beside it.
func oneLine(name string) string {
	name = strings.Map(func(r rune) rune {
		turns := r == 0x061C || r >= 0x200E && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
		if turns || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, "\uFFFD"))
	return strings.Join(strings.Fields(name), " ")
}

// markdownText writes a text so that Markdown shows it as it is. An underscore
// within a word needs no backslash.
func markdownText(text string) string {
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		within := i > 0 && i+1 < len(text) && letterOrDigit(text[i-1]) && letterOrDigit(text[i+1])
		if strings.IndexByte("\\[]<>`*~|&", c) >= 0 || c == '_' && !within {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

func letterOrDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// bbcodeText writes a text so that it holds no tags: there is no way to show
// their brackets, so round ones stand for all.
func bbcodeText(text string) string {
	for i := range len(text) - 1 {
		next := text[i+1]
		if text[i] == '[' && (next == '/' || next == '*' || letterOrDigit(next) && (next < '0' || next > '9')) {
			return strings.NewReplacer("[", "(", "]", ")").Replace(text)
		}
	}
	return text
}

// Page is the address of another page of the service, by its path.
func (l Links) Page(path string) string { return l.web + path }
