package pixeldrain

import (
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"strings"
)

// shownKey stands in texts where the key was.
const shownKey = "[key]"

// minKey is the length from which a key is searched for in foreign texts.
// Shorter ones are no secrets and would be found in ordinary words.
const minKey = 6

// secret holds the key behind a pointer, so that printing a struct that holds
// one shows an address.
type secret struct {
	key   *string
	clean *strings.Replacer // takes the key out of texts; nil = nothing to take out
}

func newSecret(key string) secret {
	s := secret{key: &key}
	if len(key) >= minKey {
		s.clean = strings.NewReplacer(
			key, shownKey,
			base64.StdEncoding.EncodeToString([]byte(":"+key)), shownKey,
			base64.URLEncoding.EncodeToString([]byte(":"+key)), shownKey,
		)
	}
	return s
}

func (s secret) set() bool { return *s.key != "" }

// authorize logs the request in (API document, "Authentication").
func (s secret) authorize(r *http.Request) {
	if s.set() {
		r.SetBasicAuth("", *s.key)
	}
}

// text gives a foreign text without the key.
func (s secret) text(t string) string {
	if s.clean == nil {
		return t
	}
	return s.clean.Replace(t)
}

// err gives the error itself, or one that only has its cleaned text when that
// text holds the key.
func (s secret) err(err error) error {
	if err == nil || s.clean == nil {
		return err
	}
	if was := err.Error(); s.text(was) != was {
		return errors.New(s.text(was))
	}
	return err
}

// String shows the configuration without its key.
func (c Config) String() string {
	key := ""
	if c.Key != "" {
		key = shownKey
	}
	address := c.APIURL
	if _, host, ok := strings.Cut(address, "@"); ok { // a password belongs before it
		address = shownKey + "@" + host
	}
	return "pixeldrain.Config{APIURL: " + address + ", Key: " + key + "}"
}

// GoString is String, so that %#v does not show the key.
func (c Config) GoString() string { return c.String() }

// LogValue is String for slog.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }
