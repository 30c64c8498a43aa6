package service

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says what sort of failure an Error is, which decides whether to try
// again and what to tell people.
type Kind uint8

// The kinds of failure.
const (
	Internal        Kind = iota // a defect of ours, or an answer we can't make sense of
	Unauthorized                // the key is missing, wrong or expired
	Forbidden                   // the service knows us and refuses
	TooLarge                    // over a limit of size or length
	QuotaExceeded               // the account has no room left
	RateLimited                 // too many requests: slow down, then try again
	Offline                     // the service could not be reached, or the connection broke
	NotFound                    // no such file or album, here or there
	Invalid                     // refused for what it is; sending it again is pointless
	SourceChanged               // the file on this computer changed while it was read
	CaptchaRequired             // only a person in a browser can go on
	Server                      // the service failed; it may work later
)

// String gives the kind's name as logs show it.
func (k Kind) String() string {
	names := [...]string{
		Internal: "internal", Unauthorized: "unauthorized", Forbidden: "forbidden",
		TooLarge: "too_large", QuotaExceeded: "quota_exceeded", RateLimited: "rate_limited",
		Offline: "offline", NotFound: "not_found", Invalid: "invalid",
		SourceChanged: "source_changed", CaptchaRequired: "captcha_required", Server: "server",
	}
	if int(k) < len(names) {
		return names[k]
	}
	return "unknown"
}

// ParseKind is the inverse of Kind.String; an unknown name gives Internal.
func ParseKind(s string) Kind {
	for k := Internal; k <= Server; k++ {
		if k.String() == s {
			return k
		}
	}
	return Internal
}

// Temporary reports whether the same request can succeed later with nobody
// doing anything about it.
func (k Kind) Temporary() bool {
	switch k {
	case RateLimited, Offline, Server, SourceChanged:
		return true
	case Internal, Unauthorized, Forbidden, TooLarge, QuotaExceeded, NotFound, Invalid, CaptchaRequired:
		return false
	}
	return false
}

// Reasons are the values of Error.Value that Sluice itself gives; all others
// come from the service (its "value" field). Screens choose words by them.
const (
	ReasonEmptyFile       = "empty_file"        // nothing in it: the service refuses empty files
	ReasonMissingFile     = "missing_file"      // no such file on this computer
	ReasonUnreadable      = "unreadable"        // no permission, or the disk failed
	ReasonNotRegular      = "not_regular"       // a FIFO, socket or device
	ReasonLinkOutside     = "link_outside"      // a link that leads out of the folder
	ReasonBrokenLink      = "broken_link"       // a link to nothing
	ReasonEmptyFolder     = "empty_folder"      // no file anywhere below it
	ReasonWebAddress      = "web_address"       // dropped from a browser: an address, not a file
	ReasonNameTooLong     = "name_too_long"     // over MaxNameLength
	ReasonNameInvalid     = "name_invalid"      // not text in UTF-8
	ReasonFileTooLarge    = "file_too_large"    // over the plan's limit
	ReasonNoKey           = "no_key"            // nothing to log in with
	ReasonHTML            = "html_answer"       // a web page where data was expected
	ReasonCutAnswer       = "cut_answer"        // the answer ended early
	ReasonEmptyAnswer     = "empty_answer"      // no answer body
	ReasonHugeAnswer      = "huge_answer"       // more than any true answer has
	ReasonBadAnswer       = "bad_answer"        // not the shape that was promised
	ReasonInsecure        = "insecure_address"  // plain http to another computer
	ReasonWrongHash       = "wrong_hash"        // the service stored something else
	ReasonUnknownOutcome  = "unknown_outcome"   // all sent, no answer
	ReasonNeverKnown      = "never_known"       // the same, and the account's listing is refused
	ReasonThumbnailSize   = "thumbnail_size"    // not a size that the service makes
	ReasonRedirect        = "redirect_refused"  // sent on to where we will not follow
	ReasonKeyringNoAnswer = "keyring_no_answer" // the system keyring does not answer
	ReasonQueueUnwritable = "queue_unwritable"  // the queue can't be kept: the disk is full or failed
	ReasonStalled         = "stalled"           // connected, but nothing moves any more
	ReasonBadCertificate  = "bad_certificate"   // no trustworthy https: wrong clock, a portal, or a spy
	ReasonAddressInvalid  = "address_invalid"   // the service address is no web address
	ReasonIDInvalid       = "id_invalid"        // no id can look like this
	ReasonAlreadyOpen     = "already_open"      // another start of Sluice has this folder
	ReasonKeyInvalid      = "key_invalid"       // no API key can look like this
	ReasonDiskFull        = "disk_full"         // no room on this computer for a download
	ReasonFolderUnusable  = "folder_unusable"   // nothing can be written where a download is to go
	ReasonForeignLink     = "foreign_link"      // it belongs to another service
	ReasonNoLink          = "no_link"           // an address that leads to no file or album
	ReasonEmptyAlbum      = "empty_album"       // no file in it
	ReasonWrongContent    = "wrong_content"     // what came is not the file that the service describes
	ReasonPartGone        = "part_gone"         // somebody took away the unfinished file of a download
	ReasonNoBin           = "no_bin"            // the bin of this computer does not take the file
	ReasonNoMethod        = "no_method"         // the service can't do this
)

// Error is the one error type that crosses package borders. It carries causes
// as data; words for people are chosen by the screens from Kind and Value.
type Error struct {
	Op         string        // what was tried: "upload", "list files"
	Path       string        // the local file or API path it was tried on; never a secret
	Kind       Kind          //
	Value      string        // the service's "value", or a Reason
	Status     int           // HTTP status, 0 when there was no answer
	RetryAfter time.Duration // how long the service asks us to wait, 0 when it does not
	Err        error         // the cause, may be nil
}

// Error gives the text for logs: operation, subject, kind, value, cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Path != "" {
		fmt.Fprintf(&b, " %q", e.Path)
	}
	fmt.Fprintf(&b, ": %s", e.Kind)
	if e.Value != "" {
		fmt.Fprintf(&b, " (%s)", e.Value)
	}
	if e.Status != 0 {
		fmt.Fprintf(&b, ", status %d", e.Status)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf gives the kind of the first Error in err's chain, or Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// AsError gives the first Error in err's chain, or wraps err as Internal. It
// returns nil for nil.
func AsError(op string, err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Op: op, Kind: Internal, Err: err}
}
