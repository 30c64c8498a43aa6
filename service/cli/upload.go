package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"sluice/service/handoff"
	"sluice/service/session"
)

// Config is what the commands need from main.
type Config struct {
	Stdout   io.Writer
	Stderr   io.Writer
	Terminal bool // Stderr is a terminal
	Now      func() time.Time
	Words    Words
	Session  session.Config
}

// RunUpload does `sluice upload` and gives the exit code. When ctx ends it
// stops in good order: what was accepted is kept.
func RunUpload(ctx context.Context, cfg Config, c Command) int {
	progress := newProgress(cfg.Stderr, cfg.Terminal, cfg.Now)
	r := newReport(cfg.Stdout, progress, c.Upload.JSON, cfg.Words)
	req := handoff.Request{Op: handoff.OpUpload, Album: c.Upload.Album}
	if c.Upload.Resume {
		req.Op = handoff.OpResume
	}
	paths, err := r.absolute(c.Files)
	if err != nil {
		progress.say(err.Error())
		return ExitFailed
	}
	req.Paths = paths
	s, rest, err := session.Enter(ctx, cfg.Session, req, r.take)
	if s == nil {
		return r.end(ctx, err, false)
	}
	r.tellDamage(s)
	others, held := 0, 0
	if _, err = s.LoadKey(ctx); err == nil {
		if err = s.ServeOwn(ctx, rest, r.take); err == nil {
			r.settle(ctx, s)
		}
		others, held = unfinished(context.WithoutCancel(ctx), s)
		others -= r.left()
	}
	closed := s.Close()
	code := r.end(ctx, err, true)
	if closed != nil {
		progress.say("The queue was not closed properly: " + closed.Error())
		return max(code, ExitFailed)
	}
	if err == nil && others > 0 {
		progress.say(fmt.Sprintf("%s still in the queue from earlier runs; continue with: sluice upload -resume", files(others)))
	}
	if err == nil && held > 0 && c.Upload.Resume {
		progress.say(fmt.Sprintf("%s paused in Sluice's window and can be resumed there.", are(held)))
	}
	return code
}

// tellDamage says what became of a damaged database.
func (r *report) tellDamage(s *session.Session) {
	if o := s.Opening(); o.MovedAside != "" {
		r.progress.say("The list of uploads was damaged. What could be read is kept; the damaged file is now " + printable(o.MovedAside) + ". Check the latest uploads before you repeat them.")
	}
}

// unfinished is how many files of the queue have not ended, and how many more
// are paused one by one.
func unfinished(ctx context.Context, s *session.Session) (left, held int) {
	snapshot, events := s.Engine().Subscribe(ctx)
	events.Close()
	return snapshot.Totals.Active + snapshot.Totals.Waiting, snapshot.Totals.Held
}

// noticeable is how long something may take before people want to know why.
const noticeable = 500 * time.Millisecond

// settle waits for what other starts have handed over in the meantime.
func (r *report) settle(ctx context.Context, s *session.Session) {
	done := make(chan struct{})
	go func() { // ends with ctx or before, and is waited for below
		defer close(done)
		_ = s.Drain(ctx) // what ctx cuts off stays in the queue
	}()
	notice := time.NewTimer(noticeable)
	defer notice.Stop()
	select {
	case <-notice.C:
		r.progress.say("Waiting for files handed over by other Sluice commands. Ctrl+C leaves them in the queue.")
		<-done
	case <-done:
	}
}

// Open does the part of `sluice [FILE…]` that comes before the window: it
// gives the session to show, or nil and the exit code when another Sluice has
// got the files.
func Open(ctx context.Context, cfg Config, c Command) (*session.Session, []string, int) {
	r := newReport(io.Discard, newProgress(cfg.Stderr, cfg.Terminal, cfg.Now), false, cfg.Words)
	paths, err := r.absolute(c.Files)
	if err != nil {
		r.progress.say(err.Error())
		return nil, nil, ExitFailed
	}
	req := handoff.Request{Op: handoff.OpOpen, Paths: paths}
	s, rest, err := session.Enter(ctx, cfg.Session, req, r.take)
	if s == nil {
		return nil, nil, r.opened(ctx, err, len(paths) > 0)
	}
	if rest.Batch != 0 { // the one before has them in the queue already
		paths = nil
	}
	return s, paths, ExitOK
}

// RunSandbox does `sluice sandbox`: start gives the server, which runs until
// ctx ends.
func RunSandbox(ctx context.Context, cfg Config, o ServerOptions, start func(context.Context) (session.Server, error)) int {
	key := "any"
	if o.Key != "" {
		key = "KEY"
	}
	server, err := start(ctx)
	if err != nil {
		_, _ = fmt.Fprintln(cfg.Stderr, "The sandbox can't start:", err)
		return ExitFailed
	}
	_, err = fmt.Fprintln(cfg.Stdout, server.APIURL())
	if err == nil {
		_, _ = fmt.Fprintf(cfg.Stderr, "The sandbox runs until Ctrl+C. To use it: SLUICE_API_URL=%s SLUICE_API_KEY=%s sluice upload FILE\n", server.APIURL(), key)
		<-ctx.Done()
	}
	if closed := server.Close(); closed != nil {
		_, _ = fmt.Fprintln(cfg.Stderr, "The sandbox was not closed properly:", closed)
		return ExitFailed
	}
	if err != nil {
		return ExitFailed
	}
	return ExitOK
}

// absolute gives the full paths of files and remembers how they were given:
// the report names them so.
func (r *report) absolute(files []string) ([]string, error) {
	paths := make([]string, 0, len(files))
	for _, file := range files {
		path, err := filepath.Abs(file)
		if err != nil {
			return nil, fmt.Errorf("The current folder is gone, so %s can't be found: %w", printable(file), err) //nolint:staticcheck // a sentence for people
		}
		paths = append(paths, path)
		r.given[path] = file
	}
	return paths, nil
}

// asGiven names a path as the user did: relative to the file or folder that
// was given.
func (r *report) asGiven(path string) string {
	below := ""
	for at := path; ; {
		if given, ok := r.given[at]; ok {
			return filepath.Join(given, below)
		}
		parent := filepath.Dir(at)
		if parent == at {
			return path
		}
		below = filepath.Join(filepath.Base(at), below)
		at = parent
	}
}
