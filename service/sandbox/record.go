package sandbox

import (
	"slices"
	"time"

	"sluice/service"
)

// record is everything known of a file; it is also a line of the journal.
type record struct {
	ID        service.FileID `json:"id"`
	Seq       int64          `json:"seq"` // order of arrival
	Owner     account        `json:"owner"`
	Name      string         `json:"name"`
	Size      int64          `json:"size"`
	SHA256    string         `json:"sha256"` // of a made-up file: empty, see store.hash
	MIME      string         `json:"mime"`
	Uploaded  time.Time      `json:"uploaded"`
	LastView  time.Time      `json:"last_view"`
	Views     int64          `json:"views,omitempty"`
	Downloads int64          `json:"downloads,omitempty"`
	Bandwidth int64          `json:"bandwidth,omitempty"`
	Viewers   []string       `json:"viewers,omitempty"`   // addresses that viewed
	Takers    []string       `json:"takers,omitempty"`    // addresses that downloaded
	Made      int            `json:"made,omitempty"`      // 1 + number of a made-up file
	Discarded bool           `json:"discarded,omitempty"` // contents were not kept
	Obstacle  string         `json:"obstacle,omitempty"`  // API value that stands in the way of a download
	Message   string         `json:"message,omitempty"`   // the words that go with it
}

// maxAddresses bounds how many addresses a file remembers.
const maxAddresses = 1000

// meet adds an address to those that were there; it reports whether it is new.
func meet(addresses []string, address string) ([]string, bool) {
	if slices.Contains(addresses, address) || len(addresses) >= maxAddresses {
		return addresses, false
	}
	return append(slices.Clip(addresses), address), true
}

// viewed counts a view once per address.
func (r *record) viewed(address string, at time.Time) {
	var fresh bool
	if r.Viewers, fresh = meet(r.Viewers, address); fresh {
		r.Views++
	}
	r.LastView = at
}

// taken counts a download once per address.
func (r *record) taken(address string, at time.Time) {
	var fresh bool
	if r.Takers, fresh = meet(r.Takers, address); fresh {
		r.Downloads++
	}
	r.LastView = at
}

// album is a list of files; it is also a line of the journal.
type album struct {
	ID      service.AlbumID `json:"id"`
	Seq     int64           `json:"seq"`
	Owner   account         `json:"owner,omitempty"` // empty for an anonymous one
	Title   string          `json:"title"`
	Created time.Time       `json:"created"`
	Files   []albumFile     `json:"files"`
}

type albumFile struct {
	ID          service.FileID `json:"id"`
	Description string         `json:"description,omitempty"`
}
