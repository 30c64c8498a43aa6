package pixeldrain

import (
	"bufio"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"sluice/service"
)

// TestSlowRequestBody sends an album over a connection that takes longer than
// a stall for all of it, but never stands still so long.
func TestSlowRequestBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestClient(t, Config{APIURL: "https://example.org/api"})
		c.api.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			body := bufio.NewReaderSize(r.Body, 256<<10)
			for more := true; more; {
				wait(50 * time.Second)
				if err := r.Context().Err(); err != nil {
					return nil, err
				}
				n, _ := io.CopyN(io.Discard, body, 64<<10)
				more = n > 0
			}
			resp := answerOf(http.StatusCreated, []byte(`{"id":"a"}`))
			resp.Request = r
			return resp, nil
		})
		album := service.NewAlbum{}
		for range service.MaxAlbumFiles {
			album.Files = append(album.Files, service.AlbumEntry{ID: "a-rather-long-id-for-a-file", Description: "and some words about it"})
		}
		started := time.Now()
		if _, err := c.CreateAlbum(t.Context(), album); err != nil {
			t.Error(err)
		}
		if took := time.Since(started); took < 5*time.Minute {
			t.Errorf("it took only %v", took)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
