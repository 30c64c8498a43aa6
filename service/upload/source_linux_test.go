package upload_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/upload"
)

// fate is what must become of a file after something happened to it.
type fate struct {
	reason string // why it fails, "" when it gets its link
	sum    string // of the content that the link must serve
}

// mishap is something that happens to the file at path, which has the content;
// it gives what must become of a file that was not read yet, and of one that is
// being sent.
type mishap func(r *rig, path string, content []byte) (unread, sending fate)

// whatever makes a mishap after which the file at the path is sent as it is.
func whatever(how func(r *rig, path string, content []byte)) mishap {
	return func(r *rig, path string, content []byte) (unread, sending fate) {
		how(r, path, content)
		now := fate{sum: fileSum(r.t, path)}
		return now, now
	}
}

func mishaps() map[string]mishap {
	return map[string]mishap{
		"vanished": func(r *rig, path string, content []byte) (unread, sending fate) {
			must(r.t, os.Remove(path))
			return fate{reason: service.ReasonMissingFile}, fate{sum: sumOf(content)}
		},
		"shrunk": whatever(func(r *rig, path string, content []byte) {
			must(r.t, os.Truncate(path, int64(len(content)-1-r.number(len(content)/2))))
		}),
		"emptied": func(r *rig, path string, _ []byte) (unread, sending fate) {
			must(r.t, os.Truncate(path, 0))
			return fate{reason: service.ReasonEmptyFile}, fate{reason: service.ReasonEmptyFile}
		},
		"grown": whatever(func(r *rig, path string, _ []byte) { r.patch(path, -1, 1+r.number(100_000)) }),
		"replaced": whatever(func(r *rig, path string, content []byte) {
			r.replace(path, r.bytes(len(content)))
		}),
		"replaced by a shorter one": whatever(func(r *rig, path string, content []byte) {
			r.replace(path, r.bytes(len(content)/2))
		}),
		"rewritten in its size": whatever(func(r *rig, path string, content []byte) {
			r.patch(path, int64(r.number(len(content)-10)), 10)
		}),
		"touched": whatever(func(r *rig, path string, _ []byte) { r.now(path) }),
		"changing again and again": whatever(func(r *rig, path string, _ []byte) {
			for range 3 {
				r.patch(path, -1, 10)
			}
		}),
		"a FIFO": func(r *rig, path string, _ []byte) (unread, sending fate) {
			must(r.t, os.Remove(path))
			must(r.t, syscall.Mkfifo(path, 0o600))
			return fate{reason: service.ReasonNotRegular}, fate{reason: service.ReasonNotRegular}
		},
		"a folder": func(r *rig, path string, _ []byte) (unread, sending fate) {
			must(r.t, os.Remove(path))
			must(r.t, os.Mkdir(path, 0o700))
			return fate{reason: service.ReasonEmptyFolder}, fate{reason: service.ReasonEmptyFolder}
		},
		"a link to another file": whatever(func(r *rig, path string, content []byte) {
			other := r.write("elsewhere/"+filepath.Base(path), r.bytes(len(content)))
			must(r.t, os.Remove(path))
			must(r.t, os.Symlink(other, path))
		}),
		"a link to nothing": func(r *rig, path string, _ []byte) (unread, sending fate) {
			must(r.t, os.Remove(path))
			must(r.t, os.Symlink("nothing", path))
			return fate{reason: service.ReasonBrokenLink}, fate{sum: ""}
		},
		"unreadable": func(r *rig, path string, content []byte) (unread, sending fate) {
			r.blind(path)
			return fate{sum: sumOf(content)}, fate{reason: service.ReasonUnreadable}
		},
	}
}

func (r *rig) number(n int) int { return int(r.random.Uint64() % uint64(n)) }

// now gives a file the present time, by the engine's clock.
func (r *rig) now(path string) {
	at := r.cfg.Clock.Now()
	must(r.t, os.Chtimes(path, at, at))
}

// patch writes n bytes into a file, at its end when at is negative.
func (r *rig) patch(path string, at int64, n int) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(r.t, err)
	if at < 0 {
		info, err := f.Stat()
		must(r.t, err)
		at = info.Size()
	}
	_, err = f.WriteAt(r.bytes(n), at)
	must(r.t, err)
	must(r.t, f.Close())
	r.now(path)
}

// replace puts another file in the place of one, as editors save.
func (r *rig) replace(path string, content []byte) {
	must(r.t, os.WriteFile(path+".new", content, 0o600))
	r.now(path + ".new")
	must(r.t, os.Rename(path+".new", path))
}

