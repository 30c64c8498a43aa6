package sandbox

import (
	"bytes"
	"net/url"
	"testing"
)

func FuzzSegments(f *testing.F) {
	for _, s := range []string{"", "/", "a b", "a%2Fb", "#?+", "..", "\n", "\xff", "猫"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		parts, ok := segments("/api/file/" + url.PathEscape(name))
		if !ok || len(parts) != 3 || parts[2] != name {
			t.Errorf("%q was read as %q", name, parts)
		}
		segments(name) // whatever it is, it must not panic
	})
}

func FuzzPicture(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x12Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00"))
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00/\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		img, turn, err := decodePicture(bytes.NewReader(b))
		if err != nil {
			return
		}
		got := fillFrame(img, turn, 32, 16).Bounds()
		if got.Dx() != 32 || got.Dy() != 16 {
			t.Errorf("drawn at %v", got)
		}
	})
}

func TestScrambleIsAPermutation(t *testing.T) {
	seen := map[uint64]bool{}
	for n := range uint64(100_000) {
		id := scramble(n)
		if id>>48 != 0 || seen[id] || unscramble(id) != n {
			t.Fatalf("%d became %x and that %d", n, id, unscramble(id))
		}
		seen[id] = true
		if back, ok := bitsOf(idOf(id)); !ok || back != id {
			t.Fatalf("%x reads back as %x", id, back)
		}
	}
	for _, bad := range []string{"", "short", "12345678 ", "!!!!!!!!", "1234567"} {
		if _, ok := bitsOf(bad); ok {
			t.Errorf("%q was taken for an id", bad)
		}
	}
}
