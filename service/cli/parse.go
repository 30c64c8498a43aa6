// Package cli is Sluice's command line: what was asked for, and the commands
// that need no window. It knows no toolkit; main puts it together with the
// window and the sandbox.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"sluice/service"
)

// Exit codes of every command.
const (
	ExitOK     = 0 // every file has a link
	ExitFailed = 1 // some have not, or the program could not do its work
	ExitUsage  = 2 // wrong use
	ExitNoKey  = 3 // no key is available, or the service does not take it
)

// Name says which command was asked for.
type Name string

// The commands. The empty name is the window.
const (
	Window        Name = ""
	Upload        Name = "upload"
	Sandbox       Name = "sandbox"
	Help          Name = "help"
	Version       Name = "version"
	KeyringHelper Name = "keyring-helper" // hidden: the program's own helper process
)

// Command is a command line that makes sense.
type Command struct {
	Name   Name
	Topic  Name          // of Help
	Files  []string      // of Window and Upload, as given
	Tryout bool          // of Window: on the embedded sandbox
	Upload UploadOptions // of Upload
	Server ServerOptions // of Sandbox
}

// UploadOptions are those of `sluice upload`.
type UploadOptions struct {
	JSON   bool
	Album  string // title, "" = no album
	Resume bool
}

// ServerOptions are those of `sluice sandbox`.
type ServerOptions struct {
	Addr        string
	Dir         string
	Key         string
	Files       int
	Latency     time.Duration
	Throttle    int64 // bytes per second, 0 = no limit
	Dialect     int
	MaxFileSize int64 // bytes, 0 = the server's default
}

// UsageError says what is wrong with a command line.
type UsageError struct {
	Topic Name // whose usage helps
	Text  string
}

func (e *UsageError) Error() string { return e.Text }

// Parse understands the command line args, without the program's name. Its
// errors are *UsageError.
func Parse(args []string) (Command, error) {
	args = withoutFinder(args)
	if len(args) > 0 {
		switch Name(args[0]) {
		case Upload:
			return parseUpload(args[1:])
		case Sandbox:
			return parseSandbox(args[1:])
		case Help:
			return parseHelp(args[1:])
		case KeyringHelper:
			return Command{Name: KeyringHelper}, nil
		case Window, Version:
		}
	}
	return parseWindow(args)
}

// withoutFinder drops the argument that macOS adds when it opens a program.
func withoutFinder(args []string) []string {
	if len(args) > 0 && strings.HasPrefix(args[0], "-psn_") {
		return args[1:]
	}
	return args
}

// flagSet gives a set that says nothing by itself.
func flagSet() *flag.FlagSet {
	set := flag.NewFlagSet("", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	return set
}

// finish parses args and gives the files after the options. It asks for help
// with done = true.
func finish(set *flag.FlagSet, topic Name, args []string) (files []string, help bool, err error) {
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil, true, nil
	case err != nil:
		return nil, false, &UsageError{topic, sentence(err.Error())}
	}
	files = set.Args()
	ended := len(files) < len(args) && args[len(args)-len(files)-1] == "--"
	for _, file := range files {
		if file == "" {
			return nil, false, &UsageError{topic, "A file name is empty."}
		}
		if _, err := os.Lstat(file); err != nil && !ended && strings.HasPrefix(file, "-") {
			return nil, false, &UsageError{topic, fmt.Sprintf("Options go before the files: %s. For a file of that name, write ./%[1]s.", file)}
		}
	}
	return files, false, nil
}

// sentence makes the flag package's messages look like ours.
func sentence(text string) string {
	text = strings.TrimSuffix(text, ".")
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

func parseWindow(args []string) (Command, error) {
	set := flagSet()
	c := Command{Name: Window}
	set.BoolVar(&c.Tryout, "sandbox", false, "")
	version := set.Bool("version", false, "")
	files, help, err := finish(set, Window, args)
	switch {
	case err != nil:
		return Command{}, err
	case help:
		return Command{Name: Help}, nil
	case *version:
		return Command{Name: Version}, nil
	}
	c.Files = files
	return c, nil
}

func parseUpload(args []string) (Command, error) {
	set := flagSet()
	c := Command{Name: Upload}
	set.BoolVar(&c.Upload.JSON, "json", false, "")
	set.StringVar(&c.Upload.Album, "album", "", "")
	set.BoolVar(&c.Upload.Resume, "resume", false, "")
	files, help, err := finish(set, Upload, args)
	if err != nil {
		return Command{}, err
	}
	if help {
		return Command{Name: Help, Topic: Upload}, nil
	}
	c.Files = files
	named := false
	set.Visit(func(f *flag.Flag) { named = named || f.Name == "album" })
	wrong := ""
	switch {
	case c.Upload.Resume && len(files) > 0:
		wrong = "-resume continues what earlier runs left and takes no files."
	case c.Upload.Resume && named:
		wrong = "-resume can't make an album."
	case !c.Upload.Resume && len(files) == 0:
		wrong = "No files given."
	case named && strings.TrimSpace(c.Upload.Album) == "":
		wrong = "The album's title is empty."
	case !utf8.ValidString(c.Upload.Album):
		wrong = "The album's title is not valid text."
	case utf8.RuneCountInString(c.Upload.Album) > service.MaxTitleLength:
		wrong = fmt.Sprintf("The album's title is longer than %d characters.", service.MaxTitleLength)
	}
	if wrong != "" {
		return Command{}, &UsageError{Upload, wrong}
	}
	return c, nil
}

func parseSandbox(args []string) (Command, error) {
	set := flagSet()
	c := Command{Name: Sandbox}
	o := &c.Server
	set.StringVar(&o.Addr, "addr", "", "")
	set.StringVar(&o.Dir, "dir", "", "")
	set.StringVar(&o.Key, "key", "", "")
	set.IntVar(&o.Files, "files", 0, "")
	set.DurationVar(&o.Latency, "latency", 0, "")
	set.Func("throttle", "", parseSize(&o.Throttle))
	set.IntVar(&o.Dialect, "dialect", 2026, "")
	set.Func("max-size", "", parseSize(&o.MaxFileSize))
	rest, help, err := finish(set, Sandbox, args)
	if err != nil {
		return Command{}, err
	}
	if help {
		return Command{Name: Help, Topic: Sandbox}, nil
	}
	wrong := ""
	switch {
	case len(rest) > 0:
		wrong = fmt.Sprintf("sandbox takes no files: %q.", rest[0])
	case o.Files < 0 || o.Latency < 0:
		wrong = "-files and -latency can't be negative."
	case o.Dialect != 2020 && o.Dialect != 2026:
		wrong = "-dialect must be 2020 or 2026."
	}
	if wrong != "" {
		return Command{}, &UsageError{Sandbox, wrong}
	}
	return c, nil
}

func parseHelp(args []string) (Command, error) {
	switch {
	case len(args) == 0:
		return Command{Name: Help}, nil
	case len(args) == 1 && (Name(args[0]) == Upload || Name(args[0]) == Sandbox):
		return Command{Name: Help, Topic: Name(args[0])}, nil
	}
	return Command{}, &UsageError{Window, fmt.Sprintf("There is no help for %q.", strings.Join(args, " "))}
}
