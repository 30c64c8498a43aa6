package upload

import (
	"time"

	"sluice/service"
)

// Job is what the engine tells of one upload, as it was at one moment.
type Job struct {
	ID       service.JobID
	Batch    service.BatchID
	Path     string
	Name     string
	Folder   string // the dropped folder that it came from, "" if itself dropped
	Origin   Origin
	Size     int64 // bytes
	Sent     int64 // bytes read for sending, in Hashing those hashed
	State    State
	Speed    float64       // bytes/s
	Left     time.Duration // until all is sent, < 0 unknown
	Try      int           // the try under way or due, from 1
	MaxTries int
	NextTry  time.Time      // in Retrying: when; zero when that depends on something else
	File     service.FileID // "" until there is one
	Link     string         // page address, "" until there is one
	SHA256   string         // "" until known
	Verified bool           // the service has told the same hash
	Err      *service.Error // in Failed and Retrying why, in Verifying what made it doubtful
	Added    time.Time
	Finished time.Time
	Position int64 // order in the queue, lower first
}

// costlyBytes is how much may be sent again without asking.
const costlyBytes = 32 << 20

// Costly reports whether stopping j now would waste much: 32 MiB or more of it
// are sent, and the service can't continue a file.
func Costly(j Job) bool {
	return (j.State == Uploading || j.State == Finishing) && j.Sent >= costlyBytes
}

// Totals sum up the queue. Bytes and files count everything unfinished that is
// not held and what ended since the queue was last empty.
type Totals struct {
	Active    int // being hashed, sent or verified
	Waiting   int // waiting or retrying
	Held      int // paused one by one
	Failed    int // rows in the list
	Finished  int // rows in the list that have a link
	Bytes     int64
	Sent      int64
	Files     int
	FilesDone int
	Speed     float64       // bytes/s
	Left      time.Duration // < 0 unknown
	Paused    bool
	Offline   bool // the service can't be reached; Err says more, Until when it is tried again
	NeedsKey  bool // there is no key, or it was refused (Err is then set); the queue waits
	Scanning  int  // dropped paths that are being looked through
	Err       *service.Error
	Until     time.Time
}

// Busy reports whether anything is unfinished that is not held.
func (t Totals) Busy() bool { return t.Active+t.Waiting+t.Scanning > 0 }

// Event is one change. Its parts belong together; those that did not change
// are empty.
type Event struct {
	Jobs      []Job // new or changed
	Removed   []service.JobID
	Totals    *Totals
	BatchDone *Batch // every file of it has ended
}

// Batch is what was accepted together and has ended.
type Batch struct {
	ID     service.BatchID
	Origin Origin
	Jobs   []Job // in the order in which they were found
}

// Snapshot is the state to which the events of a subscription add.
type Snapshot struct {
	Jobs   []Job // by ID: all unfinished ones and the recent finished ones
	Totals Totals
}
