package download

import (
	"strings"
	"time"

	"sluice/service"
)

// Job is what the engine tells of one download, as it was at one moment.
type Job struct {
	ID       service.DownloadID
	Batch    service.DownloadBatchID
	File     service.FileID  // "" for an album of which the files are not known yet
	Album    service.AlbumID // that it is or comes from, "" for none
	Name     string          // that the file has or gets here, "" until the service has told it
	Folder   string          // where it goes
	Path     string          // of the finished file, "" before
	Link     string          // its page
	Size     int64           // bytes, < 0 = not told
	Done     int64           // bytes that are here
	State    State
	Speed    float64        // bytes/s
	Left     time.Duration  // until all is here, < 0 unknown
	Try      int            // the try under way or due, from 1; tries that got further do not count
	MaxTries int            //
	NextTry  time.Time      // in Retrying: when
	SHA256   string         // of the finished file; before, what the service tells, "" if it does not
	Verified bool           // the service has told the hash that the file has
	Uploaded time.Time      // to the service; the date that the file gets
	Err      *service.Error // in Failed and Retrying why
	Added    time.Time
	Finished time.Time
	Position int64 // order in the queue, lower first
}

// InBrowser reports whether opening Link in a browser may help where the
// download failed: the service wants to see a person, or its own page.
func (j Job) InBrowser() bool {
	if j.Err == nil || j.Link == "" {
		return false
	}
	switch j.Err.Value {
	case "hotlink_detected", "max_concurrent_downloads", "transfer_limit_exceeded":
		return true
	}
	wall := j.Err.Kind == service.Forbidden && j.Err.Value == service.ReasonHTML
	return wall || j.Err.Kind == service.CaptchaRequired || strings.HasSuffix(j.Err.Value, "_captcha_required")
}

// Totals sum up the queue. Bytes and files count everything unfinished and
// what ended since the queue was last empty; files of which the size is not
// known count no bytes.
type Totals struct {
	Active    int // being looked up, downloaded or checked
	Waiting   int // waiting or retrying
	Held      int // paused one by one
	Failed    int // rows in the list
	Finished  int // rows in the list whose file is there
	Bytes     int64
	Done      int64
	Files     int
	FilesDone int
	Speed     float64       // bytes/s
	Left      time.Duration // < 0 unknown
	Paused    bool          // all of them
	Offline   bool          // the service can't be reached; Err says more, Until when it is tried again
	NeedsKey  bool          // there is no client yet, or its key was refused (Err is then set); the queue waits
	Err       *service.Error
	Until     time.Time
}

// Busy reports whether anything is unfinished that goes on by itself.
func (t Totals) Busy() bool { return t.Active+t.Waiting > 0 }

// Event is one change. Its parts belong together; those that did not change
// are empty.
type Event struct {
	Jobs      []Job // new or changed
	Removed   []service.DownloadID
	Totals    *Totals
	BatchDone *Batch // every file of it has ended
}

// Batch is what was accepted together and has ended.
type Batch struct {
	ID   service.DownloadBatchID
	Jobs []Job // in order, without those that were cancelled
}

// Snapshot is the state to which the events of a subscription add.
type Snapshot struct {
	Jobs   []Job // in the order of acceptance: all unfinished ones and the recent finished ones
	Totals Totals
}
