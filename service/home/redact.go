package home

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// hidden stands where a secret was.
const hidden = "[hidden]"

// redactor writes to next with every form of the secrets replaced. It sees
// whole records: slog's handlers write each with one call.
type redactor struct {
	next io.Writer

	mu       sync.Mutex
	known    []string // every form of every secret, longest first
	replacer *strings.Replacer
}

// hide adds a secret in the forms in which it could be written: as it is,
// quoted, in an address, and in a Basic authorization header.
func (r *redactor) hide(secret string) {
	if secret == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known = append(r.known, forms(secret)...)
	slices.SortFunc(r.known, func(a, b string) int {
		return cmp.Or(len(b)-len(a), strings.Compare(a, b))
	})
	r.known = slices.Compact(r.known)
	pairs := make([]string, 0, 2*len(r.known))
	for _, form := range r.known {
		pairs = append(pairs, form, hidden)
	}
	r.replacer = strings.NewReplacer(pairs...)
}

func forms(secret string) []string {
	basic := base64.StdEncoding.EncodeToString([]byte(":" + secret))
	all := []string{secret, basic, url.QueryEscape(secret), url.PathEscape(secret)}
	quoted := strconv.Quote(secret)
	all = append(all, quoted[1:len(quoted)-1])
	if b, err := json.Marshal(secret); err == nil {
		all = append(all, string(b[1:len(b)-1]))
	}
	return all
}

// Write replaces and passes on. It reports p as written when next took all.
func (r *redactor) Write(p []byte) (int, error) {
	r.mu.Lock()
	replacer := r.replacer
	r.mu.Unlock()
	out := string(p)
	if replacer != nil {
		out = replacer.Replace(out)
	}
	if _, err := io.WriteString(r.next, out); err != nil {
		return 0, err
	}
	return len(p), nil
}
