package library

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Query is what is looked for. The zero Query finds everything.
type Query struct {
	// Words must all occur in the name, Without none of them; both plain.
	Words, Without []string
	Least          int64     // bytes
	Below          int64     // bytes, that many are too many; 0 = no limit
	After, Before  time.Time // uploaded at or after, and before; zero = any time
	Kind           Kind
	Unfinished     []string // what was left out because it says nothing yet
}

// maxWords bounds the work for one query; more are left out.
const maxWords = 32

// ParseQuery understands what is typed into the search box; see the package's
// documentation. Days begin in the place of loc. It takes any text.
func ParseQuery(text string, loc *time.Location) Query {
	q := Query{}
	for _, t := range split(text) {
		switch {
		case t.quoted:
			q.name(t.text, t.without)
		case t.without:
			q.name(t.text, true)
		case !q.filter(t.text, loc):
			q.name(t.text, false)
		}
	}
	return q
}

type token struct {
	text            string
	quoted, without bool
}

// split cuts at spaces that are not in quotes. A quote that is not closed
// reaches to the end.
func split(text string) []token {
	var tokens []token
	for {
		text = strings.TrimLeft(text, " \t\r\n")
		if text == "" {
			return tokens
		}
		var t token
		if text[0] == '-' && len(text) > 1 {
			t.without, text = true, text[1:]
		}
		if text[0] == '"' {
			t.quoted = true
			t.text, text, _ = strings.Cut(text[1:], `"`)
		} else if end := strings.IndexAny(text, " \t\r\n"); end >= 0 {
			t.text, text = text[:end], text[end:]
		} else {
			t.text, text = text, ""
		}
		tokens = append(tokens, t)
	}
}

func (q *Query) name(word string, without bool) {
	plain := string(appendPlain(nil, word))
	switch {
	case plain == "":
	case len(q.Words)+len(q.Without) == maxWords:
		q.Unfinished = append(q.Unfinished, word)
	case without:
		q.Without = append(q.Without, plain)
	default:
		q.Words = append(q.Words, plain)
	}
}

// filter takes over a word that is no part of a name. ok: it was one.
func (q *Query) filter(word string, loc *time.Location) (ok bool) {
	if word[0] == '>' || word[0] == '<' {
		if !q.sizes(word) {
			q.Unfinished = append(q.Unfinished, word)
		}
		return true
	}
	key, value, found := strings.Cut(word, ":")
	if !found {
		return false
	}
	value = strings.ToLower(value)
	switch strings.ToLower(key) {
	case "type", "kind":
		if q.Kind, ok = parseKind(value); !ok {
			q.Unfinished = append(q.Unfinished, word)
		}
	case "after", "before", "on":
		from, to, ok := parseDay(value, loc)
		if !ok {
			q.Unfinished = append(q.Unfinished, word)
			break
		}
		q.days(strings.ToLower(key), from, to)
	default:
		return false
	}
	return true
}

// days narrows the time: "after" a day begins with it, "before" ends when it
// begins.
func (q *Query) days(key string, from, to time.Time) {
	if key != "before" && from.After(q.After) {
		q.After = from
	}
	end := to
	if key == "before" {
		end = from
	}
	if key != "after" && (q.Before.IsZero() || end.Before(q.Before)) {
		q.Before = end
	}
}

func (q *Query) sizes(word string) bool {
	sign, rest := word[:1], word[1:]
	inclusive := strings.HasPrefix(rest, "=")
	n, ok := parseSize(strings.TrimPrefix(rest, "="))
	if !ok {
		return false
	}
	if inclusive == (sign == "<") { // beginning with the next byte, in both cases
		n = min(n, math.MaxInt64-1) + 1
	}
	switch {
	case sign == ">":
		q.Least = max(q.Least, n)
	case n == 0: // less than nothing
		q.Below = -1
	case q.Below == 0 || n < q.Below:
		q.Below = n
	}
	return true
}

// parseSize understands 10, 10k, 1.5MB, 2GiB: steps of 1000, or of 1024 with
// an i. A comma is a point.
func parseSize(text string) (bytes int64, ok bool) {
	text = strings.ToLower(strings.ReplaceAll(text, ",", "."))
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyz")
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || n < 0 || strings.ContainsAny(digits, "+-_ex") {
		return 0, false
	}
	unit := text[len(digits):]
	step := 1000.0
	if prefix, binary := strings.CutSuffix(unit, "ib"); binary {
		step, unit = 1024, prefix
		if unit == "" {
			return 0, false
		}
	} else {
		unit = strings.TrimSuffix(unit, "b")
	}
	power := 0
	if unit != "" {
		if power = strings.Index("kmgtp", unit) + 1; power == 0 || len(unit) > 1 {
			return 0, false
		}
	}
	n *= math.Pow(step, float64(power))
	if n >= math.MaxInt64 {
		return math.MaxInt64, true
	}
	return int64(n), true
}

// parseDay understands 2026, 2026-01 and 2026-01-31, and gives when that begins
// and ends.
func parseDay(text string, loc *time.Location) (from, to time.Time, ok bool) {
	for _, form := range []struct {
		layout              string
		years, months, days int
	}{{"2006-01-02", 0, 0, 1}, {"2006-1-2", 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}} {
		if from, err := time.ParseInLocation(form.layout, text, loc); err == nil {
			return from, from.AddDate(form.years, form.months, form.days), true
		}
	}
	return time.Time{}, time.Time{}, false
}
