package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"go.uber.org/goleak"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/session"
)

// asProgram makes the test binary be the program.
const asProgram = "SLUICE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(run(os.Args[1:], session.Config{Patience: patience}))
	}
	goleak.VerifyTestMain(m)
}

// patience is how long the program tries to reach a service here.
const patience = 300 * time.Millisecond

// place is a computer with a home folder on which the program is started.
type place struct {
	t    *testing.T
	home string
	work string // the folder in which it is started
	env  []string
}

func newPlace(t *testing.T, api string) *place {
	t.Helper()
	p := &place{t: t, home: filepath.Join(t.TempDir(), "sluice home"), work: t.TempDir()}
	p.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + p.work, asProgram + "=1", "GORACE=atexit_sleep_ms=0", "LANG=C.UTF-8",
		"SLUICE_HOME=" + p.home, "SLUICE_API_URL=" + api, "SLUICE_API_KEY=" + sandboxtest.Key,
	}
	return p
}

// file writes a file into the work folder and gives its name there.
func (p *place) file(name string, content []byte) string {
	p.t.Helper()
	path := filepath.Join(p.work, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		p.t.Fatal(err)
	}
	return name
}

// command prepares the program. Later entries of env win over earlier ones.
func (p *place) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(p.t.Context(), os.Args[0], args...)
	cmd.Env, cmd.Dir = p.env, p.work
	return cmd
}

type outcome struct {
	code           int
	stdout, stderr string
}

func (o outcome) lines() []string {
	if o.stdout == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(o.stdout, "\n"), "\n")
}

// run runs the program to its end.
func (p *place) run(args ...string) outcome {
	p.t.Helper()
	return p.start(args...).wait()
}

type running struct {
	t      *testing.T
	cmd    *exec.Cmd
	stdout io.ReadCloser
	reader *bufio.Reader // of stdout
	stderr bytes.Buffer
}

func (p *place) start(args ...string) *running {
	p.t.Helper()
	r := &running{t: p.t, cmd: p.command(args...)}
	r.cmd.Stderr = &r.stderr
	var err error
	if r.stdout, err = r.cmd.StdoutPipe(); err != nil {
		p.t.Fatal(err)
	}
	r.reader = bufio.NewReader(r.stdout)
	if err := r.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	return r
}

// line reads one line of standard output.
func (r *running) line() string {
	r.t.Helper()
	line, err := r.reader.ReadString('\n')
	if err != nil {
		r.t.Fatalf("no line: %v", err)
	}
	return strings.TrimSuffix(line, "\n")
}

func (r *running) signal(s os.Signal) {
	r.t.Helper()
	if err := r.cmd.Process.Signal(s); err != nil {
		r.t.Fatal(err)
	}
}

func (r *running) wait() outcome {
	r.t.Helper()
	out, err := io.ReadAll(r.reader)
	if err != nil {
		r.t.Fatal(err)
	}
	err = r.cmd.Wait()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		r.t.Fatal(err)
	}
	o := outcome{r.cmd.ProcessState.ExitCode(), string(out), r.stderr.String()}
	if strings.Contains(o.stderr, "goroutine ") || strings.Contains(o.stderr, "DATA RACE") {
		r.t.Errorf("%q wrote:\n%s", r.cmd.Args[1:], o.stderr)
	}
	if strings.Contains(o.stdout+o.stderr, sandboxtest.Key) {
		r.t.Errorf("%q shows the key:\n%s%s", r.cmd.Args[1:], o.stdout, o.stderr)
	}
	return o
}

// expect fails the test unless the program ended as wanted and said all of
// says on standard error.
func (o outcome) expect(t *testing.T, code int, says ...string) {
	t.Helper()
	if o.code != code {
		t.Fatalf("exit %d, want %d\n%s%s", o.code, code, o.stdout, o.stderr)
	}
	for _, text := range says {
		if !strings.Contains(o.stderr, text) {
			t.Errorf("does not say %q:\n%s", text, o.stderr)
		}
	}
}

