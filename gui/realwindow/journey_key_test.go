//go:build realwindow

package realwindow

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/service/cli"
)

// newKey makes a key as people have one. It is new each time, so that nothing
// found on the computer can be from before.
func newKey() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// TestKeyGoesToTheKeyringOnly types a key into the first screen. It is in the
// keyring afterwards and nowhere else, and is used after a restart.
func TestKeyGoesToTheKeyringOnly(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	keyring := StartKeyring(t, d.bus)
	key := newKey()
	env := []string{"FYNE_THEME=light", "SLUICE_API_URL=" + d.startService(ctx, t, "-key", key)}

	r := d.start(ctx, t, env)
	watch := watchProcesses(t, r.PID(), key)
	keyring.Freeze(t)
	r.giveKey(ctx, t, key)
	watch.awaitHelper(ctx, t)
	keyring.Thaw(t)
	r.awaitText(ctx, t, "Drop files or folders anywhere in this window")
	r.picture(ctx, t, "with key")
	r.open(ctx, t, "Settings")
	r.awaitOne(ctx, t, keptInKeyring())
	r.picture(ctx, t, "settings")
	r.quit(ctx, t)
	watch.judge(t)

	secrets := keyring.Secrets(ctx, t)
	if len(secrets) != 1 || secrets[0].Value != key {
		t.Fatalf("the keyring holds %d secrets, want the key alone", len(secrets))
	}
	if strings.Contains(fmt.Sprint(secrets[0].Label, secrets[0].Attributes), key) {
		t.Error("the key is in the label or attributes of its entry, which are no secrets")
	}
	d.searchFor(t, key)

	keyring.Freeze(t)
	again := d.start(ctx, t, env)
	watch = watchProcesses(t, again.PID(), key)
	watch.awaitHelper(ctx, t)
	keyring.Thaw(t)
	again.awaitOne(ctx, t, keptInKeyring()) // the screen is remembered
	again.open(ctx, t, "Uploads")
	again.awaitText(ctx, t, "Drop files or folders anywhere in this window")
	dropped, _ := d.material(t)
	again.drop(ctx, t, dropped[0])
	link, err := d.display.AwaitClipboard(ctx, func(s string) bool { return strings.Contains(s, "/u/") })
	if err != nil {
		t.Fatal(err)
	}
	if _, sum := served(ctx, t, link); sum != sumOf(t, dropped[0]) {
		t.Error("the link serves something else")
	}
	again.quit(ctx, t)
	watch.judge(t)
	d.searchFor(t, key)
	for _, p := range []*running{r, again} {
		if strings.Contains(p.Output(), key) {
			t.Error("the key is on standard output or error")
		}
	}
}

// giveKey types a key into the first screen and has it checked.
func (r *running) giveKey(ctx context.Context, t *testing.T, key string) {
	t.Helper()
	r.awaitText(ctx, t, keyQuestion)
	r.picture(ctx, t, "first start")
	r.click(ctx, t, keyPlaceholder)
	if err := r.Type(ctx, key); err != nil {
		t.Fatal(err)
	}
	r.click(ctx, t, keyButton)
}

