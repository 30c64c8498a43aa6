package pixeldrain

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"sluice/service"
)

// BenchmarkUpload sends files of zeros to a service on this computer that
// throws them away.
func BenchmarkUpload(b *testing.B) {
	for name, size := range map[string]int64{"16KiB": 16 << 10, "64MiB": 64 << 20} {
		for scheme, start := range map[string]func(*httptest.Server){"plain": (*httptest.Server).Start, "tls": (*httptest.Server).StartTLS} {
			b.Run(name+"/"+scheme, func(b *testing.B) {
				s := httptest.NewUnstartedServer(http.HandlerFunc(accept))
				start(s)
				defer s.Close()
				c, err := New(configFor(s))
				if err != nil {
					b.Fatal(err)
				}
				defer c.Close()
				b.SetBytes(size)
				b.ReportAllocs()
				for b.Loop() {
					if _, err := c.Upload(b.Context(), zeroUpload(size)); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkEachFile(b *testing.B) {
	const files = 100_000
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { writeListing(w, files) }))
	defer s.Close()
	c, err := New(configFor(s))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		err := c.EachFile(b.Context(), func(service.File) error {
			n++
			return nil
		})
		if err != nil || n != files {
			b.Fatal(n, err)
		}
	}
}