func sum(content []byte) string {
	s := sha256.Sum256(content)
	return hex.EncodeToString(s[:])
}

// stored gives the hashes on the server by name, failing for a name that is
// there twice.
func stored(t *testing.T, server *sandbox.Server) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, f := range server.Uploads() {
		if _, twice := all[f.Name]; twice {
			t.Errorf("%q is on the server twice", f.Name)
		}
		all[f.Name] = f.SHA256
	}
	return all
}

// awaitUploads waits until the server has n files.
func awaitUploads(t *testing.T, server *sandbox.Server, n int) {
	t.Helper()
	if err := server.Await(t.Context(), func(s sandbox.Stats) bool { return s.Stored >= n }); err != nil {
		t.Fatal(err)
	}
}

// record is a line of -json.
type record struct {
	Path, ID, URL string
	Size          int64
	SHA256        string
	Status, Error string
	Album         string
}

func records(t *testing.T, o outcome) []record {
	t.Helper()
	var all []record
	for _, line := range o.lines() {
		d := json.NewDecoder(strings.NewReader(line))
		d.DisallowUnknownFields()
		var r record
		if err := d.Decode(&r); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		all = append(all, r)
	}
	return all
}

func TestHelpAndVersion(t *testing.T) {
	p := newPlace(t, "")
	for _, args := range [][]string{{"-h"}, {"--help"}, {"help"}, {"upload", "-h"}, {"help", "upload"}, {"sandbox", "-h"}, {"help", "sandbox"}} {
		o := p.run(args...)
		o.expect(t, 0)
		if !strings.HasPrefix(o.stdout, "Usage: sluice") || o.stderr != "" {
			t.Errorf("%q says %q and %q", args, o.stdout, o.stderr)
		}
	}
	o := p.run("-version")
	o.expect(t, 0)
	if !strings.HasPrefix(o.stdout, "sluice ") || strings.Count(o.stdout, "\n") != 1 {
		t.Errorf("the version is %q", o.stdout)
	}
	if _, err := os.Stat(p.home); err == nil {
		t.Error("asking for help made the home folder")
	}
}

func TestWrongUse(t *testing.T) {
	p := newPlace(t, "")
	for _, args := range [][]string{{"-x"}, {"upload"}, {"upload", "-resume", "a"}, {"sandbox", "a"}, {"upload", "a", "-json"}} {
		o := p.run(args...)
		o.expect(t, 2, "Usage: sluice")
		if o.stdout != "" {
			t.Errorf("%q wrote %q to standard output", args, o.stdout)
		}
	}
	p.env = append(p.env, "SLUICE_API_URL=http://example.com/api")
	p.run("upload", "a").expect(t, 2, "SLUICE_API_URL", "https")
	p.env = append(p.env, "SLUICE_API_URL=nonsense://")
	p.run("upload", "a").expect(t, 2, "SLUICE_API_URL", "not the address")
}

func TestUpload(t *testing.T) {
	for _, dialect := range []int{sandbox.Dialect2020, sandbox.Dialect2026} {
		server := sandboxtest.New(t, func(c *sandbox.Config) { c.Dialect, c.Key = dialect, sandboxtest.Key })
		p := newPlace(t, server.APIURL())
		one, two := p.file("one.txt", []byte("1")), p.file("sub/two.txt", []byte("22"))
		o := p.run("upload", one, two)
		o.expect(t, 0, "2 uploaded.")
		links := o.lines()
		if len(links) != 2 {
			t.Fatalf("links %q", links)
		}
		for i, want := range []string{"1", "22"} {
			id := strings.TrimPrefix(links[i], server.URL()+"/u/")
			content, err := server.Content(service.FileID(id))
			if err != nil || string(content) != want {
				t.Errorf("link %q serves %q, %v", links[i], content, err)
			}
		}
		again := records(t, p.run("upload", "-json", two, p.file("copy of one", []byte("1"))))
		if len(again) != 2 || again[0].Status != "duplicate" || again[1].Status != "duplicate" ||
			again[0].URL != links[1] || again[1].URL != links[0] || again[0].SHA256 != sum([]byte("22")) {
			t.Errorf("the second time gave %+v", again)
		}
		if n := len(server.Uploads()); n != 2 {
			t.Errorf("%d files are on the server", n)
		}
	}
}

