// Sluice is a desktop client for Pixeldrain: drop files on it, get links. This
// package understands the command line and puts the parts together; it does
// nothing else.
package main

import (
	"context"
	_ "embed" // the icon
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"sluice/gui"
	"sluice/gui/ahead"
	"sluice/gui/desktop"
	"sluice/service/awake"
	"sluice/service/cli"
	"sluice/service/home"
	"sluice/service/sandbox"
	"sluice/service/session"
	"sluice/service/settings"
	"sluice/service/spare"
	"sluice/storage/secret"
)

//go:embed Icon.png
var icon []byte

// version is replaced by the linker in released builds.
var version = "development"

func main() {
	os.Exit(run(os.Args[1:], session.Config{KeepAwake: awake.Take}))
}

// run does what the command line asks for and gives the exit code. Sessions
// are made from base and the environment.
func run(args []string, base session.Config) int {
	command, err := cli.Parse(args)
	if wrong, ok := errors.AsType[*cli.UsageError](err); ok {
		fmt.Fprintf(os.Stderr, "sluice: %s\n\n%s", wrong.Text, cli.Usage(wrong.Topic))
		return cli.ExitUsage
	}
	switch command.Name {
	case cli.Help:
		return say(cli.Usage(command.Topic))
	case cli.Version:
		return say(fmt.Sprintf("sluice %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH))
	case cli.KeyringHelper:
		return secret.Helper(os.Stdin, os.Stdout)
	case cli.Upload, cli.Sandbox, cli.Window:
	}
	// A reader of our output that goes away is an error to look at, not the end.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, stop := interruptible(context.Background())
	defer stop()
	cfg := cli.Config{Stdout: os.Stdout, Stderr: os.Stderr, Terminal: isTerminal(os.Stderr), Now: time.Now, Words: cli.Say}
	if command.Name == cli.Sandbox {
		return cli.RunSandbox(ctx, cfg, command.Server, func(ctx context.Context) (session.Server, error) {
			return startServer(ctx, command.Server)
		})
	}
	account, err := sessionConfig(base)
	if err != nil {
		return complain(err)
	}
	if cfg.Session, err = prepared(account, command.Tryout); err != nil {
		return complain(err)
	}
	if command.Name == cli.Upload {
		return cli.RunUpload(ctx, cfg, command)
	}
	return runWindow(ctx, cfg, command, account)
}

func say(text string) int {
	if _, err := os.Stdout.WriteString(text); err != nil {
		return cli.ExitFailed
	}
	return cli.ExitOK
}

// complain tells why there is nothing to begin with.
func complain(err error) int {
	fmt.Fprintln(os.Stderr, "sluice:", err)
	if _, ok := errors.AsType[*cli.UsageError](err); ok {
		return cli.ExitUsage
	}
	return cli.ExitFailed
}

// interruptible gives a context that ends with the first request to stop; the
// second one kills.
func interruptible(parent context.Context) (context.Context, context.CancelFunc) {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup has it
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(parent, signals...)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}

// sessionConfig reads the environment. The key goes out of it, so that no
// program started from here gets it.
func sessionConfig(cfg session.Config) (session.Config, error) {
	cfg.Key = strings.TrimSpace(os.Getenv("SLUICE_API_KEY"))
	cfg.UserAgent = "Sluice/" + version
	cfg.Keyring = secret.NewKeyring([]string{executable(), string(cli.KeyringHelper)})
	if err := os.Unsetenv("SLUICE_API_KEY"); err != nil {
		return cfg, err
	}
	var err error
	if address := os.Getenv("SLUICE_API_URL"); address != "" {
		if cfg.APIURL, err = settings.CheckAPIURL(address); err != nil {
			return cfg, &cli.UsageError{Text: "SLUICE_API_URL: " + cli.SayError(err)}
		}
	}
	cfg.Home, err = home.Find(os.Getenv)
	return cfg, err
}

// prepared makes the folders of the account's session or of the sandbox's.
func prepared(account session.Config, tryout bool) (session.Config, error) {
	cfg := account
	if tryout {
		cfg = tryoutOf(account)
	}
	return cfg, cfg.Home.Make()
}

// tryoutOf turns the configuration into that of the embedded sandbox.
func tryoutOf(cfg session.Config) session.Config {
	cfg.Home = cfg.Home.Sandbox()
	cfg.StartServer = func(ctx context.Context, dir, addr string) (session.Server, error) {
		return startServer(ctx, cli.ServerOptions{Dir: dir, Addr: addr})
	}
	return cfg
}

func executable() string {
	path, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return path
}

func startServer(ctx context.Context, o cli.ServerOptions) (session.Server, error) {
	server, err := sandbox.Start(ctx, sandbox.Config{
		Dir: o.Dir, Addr: o.Addr, Key: o.Key, Dialect: o.Dialect, Latency: o.Latency,
		Throttle: o.Throttle, Files: o.Files, MaxFileSize: o.MaxFileSize,
	})
	if err != nil {
		return nil, err // not a *sandbox.Server in an interface that is not nil
	}
	return server, nil
}

// runWindow opens the window, or gives the files to the Sluice that has one.
func runWindow(ctx context.Context, cfg cli.Config, command cli.Command, account session.Config) int {
	w := &desktop.Window{
		Icon: icon, Release: spare.Hold(), Driver: ahead.Load(), Fonts: gui.FindFonts(account.Home.Cache), Cache: account.Home.Cache,
		Sessions: func(sandbox bool) (session.Config, error) { return prepared(account, sandbox) },
	}
	cfg.Session.OnOpen = w.Raise
	s, paths, code := cli.Open(ctx, cfg, command)
	if s == nil {
		return code
	}
	if err := w.Run(ctx, s, paths); err != nil {
		fmt.Fprintln(os.Stderr, "sluice:", err)
		return cli.ExitFailed
	}
	return cli.ExitOK
}