// blind makes what has the file open at this moment read it no more: its
// descriptors become ones that can only write.
func (r *rig) blind(path string) {
	w, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(r.t, err)
	defer func() { must(r.t, w.Close()) }()
	open, err := os.ReadDir("/proc/self/fd")
	must(r.t, err)
	for _, entry := range open {
		fd, err := strconv.Atoi(entry.Name())
		must(r.t, err)
		if to, err := os.Readlink("/proc/self/fd/" + entry.Name()); err != nil || to != path || fd == int(w.Fd()) {
			continue
		}
		must(r.t, syscall.Dup3(int(w.Fd()), fd, syscall.O_CLOEXEC))
	}
}

// sourceCampaign lets every mishap happen to one file before its turn, to one
// in the middle of sending and to one of which everything is sent.
func sourceCampaign(t *testing.T, seed uint64, dialect int) {
	t.Helper()
	r := newRig(t, workers(upload.MaxWorkers), func(_ *upload.Config, s *sandboxConfig) { s.Dialect = dialect })
	r.random = rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), 7})
	names := slices.Sorted(maps.Keys(mishaps()))
	for _, moment := range []string{"waiting", "sending", "finishing"} {
		r.suffer(moment, names)
	}
}

// suffering is a file with what must become of it.
type suffering struct {
	name, path string
	content    []byte
	fate       fate
}

// suffer lets the mishaps happen to files of its own at a moment.
func (r *rig) suffer(moment string, names []string) {
	r.t.Helper()
	var files []*suffering
	var paths []string
	for _, name := range names {
		f := &suffering{name: name, content: r.bytes(mib + 1 + r.number(mib/2))}
		if name == "unreadable" { // what is on its way already is read
			f.content = r.bytes(16 * mib)
		}
		f.path = r.write(moment+" "+name, f.content)
		files, paths = append(files, f), append(paths, f.path)
	}
	batch := r.reach(moment, files, paths)
	s := r.follow()
	for _, f := range files {
		unread, sending := mishaps()[f.name](r, f.path, f.content)
		switch {
		case moment == "waiting":
			f.fate = unread
		case moment == "finishing" && f.name == "unreadable": // all was read before
			f.fate = unread
		default:
			f.fate = sending
		}
		if f.fate == (fate{}) {
			f.fate.sum = sumOf(f.content)
		}
	}
	must(r.t, r.engine.Resume(r.t.Context()))
	r.server.Clear()
	s.until("end", func() bool { return !s.totals.Busy() })
	r.became(files, r.wait(batch))
}

// reach drops files and waits until all of them are at the moment.
func (r *rig) reach(moment string, files []*suffering, paths []string) service.BatchID {
	r.t.Helper()
	if moment == "waiting" {
		must(r.t, r.engine.Pause(r.t.Context()))
		s := r.follow()
		batch := r.add(paths...)
		s.until("all waiting", func() bool { return s.totals.Scanning == 0 && s.totals.Waiting == len(files) })
		return batch
	}
	var all []*sandbox.Injection
	for _, f := range files {
		fault := sandbox.Fault{Kind: sandbox.StallBody, Method: http.MethodPut, Name: filepath.Base(f.path), After: 1 + int64(r.number(mib/2))}
		if moment == "finishing" {
			fault.Kind, fault.After = sandbox.SlowFinish, 0
		}
		all = append(all, r.server.Inject(fault))
	}
	batch := r.add(paths...)
	for _, held := range all {
		r.struck(held, 1)
	}
	return batch
}

// became checks the ends of files, and that the account has nothing else.
func (r *rig) became(files []*suffering, jobs []upload.Job) {
	r.t.Helper()
	snapshot, _ := r.engine.Subscribe(r.t.Context())
	by, ids := map[string]upload.Job{}, map[service.FileID]bool{}
	for _, j := range append(snapshot.Jobs, jobs...) { // a folder is a batch of its own
		by[j.Path] = j
		ids[j.File] = true
	}
	for _, f := range files {
		j := by[f.path]
		what := fmt.Sprintf("%s: %v, %v", filepath.Base(f.path), j.State, j.Err)
		if f.fate.reason != "" {
			if j.State != upload.Failed || j.Err == nil || j.Err.Value != f.fate.reason || j.File != "" {
				r.t.Errorf("%s; want failed, %s", what, f.fate.reason)
			}
			continue
		}
		if !j.State.Linked() {
			r.t.Errorf("%s; want its link", what)
			continue
		}
		content, err := r.server.Content(j.File)
		must(r.t, err)
		if got := sumOf(content); got != f.fate.sum || j.SHA256 != got || !j.Verified {
			r.t.Errorf("%s: serves %s, job says %s (verified %v), want %s", what, got, j.SHA256, j.Verified, f.fate.sum)
		}
	}
	for _, f := range r.server.Uploads() {
		if !ids[f.ID] {
			r.t.Errorf("the account has %s %q, which belongs to no job", f.ID, f.Name)
		}
	}
}

func TestWhatHappensToSources(t *testing.T) {
	t.Parallel()
	sourceCampaign(t, 0, sandbox.Dialect2026)
}