func TestAFolderAndTheOrder(t *testing.T) {
	server := sandboxtest.New(t)
	p := newPlace(t, server.APIURL())
	want := []string{"z.bin", "dir/a.bin", "dir/deep/b.bin", "a.bin"}
	for i, name := range want {
		p.file(name, bytes.Repeat([]byte{byte(i + 1)}, 400_000>>(4*i))) // the first takes longest
	}
	o := p.run("upload", "-json", "z.bin", "dir", "./a.bin")
	o.expect(t, 0)
	var got []string
	for _, r := range records(t, o) {
		got = append(got, r.Path)
		content, err := os.ReadFile(filepath.Join(p.work, r.Path))
		if err != nil || r.SHA256 != sum(content) || r.Size != int64(len(content)) || r.Status != "uploaded" || r.Error != "" || r.ID == "" || !strings.HasSuffix(r.URL, "/u/"+r.ID) {
			t.Errorf("got %+v, %v", r, err)
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("came as %q", got)
	}
}

func TestAlbum(t *testing.T) {
	server := sandboxtest.New(t)
	p := newPlace(t, server.APIURL())
	p.file("1", []byte("one"))
	p.file("2", []byte("two"))
	o := p.run("upload", "-album", "Füße & mehr", "2", "1")
	o.expect(t, 0)
	links, albums := o.lines(), server.Albums()
	if len(links) != 3 || len(albums) != 1 || links[2] != server.URL()+"/l/"+string(albums[0].ID) {
		t.Fatalf("links %q, albums %+v", links, albums)
	}
	a := albums[0]
	if a.Title != "Füße & mehr" || len(a.Files) != 2 || !strings.HasSuffix(links[0], string(a.Files[0].ID)) || !strings.HasSuffix(links[1], string(a.Files[1].ID)) {
		t.Errorf("the album is %+v", a)
	}
	got := records(t, p.run("upload", "-json", "-album", "Second", "1"))
	if len(got) != 2 || got[1].Album != "Second" || got[1].Path != "" || !strings.Contains(got[1].URL, "/l/") {
		t.Errorf("got %+v", got)
	}
	o = p.run("upload", "-album", "Third", "not there")
	o.expect(t, 1, "not there", "no such file", "nothing to put in the album")
	if len(server.Albums()) != 2 {
		t.Error("an empty album was made")
	}
}

// Every kind of bad input gets a sentence of its own, and hurts nothing else.
func TestBadInput(t *testing.T) {
	server := sandboxtest.New(t, func(c *sandbox.Config) { c.MaxFileSize = 1000 })
	p := newPlace(t, server.APIURL())
	if out, err := exec.CommandContext(t.Context(), "mkfifo", filepath.Join(p.work, "fifo")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.Mkdir(filepath.Join(p.work, "nothing in it"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(p.work, "broken")); err != nil {
		t.Fatal(err)
	}
	cases := map[string]string{
		p.file("empty", nil):                 "file is empty",
		p.file("large", make([]byte, 1001)):  "larger than",
		p.file("not \xff text", []byte("x")): "not valid text",
		"missing":                            "no such file",
		"fifo":                               "pipe, socket or device",
		"/dev/zero":                          "pipe, socket or device",
		"broken":                             "symlink is broken",
		"nothing in it":                      "no files in this folder",
		"https:/example.com/x.png":           "web address",
		p.file("unreadable", []byte("not for nobody")): "can't be read",
	}
	if os.Getuid() == 0 { // reads everything: a folder in the place of a file can't be had
		delete(cases, "unreadable")
	} else if err := os.Chmod(filepath.Join(p.work, "unreadable"), 0); err != nil {
		t.Fatal(err)
	}
	args := []string{"upload", "-json", p.file("good", []byte("good"))}
	for name := range cases {
		args = append(args, name)
	}
	o := p.run(args...)
	o.expect(t, 1, "1 uploaded")
	got := records(t, o)
	if len(got) != len(args)-2 || got[0].Status != "uploaded" {
		t.Fatalf("got %+v", got)
	}
	said := map[string]string{}
	for i, r := range got[1:] {
		want := cases[args[3+i]]
		if r.Status != "failed" || r.URL != "" || !strings.Contains(r.Error, want) {
			t.Errorf("%q: want %q, got %+v", args[3+i], want, r)
		}
		if !strings.Contains(o.stderr, r.Error) {
			t.Errorf("standard error does not say %q", r.Error)
		}
		if other, ok := said[r.Error]; ok && want != "pipe, socket or device" {
			t.Errorf("%q and %q say the same", other, args[3+i])
		}
		said[r.Error] = args[3+i]
	}
	if n := len(server.Uploads()); n != 1 {
		t.Errorf("%d files are on the server", n)
	}
}

func TestKeys(t *testing.T) {
	server := sandboxtest.New(t, func(c *sandbox.Config) { c.Key = sandboxtest.Key })
	p := newPlace(t, server.APIURL())
	name := p.file("a", []byte("a"))
	p.env = append(p.env, "SLUICE_API_KEY=", "DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere")
	o := p.run("upload", name)
	o.expect(t, 3, "SLUICE_API_KEY")
	p.env = append(p.env, "SLUICE_API_KEY=wrong key")
	o = p.run("upload", name)
	o.expect(t, 3, "does not accept the API key", "kept in the queue", "sluice upload -resume")
	if o.stdout != "" || strings.Contains(o.stderr, "wrong key") {
		t.Errorf("wrote %q and %q", o.stdout, o.stderr)
	}
	p.env = append(p.env, "SLUICE_API_KEY="+sandboxtest.Key)
	o = p.run("upload", "-resume")
	o.expect(t, 0, "1 uploaded")
	if len(o.lines()) != 1 || stored(t, server)["a"] != sum([]byte("a")) {
		t.Errorf("wrote %q", o.stdout)
	}
	p.run("upload", "-resume").expect(t, 0, "Nothing is left")
}

func TestServiceOutOfReach(t *testing.T) {
	p := newPlace(t, "http://127.0.0.1:1/api")
	o := p.run("upload", p.file("a", []byte("a")))
	o.expect(t, 1, "can't be reached", "kept in the queue")
	server := sandboxtest.New(t)
	p.env = append(p.env, "SLUICE_API_URL="+server.APIURL())
	p.run("upload", "-resume").expect(t, 0, "1 uploaded")
}

func TestTheKeyIsInNoFile(t *testing.T) {
	server := sandboxtest.New(t)
	p := newPlace(t, server.APIURL())
	p.run("upload", p.file("a", []byte("a"))).expect(t, 0)
	count := 0
	err := filepath.WalkDir(p.home, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		count++
		if bytes.Contains(content, []byte(sandboxtest.Key)) {
			t.Errorf("the key is in %s", path)
		}
		return err
	})
	if err != nil || count < 2 {
		t.Errorf("looked at %d files: %v", count, err)
	}
}

func TestInterruptAndResume(t *testing.T) {
	for name, stop := range map[string]os.Signal{"interrupt": os.Interrupt, "terminate": syscall.SIGTERM, "kill": os.Kill} {
		t.Run(name, func(t *testing.T) {
			server := sandboxtest.New(t)
			p := newPlace(t, server.APIURL())
			p.file("first", []byte("first"))
			p.file("second", bytes.Repeat([]byte("s"), 20_000_000))
			p.file("third", []byte("third"))
			stall := server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Name: "second", After: 1_000_000})
			r := p.start("upload", "first", "second", "third")
			first := r.line()
			if err := stall.Wait(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			awaitUploads(t, server, 2)
			r.signal(stop)
			o := r.wait()
			server.Clear()
			if stop != os.Kill {
				o.expect(t, 1, "Stopped.", "sluice upload -resume")
			}
			o = p.run("upload", "-resume")
			o.expect(t, 0)
			if all := stored(t, server); len(all) != 3 || all["second"] != sum(bytes.Repeat([]byte("s"), 20_000_000)) {
				t.Errorf("on the server: %v", all)
			}
			if strings.Contains(o.stdout, first) || len(o.lines()) < 1 {
				t.Errorf("resuming printed %q", o.stdout)
			}
		})
	}
}

// A new command does not wait behind what an earlier one left.
func TestNewFilesGoBeforeLeftOnes(t *testing.T) {
	server := sandboxtest.New(t)
	p := newPlace(t, server.APIURL())
	stall := server.Inject(sandbox.Fault{Kind: sandbox.StallBody, PathPrefix: "/api/file/left", After: 1_000_000, Times: -1})
	var left []string
	for i := range 12 {
		left = append(left, p.file(fmt.Sprintf("left%d", i), bytes.Repeat([]byte{byte(i)}, 10_000_000)))
	}
	r := p.start(append([]string{"upload"}, left...)...)
	if err := stall.Wait(t.Context(), 3); err != nil {
		t.Fatal(err)
	}
	r.signal(os.Interrupt)
	r.wait().expect(t, 1, "12 files are kept")
	// Those that begin before the new one is found go nowhere: it passes them.
	o := p.run("upload", p.file("new", []byte("new")))
	o.expect(t, 0, "12 files still in the queue", "sluice upload -resume")
	if all := stored(t, server); len(all) != 1 || all["new"] == "" {
		t.Errorf("on the server: %v", all)
	}
}

func TestClosedPipe(t *testing.T) {
	server := sandboxtest.New(t)
	p := newPlace(t, server.APIURL())
	p.file("a", []byte("a"))
	r := p.start("upload", "a")
	if err := r.stdout.Close(); err != nil {
		t.Fatal(err)
	}
	err := r.cmd.Wait()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.ExitCode() != 1 || !strings.Contains(r.stderr.String(), "standard output") {
		t.Errorf("%v: %s", err, r.stderr.String())
	}
}

// While one command runs, others give it their files, and print the results
// as if they did it themselves.
func TestHandoffBetweenCommands(t *testing.T) {
	server := sandboxtest.New(t)
	p := newPlace(t, server.APIURL())
	p.file("slow", bytes.Repeat([]byte("s"), 20_000_000))
	p.file("b", []byte("b"))
	p.file("c", []byte("c"))
	server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Name: "f", After: 1_000_000})
	stall := server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Name: "slow", After: 1_000_000})
	holder := p.start("upload", "slow")
	if err := stall.Wait(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	other := p.env
	p.env = append(other, "SLUICE_API_KEY=another")
	p.run("upload", "b").expect(t, 1, "different API key")
	p.env = append(other, "SLUICE_API_URL=https://pixeldrain.com/api")
	p.run("upload", "b").expect(t, 1, "different service")
	p.run("b").expect(t, 1, "different service")
	p.env = append(other, "SLUICE_API_KEY=", "SLUICE_API_URL=") // whatever the holder uses
	got := records(t, p.run("upload", "-json", "b", "missing", "c"))
	if len(got) != 3 || got[0].Path != "b" || got[0].Status != "uploaded" || got[1].Status != "failed" || got[2].SHA256 != sum([]byte("c")) {
		t.Errorf("got %+v", got)
	}
	// One that is interrupted leaves its files with the holder.
	waiting := p.start("upload", "b", p.file("f", bytes.Repeat([]byte("f"), 20_000_000)))
	waiting.line()
	waiting.signal(os.Interrupt)
	waiting.wait().expect(t, 1, "left to the running Sluice")
	p.env = other
	// A window can't be had beside a command, but its files are taken.
	p.run(p.file("d", []byte("d"))).expect(t, 0, "No window")
	p.run().expect(t, 1, "No window")
	// The holder goes; a waiting command takes over.
	heir := p.start("upload", "b", "slow", p.file("e", []byte("e")))
	heir.line()
	holder.signal(os.Interrupt)
	holder.wait().expect(t, 1, "Stopped.")
	server.Clear()
	o := heir.wait()
	o.expect(t, 0)
	if len(o.lines()) != 2 {
		t.Errorf("the heir printed %q and %s", o.stdout, o.stderr)
	}
	p.run("upload", "-resume").expect(t, 0)
	all := stored(t, server)
	for _, name := range []string{"slow", "b", "c", "d", "e", "f"} {
		if all[name] == "" {
			t.Errorf("%q is not on the server", name)
		}
	}
}

