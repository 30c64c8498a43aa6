// Package upload is the engine: files go in, links come out, and in between
// nothing is lost, sent twice or sent needlessly.
//
// # Life of a file
//
// Add writes the dropped paths to the database and returns; from then on the
// drop survives anything. The scanner looks at each path, walks folders, and
// turns every regular file into a job, everything else into a failed job that
// says why. Jobs wait in order, then:
//
//	Waiting → Hashing → Uploading → Finishing → Verifying → Uploaded
//	             ↓          ↓           ↓           ↓
//	        AlreadyThere    └──────→ Retrying ←─────┘    Failed, Cancelled
//
// A job that its user holds is Paused until it is resumed, then it waits in its
// old place. Ended jobs are in the history until that is cleared; the list on
// the screen is the part of it that was not cleared away.
//
// What the account has is fetched before the first upload and again every ten
// minutes while there is work (catalogue.go); uploads wait for the first
// listing only, and go on without if it can't be had. A file of a size that the
// account has is hashed before it is sent; tiny ones are anyway.
//
// # What is written when
//
// An attempt is on the disk before its first byte goes out. The last piece of
// a large file is held back until the disk holds "finishing", so what a crash
// leaves as "uploading" can't be on the server and is simply sent again; small
// files, read into memory whole, are "finishing" from the start. An attempt
// that ended with everything sent and no answer to trust stays open: it is
// looked for in the account's listing by hash, size, name and time, over about
// a minute, before the file is sent again. The same is done at start for what
// a crash left. Where the service refuses to list the account the job fails
// instead, and says that nobody knows. A state is shown only once it is on the
// disk.
//
// What is cancelled is deleted from the service, but only what is surely this
// job's own: a file that fits it by content alone stays.
//
// The start of a first try is written as an attempt alone, which says how far
// it is; the job's row follows when the attempt ends (recover.go reads both).
// If that is because the file is uploaded and verified, the row alone is
// written: it says all there is to say of the attempt's end.
// Attempts of small files are written ahead of their turn, and like ends of
// attempts they wait a moment for others, so that many share a commit.
//
// What the database holds of a job (row.State) is one of the words of row.go;
// the State that people see is derived from what the engine is doing. What a
// user wants of a job that somebody works on is written beside the row, as a
// wish, before the command returns: its owner, or the next start, sees to it.
//
// # Who owns what
//
// One mutex (Engine.mu) guards everything in memory. It is never held across
// disk or network, and no step under it depends on the number of jobs, save in
// calls about all of them. Every job is in exactly one place at a time, and
// only its owner there moves it on and writes its row:
//
//	queued   the ready heaps, later   the heap of next tries,
//	twin     behind a job with the same content, running  a goroutine of run.go,
//	checking the verifier's list, unknown the reconciler's list,
//	control  a call of Cancel, Retry, …, resting nobody: it ended
//	aside    nobody: it is paused
//
// Commands that write come one after the other (Engine.commands).
//
// Whoever wants something of a job that another owns leaves a wish in it.
//
// # Goroutines
//
// All are counted in Engine.wg, and Close waits for them: beat (times and
// progress, always), one per job that is being sent or prepared (a few of these
// stay to wait for the next), and at most one each of scanner, verifier and
// lister, which live while there is work.
//
// # What can fail
//
// Failures of one file end or delay that file. Failures that concern all of
// them hold the queue (hold.go): no key or a wrong one until Use, an
// unreachable service and a "too many requests" until a time, a full disk
// until writing works again, also at the start. Held files are not charged a
// try.
package upload
