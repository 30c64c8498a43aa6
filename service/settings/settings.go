// Package settings holds what the user has set, checked and typed, over the
// text that the database keeps. A value that is missing or makes no sense is
// the default; nothing here stops the program.
package settings

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"sluice/service"
	"sluice/service/feed"
)

// Defaults and limits.
const (
	DefaultAPIURL  = "https://pixeldrain.com/api"
	DefaultWorkers = 4
	MinWorkers     = 1
	MaxWorkers     = 16
	DefaultWidth   = 1180
	DefaultHeight  = 760
	// MaxTemplate is the length of a link template, in characters.
	MaxTemplate = 1000
	// DefaultPicture is the side length of the Files screen's pictures.
	DefaultPicture = 108
	minPicture     = 24
	maxPicture     = 1024
	minSide        = 200
	maxSide        = 20_000
	// MinSpeedLimit and MaxSpeedLimit bound a speed limit, in bytes a second:
	// with less, the service takes an upload for dead.
	MinSpeedLimit = 10_000
	MaxSpeedLimit = 10_000_000_000
)

// Appearance is light, dark, or as the system says.
type Appearance string

// The appearances.
const (
	FollowSystem Appearance = "system"
	Light        Appearance = "light"
	Dark         Appearance = "dark"
)

// WhenClosed is what closing the window during uploads does.
type WhenClosed string

// The ways to close.
const (
	CloseAsks       WhenClosed = "ask"
	CloseKeepsGoing WhenClosed = "background" // without the window, until all is done
	CloseStops      WhenClosed = "stop"       // until the next start
)

// FilesOrder is how the Files screen sorts.
type FilesOrder string

// The orders.
const (
	NewestFirst   FilesOrder = "newest"
	OldestFirst   FilesOrder = "oldest"
	NameFirst     FilesOrder = "name"
	NameLast      FilesOrder = "name-down"
	LargestFirst  FilesOrder = "largest"
	SmallestFirst FilesOrder = "smallest"
	TypeFirst     FilesOrder = "type"
	TypeLast      FilesOrder = "type-down"
	MostViewed    FilesOrder = "views"
	LeastViewed   FilesOrder = "views-up"
	MostLoaded    FilesOrder = "downloads"
	LeastLoaded   FilesOrder = "downloads-up"
)

// FilesView is how the Files screen shows files.
type FilesView string

// The views.
const (
	FilesGrid  FilesView = "grid"
	FilesTable FilesView = "table"
)

// FilesOrders lists every order as the screen offers them.
func FilesOrders() []FilesOrder {
	return []FilesOrder{
		NewestFirst, OldestFirst, NameFirst, NameLast, LargestFirst, SmallestFirst,
		MostViewed, LeastViewed, MostLoaded, LeastLoaded, TypeFirst, TypeLast,
	}
}

// Values is everything that can be set. It is a plain value to copy.
type Values struct {
	APIURL     string // checked by CheckAPIURL
	Workers    int    // uploads at a time, MinWorkers to MaxWorkers
	SpeedLimit int64  // of all uploads together in bytes/s, MinSpeedLimit to MaxSpeedLimit; 0 = none
	// SkipDuplicates gives a file whose content the account has already the link
	// of that, in place of sending it again.
	SkipDuplicates bool
	WhenClosed     WhenClosed
	CopyWhenDone   bool // links to the clipboard when a batch is done
	LinkFormat     service.LinkFormat
	LinkTemplate   string // for service.FormatTemplate
	Appearance     Appearance
	WindowWidth    int    // of the window when it was closed, in Fyne's units
	WindowHeight   int    //
	Screen         string // the screen that was shown, "" = the first
	FilesOrder     FilesOrder
	FilesPicture   int // side length of the Files screen's pictures, in Fyne's units
	FilesView      FilesView
	SandboxAddr    string // host:port of the embedded sandbox, "" = any
}

// Defaults gives the values of a first start.
func Defaults() Values {
	return Values{
		APIURL: DefaultAPIURL, Workers: DefaultWorkers, SkipDuplicates: true, WhenClosed: CloseAsks, CopyWhenDone: true,
		LinkFormat: service.FormatAddress, LinkTemplate: "{name}: {url}",
		Appearance: FollowSystem, WindowWidth: DefaultWidth, WindowHeight: DefaultHeight,
		FilesOrder: NewestFirst, FilesPicture: DefaultPicture, FilesView: FilesGrid,
	}
}

// Database is where the text is kept: storage.DB.
type Database interface {
	Settings(ctx context.Context) (map[string]string, error)
	SetSetting(ctx context.Context, key, value string) error
}

// Store gives and changes the values. All methods may be called from any
// goroutine; Change waits for the disk, so never call it on the window's.
type Store struct {
	db Database

	changing sync.Mutex // held over a whole Change, so that changes queue up
	mu       sync.Mutex // guards values, and publishing in order
	values   Values
	feed     feed.Feed[struct{}, Values]
}

// Load reads the values from db.
func Load(ctx context.Context, db Database) (*Store, error) {
	texts, err := db.Settings(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	s := &Store{db: db, values: Defaults()}
	for _, f := range fields() {
		text, ok := texts[f.key]
		if !ok {
			continue
		}
		v := s.values
		if f.parse(&v, text) && f.check(&v) == "" {
			s.values = v
		}
	}
	return s, nil
}

// Values gives the values as they are now.
func (s *Store) Values() Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values
}