// What is wrong with the home folder is said, and nothing is damaged by it.
func TestHomesThatCannotBeUsed(t *testing.T) {
	server := sandboxtest.New(t)
	p := newPlace(t, server.APIURL())
	name, good := p.file("a", []byte("a")), p.env
	p.env = append(good, "SLUICE_HOME="+p.file("file", []byte("x")))
	p.run("upload", name).expect(t, 1, "make the folder")
	p.env = append(good, "SLUICE_HOME=", "HOME=", "XDG_DATA_HOME=")
	p.run("upload", name).expect(t, 1, "HOME is not set")
	p.env = good
	p.run("upload", name).expect(t, 0)

	path := filepath.Join(p.home, "sluice.db")
	db, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(bytes.Repeat([]byte("damaged "), 600), db...), 0o600); err != nil {
		t.Fatal(err)
	}
	p.run("upload", name).expect(t, 0, "damaged", "1 already there")
}

func TestSandboxCommand(t *testing.T) {
	p := newPlace(t, "")
	dir := filepath.Join(p.work, "kept")
	r := p.start("sandbox", "-dir", dir, "-key", "its key", "-files", "5")
	api := r.line()
	p.env = append(p.env, "SLUICE_API_URL="+api, "SLUICE_API_KEY=its key")
	o := p.run("upload", p.file("a", []byte("a")))
	o.expect(t, 0)
	r.signal(os.Interrupt)
	r.wait().expect(t, 0)

	addr := strings.TrimSuffix(strings.TrimPrefix(api, "http://"), "/api")
	r = p.start("sandbox", "-dir", dir, "-key", "its key", "-addr", addr)
	if again := r.line(); again != api {
		t.Errorf("came back at %s", again)
	}
	got := records(t, p.run("upload", "-json", "a"))
	if len(got) != 1 || got[0].Status != "duplicate" || got[0].URL != o.lines()[0] {
		t.Errorf("after a restart: %+v", got)
	}
	p.run("sandbox", "-addr", addr).expect(t, 1, "can't start")
	p.run("sandbox", "-addr", "0.0.0.0:0").expect(t, 1, "can't start")
	r.signal(syscall.SIGTERM)
	r.wait().expect(t, 0)
}

