package sandbox

import (
	"encoding/base64"
	"math/rand/v2"
)

// idLength is the length of every id that this server gives.
const idLength = 8

// newID gives a random id. Ids are 48 bits in the URL-safe alphabet of base64,
// so that they may begin with a dash or an underscore, as the service's do.
func newID() string { return idOf(rand.Uint64() >> 16) }

// idOf writes 48 bits as an id.
func idOf(bits uint64) string {
	b := [6]byte{byte(bits >> 40), byte(bits >> 32), byte(bits >> 24), byte(bits >> 16), byte(bits >> 8), byte(bits)}
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// bitsOf is the inverse of idOf.
func bitsOf(id string) (uint64, bool) {
	var b [6]byte
	if len(id) != idLength {
		return 0, false
	}
	if _, err := base64.RawURLEncoding.Decode(b[:], []byte(id)); err != nil {
		return 0, false
	}
	return uint64(b[0])<<40 | uint64(b[1])<<32 | uint64(b[2])<<24 | uint64(b[3])<<16 | uint64(b[4])<<8 | uint64(b[5]), true
}
