package download

import "fmt"

// State is where a download stands, in the words of the screens.
type State uint8

// The states.
const (
	Waiting     State = iota // its turn comes
	Looking                  // the service is being asked what it is
	Downloading              // bytes are coming in
	Checking                 // what is here is being read, compared and put in its place
	Retrying                 // a try failed, NextTry says when it goes on
	Paused                   // held by its user
	Downloaded               // there, Job.Path is the file
	Failed                   // Job.Err says why
	Cancelled                // taken out by the user
	states
)

// String gives the state's name as the database, logs and JSON show it.
func (s State) String() string {
	names := [...]string{
		Waiting: "waiting", Looking: "looking", Downloading: "downloading", Checking: "checking", Retrying: "retrying",
		Paused: "paused", Downloaded: "downloaded", Failed: "failed", Cancelled: "cancelled",
	}
	if int(s) < len(names) {
		return names[s]
	}
	return "unknown"
}

// Parse is the inverse of State.String.
func Parse(name string) (State, error) {
	for s := range states {
		if s.String() == name {
			return s, nil
		}
	}
	return Waiting, fmt.Errorf("%q is no state of a download", name)
}

// Active reports whether something is being done about the job right now.
func (s State) Active() bool { return s == Looking || s == Downloading || s == Checking }

// Finished reports whether the job has ended, well or not.
func (s State) Finished() bool { return s == Downloaded || s == Failed || s == Cancelled }