func TestWithoutAScreen(t *testing.T) {
	p := newPlace(t, "")
	for _, args := range [][]string{{}, {"-sandbox"}, {p.file("a", []byte("a"))}} {
		p.run(args...).expect(t, 1, "DISPLAY", "sluice upload")
	}
}

// hostileNames gives n different names, as many of each sort as of the next.
func hostileNames(n int) []string {
	sorts := []func(i int) string{
		func(i int) string { return fmt.Sprintf(" spaces  %d .txt ", i) },
		func(i int) string { return fmt.Sprintf("%%2F%%00%%zz..%%2e-%d", i) },
		func(i int) string { return fmt.Sprintf("a#b?c=d&e+f;g-%d", i) },
		func(i int) string { return fmt.Sprintf(`"quotes" 'and' \back\slashes %d`, i) },
		func(i int) string { return fmt.Sprintf("new\nline\r\nand\ttab %d", i) },
		func(i int) string { return fmt.Sprintf("🎉👩‍👩‍👧 %d é e\u0301", i) },
		func(i int) string { return fmt.Sprintf("\u202eעברית %d عربي\u202c", i) },
		func(i int) string { return strings.Repeat("x", 251) + fmt.Sprintf("%04d", i) },
		func(i int) string { return fmt.Sprintf("-rf --json %d", i) },
		func(i int) string { return fmt.Sprintf("<script>${x}`ls`|*?[%d].png", i) },
		func(i int) string { return fmt.Sprintf("...%d", i) },
		func(i int) string { return fmt.Sprintf("\x01\x1b[31mcontrol\x7f %d", i) },
		func(i int) string { return fmt.Sprintf("CON:%d.", i) },
		func(i int) string { return fmt.Sprintf("file:%%20//host/%d", i)[:10] + fmt.Sprint(i) },
	}
	names := make([]string, n)
	for i := range names {
		names[i] = strings.ReplaceAll(sorts[i%len(sorts)](i), "/", "∕")
	}
	return names
}

