package sandbox

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
)

// account names the owner of files and albums. It is never a key. The empty
// account is nobody.
type account string

// firstAccount owns the made-up files and whatever Config.Key uploads.
const firstAccount account = "sandbox"

// accountNumber names the further accounts, from 2.
func accountNumber(n int) account { return account(fmt.Sprintf("sandbox-%d", n)) }

// sameKey compares without telling by its time how much was right.
func sameKey(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// accountOf gives the account of a key; the empty account if there is none.
func (s *Server) accountOf(key string) account {
	if key == "" {
		return ""
	}
	for i, k := range s.cfg.Accounts {
		if sameKey(key, k) {
			return accountNumber(i + 2)
		}
	}
	if s.cfg.Key == "" || sameKey(key, s.cfg.Key) {
		return firstAccount
	}
	return ""
}

// authenticate finds out who calls (API document, "Authentication"): the key
// is the password, the user name does not matter. No credentials is nobody,
// which some methods allow; wrong ones are refused everywhere.
func (s *Server) authenticate(r *http.Request) (account, error) {
	_, key, ok := r.BasicAuth()
	if !ok {
		if r.Header.Get("Authorization") != "" {
			return "", errWrongKey()
		}
		return "", nil
	}
	if key == "" {
		return "", nil
	}
	who := s.accountOf(key)
	if who == "" {
		return "", errWrongKey()
	}
	return who, nil
}

func errWrongKey() *refusal {
	return refuse(http.StatusUnauthorized, "authentication_failed", "The API key is wrong or expired.")
}

// needAccount refuses a caller without a key.
func (c *call) needAccount() error {
	if c.who == "" {
		return refuse(http.StatusUnauthorized, "authentication_required", "You need an API key to do this.")
	}
	return nil
}