// Change applies change to the values, checks them, and keeps those that
// became different. A value that is not allowed changes nothing and gives a
// *service.Error of Kind Invalid with the setting's key as Path. change must
// not call the Store.
func (s *Store) Change(ctx context.Context, change func(*Values)) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	before := s.Values()
	after := before
	change(&after)
	for _, f := range fields() {
		if reason := f.check(&after); reason != "" {
			return &service.Error{Op: "change a setting", Path: f.key, Kind: service.Invalid, Value: reason}
		}
	}
	kept := before
	defer func() { s.publish(before, kept) }()
	for _, f := range fields() {
		if f.text(&after) == f.text(&before) {
			continue
		}
		if err := s.db.SetSetting(ctx, f.key, f.text(&after)); err != nil {
			return fmt.Errorf("keep the setting %s: %w", f.key, err)
		}
		f.parse(&kept, f.text(&after))
	}
	return nil
}

func (s *Store) publish(before, after Values) {
	if after == before {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values = after
	s.feed.Progress(struct{}{}, after)
}

// Subscribe gives the values now and a stream of all that follow; of several
// that were not read yet only the last comes.
func (s *Store) Subscribe(ctx context.Context) (Values, *feed.Subscription[Values]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values, s.feed.Subscribe(ctx)
}

// Close ends the streams of Subscribe.
func (s *Store) Close() { s.feed.Close() }

// field is how one value is kept as text. check gives the reason why a value
// is not allowed, or "", and may put it into its proper form.
type field struct {
	key   string
	text  func(*Values) string
	parse func(*Values, string) bool
	check func(*Values) string
}

// reasonNotAllowed is the reason of every check that has no better one.
const reasonNotAllowed = "not_allowed"

func fields() []field {
	return []field{
		textField("api.url", func(v *Values) *string { return &v.APIURL }, func(p *string) string {
			address, err := CheckAPIURL(*p)
			if err != nil {
				return service.AsError("", err).Value
			}
			*p = address
			return ""
		}),
		numberField("uploads.workers", MinWorkers, MaxWorkers, func(v *Values) *int { return &v.Workers }),
		numberField("uploads.speed_limit", 0, MaxSpeedLimit, func(v *Values) *int64 { return &v.SpeedLimit },
			func(n int64) bool { return n == 0 || n >= MinSpeedLimit }),
		boolField("uploads.skip_duplicates", func(v *Values) *bool { return &v.SkipDuplicates }),
		textField("window.close", func(v *Values) *WhenClosed { return &v.WhenClosed },
			func(p *WhenClosed) string { return allow(*p == CloseAsks || *p == CloseKeepsGoing || *p == CloseStops) }),
		boolField("links.copy", func(v *Values) *bool { return &v.CopyWhenDone }),
		textField("links.format", func(v *Values) *service.LinkFormat { return &v.LinkFormat },
			func(p *service.LinkFormat) string { return allow(slices.Contains(service.LinkFormats(), *p)) }),
		textField("links.template", func(v *Values) *string { return &v.LinkTemplate }, func(p *string) string {
			return allow(strings.TrimSpace(*p) != "" && utf8.ValidString(*p) && utf8.RuneCountInString(*p) <= MaxTemplate)
		}),
		textField("appearance", func(v *Values) *Appearance { return &v.Appearance },
			func(p *Appearance) string { return allow(*p == FollowSystem || *p == Light || *p == Dark) }),
		numberField("window.width", minSide, maxSide, func(v *Values) *int { return &v.WindowWidth }),
		numberField("window.height", minSide, maxSide, func(v *Values) *int { return &v.WindowHeight }),
		textField("window.screen", func(v *Values) *string { return &v.Screen }, func(p *string) string {
			return allow(len(*p) <= 40 && utf8.ValidString(*p))
		}),
		textField("files.order", func(v *Values) *FilesOrder { return &v.FilesOrder },
			func(p *FilesOrder) string { return allow(slices.Contains(FilesOrders(), *p)) }),
		numberField("files.picture", minPicture, maxPicture, func(v *Values) *int { return &v.FilesPicture }),
		textField("files.view", func(v *Values) *FilesView { return &v.FilesView },
			func(p *FilesView) string { return allow(*p == FilesGrid || *p == FilesTable) }),
		textField("sandbox.addr", func(v *Values) *string { return &v.SandboxAddr }, func(p *string) string {
			return allow(*p == "" || isLoopback(*p))
		}),
	}
}

func allow(ok bool) string {
	if ok {
		return ""
	}
	return reasonNotAllowed
}

func textField[T ~string](key string, at func(*Values) *T, check func(*T) string) field {
	return field{
		key:   key,
		text:  func(v *Values) string { return string(*at(v)) },
		parse: func(v *Values, s string) bool { *at(v) = T(s); return true },
		check: func(v *Values) string { return check(at(v)) },
	}
}

// numberField is a whole number from low to high that passes all of also.
func numberField[T int | int64](key string, low, high T, at func(*Values) *T, also ...func(T) bool) field {
	return field{
		key:  key,
		text: func(v *Values) string { return strconv.FormatInt(int64(*at(v)), 10) },
		parse: func(v *Values, s string) (ok bool) {
			n, err := strconv.ParseInt(s, 10, 64)
			*at(v) = T(n)
			return err == nil && int64(T(n)) == n
		},
		check: func(v *Values) string {
			n := *at(v)
			for _, passes := range also {
				if !passes(n) {
					return reasonNotAllowed
				}
			}
			return allow(low <= n && n <= high)
		},
	}
}

func boolField(key string, at func(*Values) *bool) field {
	return field{
		key:  key,
		text: func(v *Values) string { return strconv.FormatBool(*at(v)) },
		parse: func(v *Values, s string) (ok bool) {
			b, err := strconv.ParseBool(s)
			*at(v) = b
			return err == nil
		},
		check: func(*Values) string { return "" },
	}
}