// TestThousandHostileNames uploads 1,000 files of 1 byte to 5 MB whose names
// break what can be broken: each arrives once, with its name and content, and
// its line comes in its turn.
func TestThousandHostileNames(t *testing.T) {
	const count, largest = 1000, 5_000_000
	server := sandboxtest.New(t)
	p := newPlace(t, server.APIURL())
	rng := rand.New(rand.NewPCG(1, 2))
	source := rand.NewChaCha8([32]byte{3})
	names, sums := hostileNames(count), map[string]string{}
	args := []string{"upload", "-json", "--"}
	total := 0
	for i, name := range names {
		// Evenly over the orders of magnitude, and both ends of the range.
		size := max(8, int(math.Exp(rng.Float64()*math.Log(largest)*0.85)))
		switch i {
		case 0:
			size = 1
		case 1:
			size = largest
		}
		content := make([]byte, size)
		_, _ = source.Read(content)
		sums[name] = sum(content)
		total += size
		p.file(filepath.Join("dir", name), content)
		args = append(args, filepath.Join("dir", name))
	}
	t.Logf("%d files, %d bytes", count, total)
	o := p.run(args...)
	o.expect(t, 0)
	got := records(t, o)
	if len(got) != count {
		t.Fatalf("%d lines", len(got))
	}
	for i, r := range got {
		name := names[i]
		if r.Path != filepath.Join("dir", name) || r.SHA256 != sums[name] || r.Error != "" {
			t.Errorf("line %d for %q is %+v", i, name, r)
		}
	}
	compare(t, server, sums)
}

// compare expects exactly the files of sums on the server.
func compare(t *testing.T, server *sandbox.Server, sums map[string]string) {
	t.Helper()
	all := stored(t, server)
	for name, want := range sums {
		if all[name] != want {
			t.Errorf("%q: the server has %q", name, all[name])
		}
		delete(all, name)
	}
	for name := range all {
		t.Errorf("%q was not sent", name)
	}
	for _, f := range server.Uploads() {
		content, err := server.Content(f.ID)
		if err != nil || sum(content) != f.SHA256 {
			t.Errorf("%q serves something else: %v", f.Name, err)
		}
	}
}

func TestNameLengths(t *testing.T) {
	server := sandboxtest.New(t)
	p := newPlace(t, server.APIURL())
	// 255 bytes is what a folder holds; the service counts characters.
	fits := strings.Repeat("ü", 127) + "x"
	o := p.run("upload", "-json", p.file(fits, []byte("fits")))
	o.expect(t, 0)
	if stored(t, server)[fits] == "" || utf8.RuneCountInString(fits) != 128 {
		t.Errorf("the server has %v", stored(t, server))
	}
	if _, err := os.Stat(filepath.Join(p.work, fits)); err != nil {
		t.Error(err)
	}
}
