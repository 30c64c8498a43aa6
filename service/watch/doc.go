// Package watch is the engine of watched folders: what appears in them is
// given to the upload queue once it is complete, each file once.
//
// # Life of a file
//
// A path comes up by an event of the system, or by a sweep through the folder.
// It is looked at (look.go): rules refuse it with a reason, the ledger may know
// it already, else it is pending. A pending file is ready (pending.go) when
// nobody has it open for writing and either its format says that it ends where
// the file ends, or size and time of change were the same for a second by the
// injected clock. Where the platform can't tell, a file of a known format waits
// for that second, any other for five. Ready files are written into the ledger as "handing", given to the
// Uploader, and written as "queued" with their batch:
//
//	pending → handing → queued → due → uploaded
//	   ↑                   ↓      (due: the file is still to be moved or binned)
//	   └── changed or gone ┘      failed
//
// A crash in "handing" is settled at the next start by asking the Uploader
// whether it took the path, so a file is neither forgotten nor given twice.
//
// # The ledger
//
// It names files by their path below the folder, and knows (device, inode,
// size, time of change) and, of what was uploaded, the SHA-256. The same path
// with the same size and time is the same file, whatever happened to the
// device's number. The same inode, size and time at another path is a renamed
// file or a hard link. Of the same path with another time the hash tells whether
// it was edited. Another file with a content that was uploaded before is given to
// the queue, which knows that the account has it: its link is wanted, too. A path
// whose file was seen to be away is free for a new file; one that was not is an
// edited file, which is uploaded again only if the folder says so. Rows of files
// that are away stay for a year, because a drive that comes back must not be
// uploaded again.
//
// What is there when a folder is added is in the ledger as "first", rules or no
// rules: changing the rules later does not send the past. Hidden and temporary
// names are left out of it, as they become other names.
//
// # Following a folder
//
// Events only say where to look; what counts is what is found there. Every few
// seconds the folder is checked: is it the same folder as at first
// (os.SameFile), does the system still watch it and its subfolders? If not, it
// is attached anew and swept. Lost events (overflow) mean a sweep too, and every
// few minutes there is one anyway. A folder is polled, which is a sweep every few
// seconds, when events can't be relied on: on network drives, when a test file
// made in it causes no event, and when the system's limit of watches is reached.
// Symbolic links are never followed.
//
// # Goroutines
//
// Each enabled folder has one (folder.run), which alone touches what that
// folder's type holds, save the card, which is behind Watcher.mu. It starts
// short-lived ones for what takes long: waiting for a batch, hashing, moving a
// file away. They report to the folder's inbox. fsnotify adds one of its own.
// Watcher.Close waits for all of them.
//
// # What can fail
//
// A folder that is away, replaced, or not readable is said on its card (State
// and Reason) and picked up again by itself, with what came meanwhile. A file
// that can't be read is listed and tried again at each sweep. When the ledger or
// the queue can't be written nothing is handed over; it is tried again, and the
// card says so. An upload that fails because its file changed or went away is
// forgotten, so the file is taken again if it is there; other failures stay in
// the queue's own list, where the user can try again.
package watch
