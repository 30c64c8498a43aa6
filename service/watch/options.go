package watch

import (
	"errors"
	"time"

	"sluice/service"
)

// FolderID names a watched folder. Ids are never used again.
type FolderID int64

// What AddFolder and Update refuse.
var (
	ErrWatched    = errors.New("the folder is watched already")
	ErrOverlap    = errors.New("one of the folders is inside the other, which is watched with its subfolders")
	ErrNotFolder  = errors.New("not a folder")
	ErrNoTarget   = errors.New("no folder to move files to")
	ErrTargetHere = errors.New("files would be moved to where they are watched")
	ErrUnknown    = errors.New("no such watched folder")
)

// Then says what happens to a file once its upload is verified.
type Then string

// The things to do with a file.
const (
	Keep Then = "keep" // also ""
	Move Then = "move" // to Options.MoveTo
	Bin  Then = "bin"  // the system's
)

// Options are what the user chose for a folder.
type Options struct {
	Rules      Rules  `json:"rules"`
	Subfolders bool   `json:"subfolders"`
	Edited     bool   `json:"edited"`    // upload a file again when it was changed
	CatchUp    bool   `json:"catch_up"`  // upload also what came while Sluice was not running
	Then       Then   `json:"then"`      //
	MoveTo     string `json:"move_to"`   // absolute
	CopyLink   bool   `json:"copy_link"` // for whoever shows results
	Notify     bool   `json:"notify"`    // the same
}

// DefaultOptions are those of the form for a new folder.
func DefaultOptions() Options {
	return Options{CatchUp: true, Then: Keep, CopyLink: true, Notify: true}
}

// State is what the card of a folder shows.
type State string

// The states.
const (
	Starting   State = "starting"   // being looked through
	Watching   State = "watching"   // by events
	Polling    State = "polling"    // by looking every few seconds; Reason says why
	Missing    State = "missing"    // not there; picked up again by itself
	Unreadable State = "unreadable" // no permission, or no folder; picked up again by itself
	Off        State = "off"        // switched off by the user
)

// Reasons of folders.
const (
	ReasonNetwork    Reason = "network"       // changes made on other computers cause no event
	ReasonNoEvents   Reason = "no_events"     // a test file caused no event
	ReasonWatches    Reason = "watch_limit"   // the system's limit of watched folders (Linux: fs.inotify.max_user_watches)
	ReasonInstances  Reason = "program_limit" // the system's limit of watching programs (Linux: fs.inotify.max_user_instances), or of open files
	ReasonNoWatcher  Reason = "no_watcher"    // the system can't watch this folder for another reason
	ReasonUnwritable Reason = "unwritable"    // the ledger or the queue can't be written; tried again
)

// Card is one watched folder as it was at one moment.
type Card struct {
	ID       FolderID
	Path     string
	Options  Options
	State    State
	Reason   Reason // "" = nothing to say
	Err      error  // the cause, for the log
	Limit    int    // of ReasonWatches and ReasonInstances: what the system allows, 0 = not known
	Pending  int    // found, not complete yet
	Queued   int    // given to the queue, not ended
	Uploaded int    // files, ever
	Last     time.Time
}

// What says what happened to a file.
type What string

// What can happen.
const (
	Uploaded     What = "uploaded"
	AlreadyThere What = "already_there" // the account had it; Link is that file's
	Skipped      What = "skipped"       // Reason says why
	Waiting      What = "waiting"       // Reason says for what; it is looked at again
	Failed       What = "failed"        // Reason is the kind or value of the failure
	Moved        What = "moved"         // after the upload
	Binned       What = "binned"        // after the upload
	Kept         What = "kept"          // after the upload, though it was to be moved; Reason says why
)

// Entry is one line of the activity list.
type Entry struct {
	ID     int64 // grows with time
	Folder FolderID
	At     time.Time
	Path   string // below the folder
	What   What
	Reason Reason
	Link   string
	Size   int64 // bytes
}

// Event is one change. Parts that did not change are empty.
type Event struct {
	Cards   []Card // new or changed
	Removed []FolderID
	Entries []Entry // new, oldest first
	Pause   *Pause  // a pause began or ended
}

// Snapshot is the state to which the events of a subscription add.
type Snapshot struct {
	Cards []Card // in the order of adding
	Pause Pause
}

// Pause tells whether files are handed to the queue.
type Pause struct {
	On    bool
	Until time.Time // zero: until Resume or the next start
}

// Result is how one file's upload ended.
type Result struct {
	Path   string // as it was added
	What   What   // Uploaded, AlreadyThere or Failed
	Link   string
	SHA256 string
	Err    *service.Error // of Failed; nil when the user cancelled it
}
