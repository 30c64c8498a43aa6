package upload

import "fmt"

// State is where a job stands, in the words of the screens.
type State uint8

// The states.
const (
	Waiting      State = iota // its turn comes
	Hashing                   // read to find out whether the account has it already
	Uploading                 // bytes are going out
	Finishing                 // all is sent, the service has not answered yet
	Verifying                 // the service has it, or may have; being made sure of
	Retrying                  // a try failed, NextTry says when it goes on
	Uploaded                  // there, Job.Link is its address
	AlreadyThere              // the account had the same content; Job.Link is that file's address
	Failed                    // Job.Err says why
	Cancelled                 // taken out by the user
	Paused                    // held by the user until ResumeJobs, through restarts
	states
)

// String gives the state's name as the database, logs and JSON show it.
func (s State) String() string {
	names := [...]string{
		Waiting: "waiting", Hashing: "hashing", Uploading: "uploading", Finishing: "finishing",
		Verifying: "verifying", Retrying: "retrying", Uploaded: "uploaded", AlreadyThere: "already_there",
		Failed: "failed", Cancelled: "cancelled", Paused: "paused",
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
	return Waiting, fmt.Errorf("%q is no state of an upload", name)
}

// Active reports whether something is being done about the job right now.
func (s State) Active() bool {
	switch s {
	case Hashing, Uploading, Finishing, Verifying:
		return true
	case Waiting, Retrying, Uploaded, AlreadyThere, Failed, Cancelled, Paused, states:
		return false
	}
	return false
}

// Finished reports whether the job has ended, well or not.
func (s State) Finished() bool {
	switch s {
	case Uploaded, AlreadyThere, Failed, Cancelled:
		return true
	case Waiting, Hashing, Uploading, Finishing, Verifying, Retrying, Paused, states:
		return false
	}
	return false
}

// Linked reports whether the job has ended with a link.
func (s State) Linked() bool { return s == Uploaded || s == AlreadyThere }

// Origin says how files came in. The names are kept in the database.
type Origin string

// The origins.
const (
	Drop    Origin = "drop"
	Paste   Origin = "paste"
	Choose  Origin = "choose"
	Command Origin = "command"
	Watch   Origin = "watch"
)
