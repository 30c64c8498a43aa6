// Package download brings files from the service to this computer: whole,
// under a name that harms nothing, and going on where it stopped, whatever
// stopped it.
//
// # Life of a file
//
// Add writes files and albums to the database and returns; from then on they
// survive anything. What is in the list for the same folder and not done is not
// added again. An album is replaced by its files, in a folder of its
// title. Then, for each file in its turn:
//
//	Waiting → Looking → Downloading → Checking → Downloaded
//	             ↓           ↓            ↓
//	             └───────→ Retrying ←─────┘     Failed, Paused, Cancelled
//
// The service is asked for name, size and hash. What comes in goes to a file
// named ….part beside the place of the finished one. After a break, a pause or
// a new start, only the rest is asked for, under the condition that the file is
// still the one that the part is of; when anything else comes, it starts from
// nothing. Content of an earlier start is read once more for the hash. Only when
// size and hash are right, and the content is on the disk, does the file get its
// date and its name, or "name (1)" when that is taken: nothing is overwritten.
// Wrong content is thrown away and fetched once more. When somebody else deletes,
// replaces or changes the unfinished file, it starts over, and what stands in its
// place is left alone.
//
// # What is written when
//
// The path of the part and the etag of its content are in the database before
// the part is there, and the final path before the file has it. So a crash
// leaves no file that nobody knows, and none that is fetched twice.
//
// # Who owns what
//
// One mutex (Engine.mu) guards everything in memory; it is never held across
// disk or network. A job is queued, or waits for a time (later), or is worked on
// by its run, or by a call (control), or rests. Only its owner moves it on and
// writes its row; whoever wants something of a running job leaves a wish in it.
//
// Goroutines: beat (times and progress) always, and one for each run. Close
// waits for all.
//
// # What can fail
//
// A failure ends or delays one file, but for those that concern all (hold.go and
// transfer.Hold): no client or a refused key until Use, an unreachable service
// and "too many requests" until a time, a full disk under the database until
// writing works again. A try that got further than all before costs nothing, so
// a file may break off as often as it likes. What the service refuses for good
// fails with its value; Job.InBrowser tells where a browser may help.
package download
