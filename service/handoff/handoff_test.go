package handoff

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"sluice/service"
)

func claim(t *testing.T, dir string, serve Serve) *Instance {
	t.Helper()
	in, err := Claim(t.Context(), dir, serve)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
	return in
}

func nothing(context.Context, Request, func(Reply) error) error { return nil }

func unexpected(t *testing.T) func(Reply) error {
	t.Helper()
	return func(r Reply) error {
		t.Errorf("unexpected reply %+v", r)
		return nil
	}
}

func TestOneClaimAtATime(t *testing.T) {
	dir := t.TempDir()
	if err := Call(t.Context(), dir, Request{Op: OpOpen}, unexpected(t)); !errors.Is(err, ErrNotRunning) {
		t.Errorf("a call to nobody gave %v", err)
	}
	in := claim(t, dir, nothing)
	if _, err := Claim(t.Context(), dir, nothing); !errors.Is(err, ErrTaken) {
		t.Fatalf("a second claim gave %v", err)
	}
	if err := Call(t.Context(), dir, Request{Op: OpOpen}, unexpected(t)); err != nil {
		t.Errorf("the second claim broke the first: %v", err)
	}
	in.Stop()
	if _, err := Claim(t.Context(), dir, nothing); !errors.Is(err, ErrTaken) {
		t.Fatalf("a stopped instance has lost its claim: %v", err)
	}
	if err := Call(t.Context(), dir, Request{Op: OpOpen}, unexpected(t)); !errors.Is(err, ErrNotRunning) {
		t.Errorf("a call to a stopped instance gave %v", err)
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	claim(t, dir, nothing)
}

// plain takes the errors out of replies and writes them as text beside.
func plain(replies []Reply) (out []any) {
	for _, r := range replies {
		if r.Result != nil && r.Result.Failure != nil {
			failure := *r.Result.Failure
			text := failure.Err.Error()
			failure.Err = nil
			result := *r.Result
			result.Failure = nil
			out = append(out, fmt.Sprintf("%+v %+v %s", result, failure, text))
			continue
		}
		out = append(out, r)
	}
	return out
}

func sameFailure(err error, want *service.Error) bool {
	got, ok := errors.AsType[*service.Error](err)
	return ok && *got == *want
}

func TestEverythingArrives(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long/", 60))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	sent := Request{
		Op: OpUpload, Album: "Füße \"& \u2028", Batch: 7, APIURL: "https://x/api", KeyMark: "ab12",
		Paths: []string{"/a b", "/new\nline", "/\xff\xfe not text", "/%2F#?+", "/🎉/עברית", strings.Repeat("x", 100_000)},
	}
	replies := []Reply{
		{Accepted: 7},
		{Progress: &Progress{Files: 3, Done: 1, Failed: 1, Held: 1, Bytes: 1 << 40, Sent: 12, Speed: 1.5, Left: -1, Scanning: true, Paused: true, Offline: true, NeedsKey: true}},
		{Progress: &Progress{Files: 1, Retrying: 1, Why: &service.Error{Op: "upload", Path: "/a\xff", Kind: service.Server, Value: "x", Status: 503, Err: errors.New("cut")}}},
		{Result: &Result{Job: 9, Path: "/\xff\n", ID: "abc", URL: "https://x/u/abc", Size: 5, SHA256: "00", Status: StatusDuplicate}},
		{Result: &Result{Job: 10, Path: "/b", Status: StatusFailed, Failure: &service.Error{
			Op: "upload", Path: "/\xff", Kind: service.TooLarge, Value: service.ReasonFileTooLarge, Status: 413, RetryAfter: time.Second, Err: errors.New("cause"),
		}}},
		{Result: &Result{Album: "title", ID: "l", Status: StatusUploaded}},
	}
	claim(t, dir, func(_ context.Context, req Request, reply func(Reply) error) error {
		if !reflect.DeepEqual(req, sent) {
			t.Errorf("got request %+v", req)
		}
		for _, r := range replies {
			if err := reply(r); err != nil {
				return err
			}
		}
		return nil
	})
	var got []Reply
	err := Call(t.Context(), dir, sent, func(r Reply) error {
		got = append(got, r)
		return nil
	})
	if err != nil || !reflect.DeepEqual(plain(got), plain(replies)) {
		t.Errorf("got %+v, %v", got, err)
	}
	info, err := os.Stat(filepath.Join(dir, addressName))
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the token's file has mode %v", info.Mode())
	}
}

func TestTheOtherSidesError(t *testing.T) {
	dir := t.TempDir()
	want := &service.Error{Op: "album", Kind: service.Forbidden, Value: "x", Status: 403}
	claim(t, dir, func(_ context.Context, req Request, _ func(Reply) error) error {
		if req.Op == OpResume {
			return errors.New("odd")
		}
		return want
	})
	if err := Call(t.Context(), dir, Request{Op: OpUpload}, unexpected(t)); !sameFailure(err, want) {
		t.Errorf("got %#v", err)
	}
	if err := Call(t.Context(), dir, Request{Op: OpResume}, unexpected(t)); service.KindOf(err) != service.Internal || !strings.Contains(err.Error(), "odd") {
		t.Errorf("got %v", err)
	}
}

