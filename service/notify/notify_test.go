package notify

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// board is a desktop that writes down what it was asked.
type board struct {
	mu    sync.Mutex
	heard []string
	fail  func(ctx context.Context) error // nil: shows
}

func (b *board) note(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard = append(b.heard, text)
}

func (b *board) all() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.heard)
}

func (b *board) show(ctx context.Context, n Note) error {
	b.note("show " + n.Slot + " " + n.Title)
	if b.fail != nil {
		return b.fail(ctx)
	}
	return nil
}

func (b *board) withdraw(_ context.Context, slot string) error {
	b.note("withdraw " + slot)
	return nil
}
func (b *board) hear()                 {}
func (b *board) close(context.Context) { b.note("close") }

// with gives a Notifier on a board.
func with(cfg Config, b *board) *Notifier { return start(cfg, func(Config, func()) desk { return b }) }

func want(t *testing.T, b *board, lines ...string) {
	t.Helper()
	if got := b.all(); !slices.Equal(got, lines) {
		t.Errorf("got %q, want %q", got, lines)
	}
}

func TestLastOfASlotIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		b := &board{fail: func(context.Context) error { <-gate; return nil }}
		n := with(Config{}, b)
		n.Show(Note{Slot: "x", Title: "0"})
		synctest.Wait() // it is being shown
		for _, title := range []string{"1", "2", "3"} {
			n.Show(Note{Slot: "a", Title: title})
			n.Show(Note{Slot: "b", Title: title})
		}
		n.Withdraw("b")
		close(gate)
		synctest.Wait()
		n.Close()
		n.Show(Note{Slot: "late", Title: "late"})
		want(t, b, "show x 0", "show a 3", "withdraw b", "close")
	})
}

func TestFallbackWhereNobodyIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []string
		var log strings.Builder
		b := &board{fail: func(context.Context) error { return errNobody }}
		n := with(Config{
			Fallback: func(title, body string) { got = append(got, title+": "+body) },
			Logger:   slog.New(slog.NewTextHandler(&log, nil)),
		}, b)
		n.Show(Note{Slot: "a", Title: "T", Body: "<B>", Actions: []Action{{"k", "K"}}})
		synctest.Wait()
		n.Show(Note{Slot: "a", Title: "U"})
		n.Withdraw("b")
		synctest.Wait()
		n.Close()
		if !slices.Equal(got, []string{"T: <B>", "U: "}) {
			t.Errorf("got %q", got)
		}
		if strings.Count(log.String(), "\n") != 1 {
			t.Errorf("told: %s", log.String())
		}
	})
}

// A service that does not answer is given up in time, and is not asked at once.
func TestMuteService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &board{fail: func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }}
		var fallbacks int
		n := with(Config{Fallback: func(string, string) { fallbacks++ }}, b)
		n.Show(Note{Slot: "a", Title: "1"})
		<-time.After(defaultLimit + time.Millisecond)
		n.Show(Note{Slot: "a", Title: "2"}) // too early
		<-time.After(defaultAgain)
		n.Show(Note{Slot: "a", Title: "3"})
		synctest.Wait()
		began := time.Now()
		n.Close()
		if took := time.Since(began); took > closeLimit {
			t.Errorf("closing took %v", took)
		}
		want(t, b, "show a 1", "show a 3", "close")
		if fallbacks != 0 {
			t.Error("shown twice, perhaps")
		}
	})
}

// A bus that never answers costs the time once; notes are shown all the same.
func TestMuteBus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &board{fail: func(ctx context.Context) error { <-ctx.Done(); return errors.Join(errNobody, ctx.Err()) }}
		var fallbacks []time.Duration
		began := time.Now()
		n := with(Config{Fallback: func(string, string) { fallbacks = append(fallbacks, time.Since(began)) }}, b)
		n.Show(Note{Slot: "a"})
		n.Show(Note{Slot: "b"})
		<-time.After(defaultAgain / 2)
		n.Close()
		if !slices.Equal(fallbacks, []time.Duration{defaultLimit, defaultLimit}) {
			t.Errorf("shown after %v", fallbacks)
		}
	})
}

// Closing shows what needs no answer.
func TestCloseShowsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &board{}
		gate := make(chan struct{})
		b.fail = func(context.Context) error { <-gate; return nil }
		n := with(Config{}, b)
		n.Show(Note{Slot: "x", Title: "0"})
		synctest.Wait()
		n.Show(Note{Slot: "a", Title: "buttons", Actions: []Action{{"k", "K"}}})
		n.Show(Note{Slot: "b", Title: "plain"})
		n.Withdraw("c")
		time.AfterFunc(closeLimit/2, func() { close(gate) })
		n.Close()
		n.Close()
		want(t, b, "show x 0", "show b plain", "close")
	})
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "",
		"äöü":                    "äöü",
		"a\xffb\x00c":            "a�b�c",
		strings.Repeat("ü", 200): strings.Repeat("ü", 200),
		strings.Repeat("ü", 201): strings.Repeat("ü", 200) + "…",
		"x<b>&amp;\n":            "x<b>&amp;\n",
	} {
		if got := plain(text, 200); got != want {
			t.Errorf("%q gives %q", text, got)
		}
	}
}

func FuzzPlain(f *testing.F) {
	f.Add("a\xff", 1)
	f.Fuzz(func(t *testing.T, text string, most int) {
		most = max(0, most%2000)
		got := plain(text, most)
		if !utf8.ValidString(got) || strings.ContainsRune(got, 0) || utf8.RuneCountInString(got) > most+1 {
			t.Errorf("%q, %d gives %q", text, most, got)
		}
	})
}
