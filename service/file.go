package service

import "time"

// File is what the service tells of one file (API document, "Get File Info").
// A zero time means that the service named none.
type File struct {
	ID                FileID
	Name              string
	Size              int64 // bytes
	Views             int64 // unique views, once per address
	Downloads         int64 // unique downloads, once per address
	BandwidthUsed     int64 // bytes
	BandwidthUsedPaid int64 // bytes
	Uploaded          time.Time
	LastView          time.Time
	MIME              string // without parameters, lower case
	ThumbnailHref     string // relative to the API address
	SHA256            string // 64 lower-case hexadecimal digits, or empty when not told
	CanEdit           bool
	Description       string // only inside an album

	// Availability is empty for a file in good order, else the API value that
	// stands in the way of a download; AvailabilityMessage is the service's text.
	Availability        string
	AvailabilityMessage string
}

// Album is an ordered set of files (API document, "Get List Info").
type Album struct {
	ID      AlbumID
	Title   string
	Created time.Time
	Count   int // number of files, also when Files was not sent
	CanEdit bool
	Files   []File
}

// NewAlbum is what it takes to create an album (API document, "Create List").
type NewAlbum struct {
	Title     string
	Anonymous bool
	Files     []AlbumEntry
}

// AlbumEntry is one file of a NewAlbum, in order.
type AlbumEntry struct {
	ID          FileID
	Description string
}

// Unlimited is the value of a plan's limit that does not bind.
const Unlimited = -1

// User is what the service tells of the account behind a key. The method is
// beyond the API document, so a service may not know it: see Known.
type User struct {
	Known         bool // false: the service has no such method, nothing else is set
	Name          string
	CanUpload     bool
	Plan          string
	FileSizeLimit int64 // bytes a file, or Unlimited
	StorageSpace  int64 // bytes, or Unlimited
	StorageUsed   int64 // bytes
	FileCount     int64
}
