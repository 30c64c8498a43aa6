//go:build unix

package upload_test

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"sluice/service"
	"sluice/service/upload"
)

// asNobody lets f run as a user whom permissions bind; tests may run as root.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		f()
		return
	}
	// Only the effective ids, of every thread: root gets itself back.
	if err := syscall.Setegid(65534); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Seteuid(65534); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Seteuid(0); err != nil {
			panic(err)
		}
		if err := syscall.Setegid(0); err != nil {
			panic(err)
		}
	}()
	f()
}

func TestEveryBadInputHasItsReason(t *testing.T) {
	r := newRig(t)
	if err := syscall.Mkfifo(r.path("fifo"), 0o644); err != nil {
		t.Fatal(err)
	}
	socket, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = socket.Close() }()
	for _, dir := range []string{"nothing/in/here"} {
		if err := os.MkdirAll(r.path(dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, target := range map[string]string{"broken": "nowhere", "loop": "loop", "device": "/dev/zero"} {
		if err := os.Symlink(target, r.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	good := r.file("good", 10)
	cases := []struct {
		path, value string
		kind        service.Kind
	}{
		{r.file("empty", 0), service.ReasonEmptyFile, service.Invalid},
		{r.path("missing"), service.ReasonMissingFile, service.NotFound},
		{filepath.Join(good, "below"), service.ReasonMissingFile, service.NotFound},
		{r.path("nothing"), service.ReasonEmptyFolder, service.Invalid},
		{r.path("fifo"), service.ReasonNotRegular, service.Invalid},
		{socket.Addr().String(), service.ReasonNotRegular, service.Invalid},
		{"/dev/null", service.ReasonNotRegular, service.Invalid},
		{r.path("device"), service.ReasonNotRegular, service.Invalid},
		{r.path("broken"), service.ReasonBrokenLink, service.NotFound},
		{r.path("loop"), service.ReasonBrokenLink, service.NotFound},
		{r.file("bad\xff", 3), service.ReasonNameInvalid, service.Invalid},
		{r.path("https:/example.com/x.png"), service.ReasonWebAddress, service.Invalid},
		{"https://example.com/y.png?a=b", service.ReasonWebAddress, service.Invalid},
		{"file://" + r.path("https:/example.com/z.png"), service.ReasonWebAddress, service.Invalid},
		{"http://example.com/" + strings.Repeat("long", 200), service.ReasonWebAddress, service.Invalid},
	}
	paths := []string{good}
	for _, c := range cases {
		paths = append(paths, c.path)
	}
	paths = append(paths, r.file("also good", 10))
	jobs := r.send(paths...)
	if len(jobs) != len(paths) {
		t.Fatalf("%d jobs for %d paths", len(jobs), len(paths))
	}
	for i, c := range cases {
		failed(t, jobs[i+1], c.kind, c.value)
	}
	r.once([]upload.Job{jobs[0], jobs[len(jobs)-1]})
	r.restart()
	again := r.wait(jobs[0].Batch)
	for i, c := range cases { // the reasons are still there
		failed(t, again[i+1], c.kind, c.value)
	}
}

func TestUnreadable(t *testing.T) {
	r := newRig(t, func(_ *upload.Config, s *sandboxConfig) { s.Discard = true }) // nobody can't write its files
	secret := r.file("secret", 5)
	r.file("tree/closed/x", 5)
	r.file("tree/open", 5)
	if err := os.Chmod(r.files, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{secret, r.path("tree/closed")} {
		if err := os.Chmod(p, 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(p, 0o700) })
	}
	for dir := r.files; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) { // let others in
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var jobs []upload.Job
	asNobody(t, func() { jobs = r.send(secret, r.path("tree")) })
	if len(jobs) != 3 {
		t.Fatalf("jobs %+v", jobs)
	}
	failed(t, jobs[0], service.Invalid, service.ReasonUnreadable)
	failed(t, jobs[1], service.Invalid, service.ReasonUnreadable)
	if jobs[1].Name != "closed" || jobs[1].Folder != r.path("tree") {
		t.Errorf("the folder's row: %+v", jobs[1])
	}
	if jobs[2].State != upload.Uploaded {
		t.Errorf("the readable file: %v, %v", jobs[2].State, jobs[2].Err)
	}
}

func TestOverThePlansLimit(t *testing.T) {
	limit := int64(0)
	r := newRig(t, func(cfg *upload.Config, _ *sandboxConfig) { cfg.MaxFileSize = func() int64 { return limit } })
	big := r.file("big", 2000)
	limit = 1999
	before := r.server.Stats().Begun
	failed(t, r.send(big)[0], service.TooLarge, service.ReasonFileTooLarge)
	if n := r.server.Stats().Begun - before; n != 0 {
		t.Errorf("%d requests for a file that is over the limit", n)
	}
}

func TestTheServiceRefusesAFile(t *testing.T) {
	r := newRig(t, func(_ *upload.Config, s *sandboxConfig) { s.MaxFileSize = 5000 })
	jobs := r.send(r.file("big", 4<<20), r.file("small", 5000))
	failed(t, jobs[0], service.TooLarge, "file_too_large")
	r.once(jobs[1:])
}

func TestFolders(t *testing.T) {
	r := newRig(t)
	outside := r.file("outside.txt", 30)
	var want []string
	for _, n := range []string{"tree/a", "tree/b/c", "tree/b/d/e", "tree/.hidden", "tree/z"} {
		r.file(n, 40)
		want = append(want, r.path(n))
	}
	links := map[string]string{
		"tree/b/up": "..", "tree/self": ".", "tree/inside": "a", "tree/out": outside, "tree/outdir": "/etc", "tree/broken": "nope",
	}
	for name, target := range links {
		if err := os.Symlink(target, r.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(r.path("tree/fifo"), 0o644); err != nil {
		t.Fatal(err)
	}
	jobs := r.send(r.path("tree"))
	var got []string
	var good []upload.Job
	refused := map[string]string{}
	for _, j := range jobs {
		if j.Folder != r.path("tree") {
			t.Errorf("%q says that it came from %q", j.Path, j.Folder)
		}
		if j.State == upload.Failed {
			refused[j.Name] = j.Err.Value
			continue
		}
		got, good = append(got, j.Path), append(good, j)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("uploaded %q, want %q", got, want)
	}
	wantRefused := map[string]string{
		"out": service.ReasonLinkOutside, "outdir": service.ReasonLinkOutside,
		"broken": service.ReasonBrokenLink, "fifo": service.ReasonNotRegular,
	}
	if fmt.Sprint(refused) != fmt.Sprint(wantRefused) {
		t.Errorf("refused %v, want %v", refused, wantRefused)
	}
	r.once(good)
}

func TestDroppedLinksAreFollowed(t *testing.T) {
	r := newRig(t)
	target := r.file("target.txt", 50)
	r.file("folder/x", 60)
	for name, to := range map[string]string{"to file": target, "to folder": r.path("folder")} {
		if err := os.Symlink(to, r.path(name)); err != nil {
			t.Fatal(err)
		}
	}
	jobs := r.send(r.path("to file"), r.path("to folder"))
	if len(jobs) != 2 || jobs[0].Name != "to file" || jobs[1].Name != "x" || jobs[1].Path != r.path("to folder/x") {
		t.Fatalf("jobs %+v", jobs)
	}
	r.once(jobs)
}

func TestFileAddressesAndRelativePaths(t *testing.T) {
	r := newRig(t)
	p := r.file("Füße & 100% #1?.png", 10)
	t.Chdir(r.files)
	r.file("plain", 10)
	r.file("http:x", 20)
	jobs := r.send((&url.URL{Scheme: "file", Path: p}).String(), "plain", "http:x")
	r.once(jobs)
	if jobs[0].Path != p || !filepath.IsAbs(jobs[1].Path) {
		t.Errorf("paths %q, %q", jobs[0].Path, jobs[1].Path)
	}
}

func TestAddNeedsPaths(t *testing.T) {
	r := newRig(t)
	if _, err := r.engine.Add(t.Context(), upload.Drop, nil); service.KindOf(err) != service.Invalid {
		t.Errorf("got %v", err)
	}
}

func TestLateLookAtASourceThatBecameAFIFO(t *testing.T) {
	r := newRig(t, withoutClient)
	p, dir := r.file("a", 10), r.file("tree/b", 10)
	id := r.add(p, r.path("tree"))
	s := r.follow()
	s.until("both waiting", func() bool { return s.totals.Waiting == 2 && s.totals.Scanning == 0 })
	for _, path := range []string{p, dir} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(p, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(r.file("secret", 10), dir); err != nil {
		t.Fatal(err)
	}
	r.engine.Use(r.client("k"))
	jobs := r.wait(id)
	failed(t, jobs[0], service.Invalid, service.ReasonNotRegular)
	failed(t, jobs[1], service.Invalid, service.ReasonLinkOutside)
}

func TestRetryOfAFolderWalksItAgain(t *testing.T) {
	r := newRig(t)
	if err := os.Mkdir(r.path("tree"), 0o755); err != nil {
		t.Fatal(err)
	}
	s := r.follow()
	j := r.send(r.path("tree"))[0]
	failed(t, j, service.Invalid, service.ReasonEmptyFolder)
	r.file("tree/x", 10)
	if err := r.engine.Retry(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	s.state("x", upload.Uploaded)
	s.until("the old row gone", func() bool { return s.named("tree").ID == 0 })
	if s.totals.Failed != 0 || s.totals.Busy() {
		t.Errorf("totals %+v", s.totals)
	}
}