// searchFor looks for a key, as it is and as it goes over the wire, in every
// file of the user. The keyring's own files are elsewhere.
func (d *desktop) searchFor(t *testing.T, key string) {
	t.Helper()
	wire := base64.StdEncoding.EncodeToString([]byte(":" + key))
	files := 0
	err := filepath.WalkDir(d.home, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, form := range []string{key, wire, strings.ReplaceAll(key, "-", ""), hex.EncodeToString([]byte(key))} {
			if bytes.Contains(data, []byte(form)) || bytes.Contains(data, utf16(form)) {
				t.Errorf("the key is in %s", path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Error("nothing was searched: the program keeps no file below its home")
	}
}

// utf16 is how some programs write text.
func utf16(s string) []byte {
	wide := make([]byte, 0, 2*len(s))
	for i := range len(s) {
		wide = append(wide, s[i], 0)
	}
	return wide
}

// processWatch looks at the argument lists and environments of a process and
// all that it starts, again and again: some live for milliseconds only.
type processWatch struct {
	stop    context.CancelFunc
	done    sync.WaitGroup
	helper  chan struct{} // closed when a helper of the keyring was looked at
	seen    map[int]bool  // by the watching goroutine alone, as leaking is
	leaking []string
}

func watchProcesses(t *testing.T, pid int, secret string) *processWatch {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w := &processWatch{stop: cancel, helper: make(chan struct{}), seen: map[int]bool{pid: true}}
	w.done.Go(func() {
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for helped := false; ; {
			if w.look([]byte(secret)) && !helped {
				helped = true
				close(w.helper)
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	})
	t.Cleanup(func() { cancel(); w.done.Wait() })
	return w
}

// look reads what every process of the family shows to others, and tells
// whether one of them is a helper of the keyring.
func (w *processWatch) look(secret []byte) (helper bool) {
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil || !w.seen[pid] && !w.seen[parentOf(pid)] {
			continue
		}
		w.seen[pid] = true
		shown := make([][]byte, 2)
		for i, file := range []string{"cmdline", "environ"} {
			path := filepath.Join("/proc", e.Name(), file)
			if shown[i], err = os.ReadFile(path); err == nil && bytes.Contains(shown[i], secret) {
				w.leaking = append(w.leaking, path)
			}
		}
		helper = helper || bytes.Contains(shown[0], []byte(cli.KeyringHelper)) && len(shown[1]) > 0
	}
	return helper
}

// awaitHelper waits until a helper of the keyring was looked at. One that gets
// its answer is gone before anybody can: the keyring must be frozen.
func (w *processWatch) awaitHelper(ctx context.Context, t *testing.T) {
	t.Helper()
	select {
	case <-w.helper:
	case <-ctx.Done():
		t.Fatal("no helper of the keyring was started")
	}
}

// parentOf reads the parent of a process, 0 when it has gone.
func parentOf(pid int) int {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:]) // state, parent
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(string(fields[1]))
	return parent
}

// judge ends the watch and fails the test for what it saw.
func (w *processWatch) judge(t *testing.T) {
	t.Helper()
	w.stop()
	w.done.Wait()
	if len(w.leaking) > 0 {
		t.Errorf("the key is in %s", w.leaking)
	}
}

// TestKeyringsThatDoNotHelp types a key where the keyring is locked, missing,
// mute, or asks a question that nobody answers. The window stays alive all the
// time, says what to do, and works for this session.
func TestKeyringsThatDoNotHelp(t *testing.T) {
	ctx := journey(t)
	d := newDesktop(t, 1)
	key := newKey()
	env := []string{"FYNE_THEME=light", "SLUICE_API_URL=" + d.startService(ctx, t, "-key", key)}
	cases := []struct {
		name    string
		prepare func(*Bus)
		waits   bool // the keyring never answers
	}{
		{"locked", func(b *Bus) { StartKeyring(t, b).Lock(t) }, false},
		{"none", func(*Bus) {}, false},
		{"mute", func(b *Bus) { MuteKeyring(t, b) }, true},
		{"asking", func(b *Bus) { AskingKeyring(t, b) }, true},
	}
	// All at once, because two of them take their whole minute.
	windows := make([]*running, len(cases))
	for i, c := range cases {
		u := d.another(t)
		c.prepare(u.bus)
		r := u.start(ctx, t, env)
		if err := r.Place(ctx, i%2*(windowWidth+20), i/2*(windowHeight+40), windowWidth, windowHeight); err != nil {
			t.Fatal(err)
		}
		r.giveKey(ctx, t, key)
		if c.waits {
			r.awaitText(ctx, t, keyChecking)
			r.picture(ctx, t, c.name+", waiting")
			r.alive(ctx, t, r.awaitText(ctx, t, keysPage).Center())
		}
		windows[i] = r
	}
	for i, c := range cases {
		r := windows[i]
		r.awaitText(ctx, t, "Drop files or folders anywhere in this window") // whether the keyring has answered or not
		r.alive(ctx, t, r.entry(ctx, t, "Settings"))
		r.open(ctx, t, "Settings")
		r.awaitOne(ctx, t, sessionOnly())
		r.alive(ctx, t, r.entry(ctx, t, "Uploads"))
		r.picture(ctx, t, c.name)
		r.quit(ctx, t)
		r.desktop.searchFor(t, key)
	}
}

// another is a second user at the same screen, with a bus and a home of their
// own.
func (d *desktop) another(t *testing.T) *desktop {
	t.Helper()
	u := *d
	u.bus, u.home = StartBus(t), t.TempDir()
	u.makeFolders(t)
	return &u
}