func TestStopTellsCallers(t *testing.T) {
	dir := t.TempDir()
	served := make(chan struct{})
	in := claim(t, dir, func(ctx context.Context, _ Request, _ func(Reply) error) error {
		close(served)
		<-ctx.Done()
		return ctx.Err()
	})
	called := make(chan error)
	go func() { called <- Call(t.Context(), dir, Request{Op: OpResume}, unexpected(t)) }()
	<-served
	in.Stop()
	if err := <-called; !errors.Is(err, ErrStopped) {
		t.Errorf("got %v", err)
	}
}

func TestDrainWaitsForCallers(t *testing.T) {
	dir := t.TempDir()
	served, finish := make(chan struct{}), make(chan struct{})
	in := claim(t, dir, func(_ context.Context, _ Request, reply func(Reply) error) error {
		close(served)
		<-finish
		return reply(Reply{Accepted: 3})
	})
	called := make(chan error, 1)
	got := make(chan Reply, 1)
	go func() {
		called <- Call(t.Context(), dir, Request{Op: OpResume}, func(r Reply) error { got <- r; return nil })
	}()
	<-served
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	in.Drain(ctx) // gives up, ends nothing
	close(finish)
	in.Drain(t.Context())
	if err := <-called; err != nil || (<-got).Accepted != 3 {
		t.Errorf("got %v", err)
	}
	if err := Call(t.Context(), dir, Request{Op: OpOpen}, unexpected(t)); !errors.Is(err, ErrNotRunning) {
		t.Errorf("a drained instance served a new caller: %v", err)
	}
}

func TestServeEndsWithItsCaller(t *testing.T) {
	dir := t.TempDir()
	ended := make(chan error, 1)
	claim(t, dir, func(ctx context.Context, _ Request, reply func(Reply) error) error {
		if err := reply(Reply{Accepted: 1}); err != nil {
			return err
		}
		<-ctx.Done()
		ended <- ctx.Err()
		return ctx.Err()
	})
	ctx, cancel := context.WithCancel(t.Context())
	err := Call(ctx, dir, Request{Op: OpUpload}, func(Reply) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) || !errors.Is(<-ended, context.Canceled) {
		t.Errorf("got %v", err)
	}
	enough := errors.New("enough")
	err = Call(t.Context(), dir, Request{Op: OpUpload}, func(Reply) error { return enough })
	if !errors.Is(err, enough) || !errors.Is(<-ended, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// A caller that stops reading must not keep the instance from closing.
func TestStopWithACallerThatDoesNotRead(t *testing.T) {
	dir := t.TempDir()
	full := make(chan struct{})
	in := claim(t, dir, func(_ context.Context, _ Request, reply func(Reply) error) error {
		big := Reply{Result: &Result{Path: strings.Repeat("x", 1<<20), Status: StatusUploaded}}
		for i := 0; ; i++ {
			if i == 2 {
				close(full)
			}
			if err := reply(big); err != nil {
				return err
			}
		}
	})
	block := make(chan struct{})
	called := make(chan error)
	go func() {
		called <- Call(t.Context(), dir, Request{Op: OpUpload}, func(Reply) error { <-block; return errors.New("late") })
	}()
	<-full
	in.Stop()
	close(block)
	if err := <-called; err == nil {
		t.Error("the caller was told of a good end")
	}
}

func TestStaleFiles(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "half": `{"version":1,"ad`, "foreign": `{"version":1,"addr":"192.0.2.1:80","token":"AAAA"}`,
		"short token": `{"version":1,"addr":"127.0.0.1:1","token":"AAAA"}`,
		"dead":        `{"version":1,"addr":"127.0.0.1:1","token":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}`,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, addressName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Call(t.Context(), dir, Request{Op: OpOpen}, unexpected(t)); !errors.Is(err, ErrNotRunning) {
			t.Errorf("%s: got %v", name, err)
		}
		claim(t, dir, nothing)
		if err := Call(t.Context(), dir, Request{Op: OpOpen}, unexpected(t)); err != nil {
			t.Errorf("%s: got %v after a claim", name, err)
		}
	}
}

func TestOtherVersion(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, addressName), []byte(`{"version":99}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Call(t.Context(), dir, Request{Op: OpOpen}, unexpected(t)); !errors.Is(err, ErrVersion) {
		t.Errorf("got %v", err)
	}
}

func TestClaimNeedsItsFolder(t *testing.T) {
	_, err := Claim(t.Context(), filepath.Join(t.TempDir(), "none"), nothing)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestEnterGivesUpWithItsContext(t *testing.T) {
	dir := t.TempDir()
	in := claim(t, dir, nothing)
	in.Stop() // holds the folder, answers nobody
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := Enter(ctx, dir, nothing, Request{Op: OpOpen}, unexpected(t)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
