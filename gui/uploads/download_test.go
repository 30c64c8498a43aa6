package uploads

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"pgregory.net/rapid"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/download"
	"sluice/service/upload"
)

func down(id int, s download.State) download.Job {
	return download.Job{
		ID: service.DownloadID(id), Position: int64(id), State: s, File: "f", Name: fmt.Sprintf("get-%d.bin", id), Size: -1, Left: -1,
		Folder: "/home/me/Downloads", Link: fmt.Sprintf("https://pixeldrain.com/u/f%d", id),
	}
}

func fetched(id int, c *clock) download.Job {
	j := down(id, download.Downloaded)
	j.Size, j.Path, j.Verified, j.Finished = 4_800_000, "/home/me/Downloads/"+j.Name, true, c.t
	return j
}

func TestDownloadWords(t *testing.T) {
	c := newClock()
	bad := &service.Error{Value: "x"}
	waits := []Action{ActionFront, ActionPause, ActionCancel}
	works := []Action{ActionPause, ActionCancel}
	for name, test := range map[string]struct {
		change func(*download.Job)
		state  download.State
		held   Held
		want   Row
	}{
		"waiting": {
			state: download.Waiting,
			want:  Row{Sub: "to ~/Downloads", Part: -1, State: "Waiting", StateBy: kit.ColorSecondary, Actions: waits},
		},
		"waiting while paused": {
			state: download.Waiting, held: Held{Paused: true},
			want: Row{Sub: "to ~/Downloads", Part: -1, State: "Waiting", Detail: "Paused", StateBy: kit.ColorSecondary, Actions: waits},
		},
		"looking": {
			state: download.Looking,
			want:  Row{Sub: "to ~/Downloads", Detail: "Getting the file’s details", State: "Preparing", StateBy: kit.ColorAccent, Actions: works},
		},
		"album": {
			state: download.Looking, change: func(j *download.Job) { j.File, j.Album, j.Name, j.Link = "", "a", "", "https://pixeldrain.com/l/a" },
			want: Row{
				Name: "pixeldrain.com/l/a", Sub: "to ~/Downloads", Detail: "Getting the album’s files",
				State: "Preparing", StateBy: kit.ColorAccent, Actions: works,
			},
		},
		"downloading": {
			state: download.Downloading, change: func(j *download.Job) { j.Size, j.Done, j.Speed, j.Left = 200_000_000, 84_000_000, 2e6, 58*time.Second },
			want: Row{
				Sub: "200 MB · to ~/Downloads", Part: 0.42, Detail: "42% · 2.0 MB/s · 58 s left", State: "Downloading",
				StateBy: kit.ColorAccent, Actions: works,
			},
		},
		"of a size that nobody told": {
			state: download.Downloading, change: func(j *download.Job) { j.Done, j.Speed = 84_000_000, 2e6 },
			want: Row{Sub: "to ~/Downloads", Detail: "84 MB · 2.0 MB/s", State: "Downloading", StateBy: kit.ColorAccent, Actions: works},
		},
		"checking": {
			state: download.Checking, change: func(j *download.Job) { j.Size = 100 },
			want: Row{
				Sub: "100 B · to ~/Downloads", Part: 1, Detail: "Comparing the SHA-256", State: "Checking",
				StateBy: kit.ColorAccent, Actions: works,
			},
		},
		"retrying": {
			state: download.Retrying, change: func(j *download.Job) { j.Err, j.Try, j.MaxTries, j.NextTry = bad, 2, 6, c.t.Add(8*time.Second) },
			want: Row{
				Sub: "to ~/Downloads", Part: -1, Detail: "short x: next try in 8 s · attempt\u00a02\u00a0of\u00a06", Tip: "long x",
				State: "Retrying", StateBy: kit.ColorAmber, Actions: waits,
			},
		},
		"paused": {
			state: download.Paused, change: func(j *download.Job) { j.Size, j.Done = 100_000, 40_000 },
			want: Row{
				Sub: "100 KB · to ~/Downloads", Part: -1, Detail: "40 KB here; resumes from there", State: "Paused",
				StateBy: kit.ColorAmber, Actions: []Action{ActionResume, ActionCancel},
			},
		},
		"downloaded": {
			state: download.Downloaded, change: func(j *download.Job) { *j = fetched(1, c) },
			want: Row{
				Sub: "4.8 MB · downloaded, verified", Part: -1, Link: "~/Downloads", Linked: ActionShow, State: "09:41", StateBy: kit.ColorSecondary,
				Actions: []Action{ActionFile, ActionShow}, More: []Action{ActionOpen, ActionRemove},
			},
		},
		"downloaded without a hash": {
			state: download.Downloaded, change: func(j *download.Job) { *j = fetched(1, c); j.Verified = false },
			want: Row{
				Sub: "4.8 MB · downloaded", Part: -1, Link: "~/Downloads", Linked: ActionShow, State: "09:41", StateBy: kit.ColorSecondary,
				Actions: []Action{ActionFile, ActionShow}, More: []Action{ActionOpen, ActionRemove},
			},
		},
		"failed": {
			state: download.Failed, change: func(j *download.Job) { j.Err = bad },
			want: Row{
				Sub: "to ~/Downloads", Part: -1, Detail: "short x", Tip: "long x", Color: kit.ColorRed, State: "Failed", StateBy: kit.ColorRed,
				Actions: []Action{ActionRetry, ActionRemove}, More: []Action{ActionOpen},
			},
		},
		"needs a browser": {
			state: download.Failed, change: func(j *download.Job) { j.Err = &service.Error{Kind: service.CaptchaRequired, Value: "y"} },
			want: Row{
				Sub: "to ~/Downloads", Part: -1, Detail: "short y", Tip: "long y", Color: kit.ColorRed, State: "Failed", StateBy: kit.ColorRed,
				Actions: []Action{ActionOpen, ActionRetry, ActionRemove},
			},
		},
		"cancelled": {
			state: download.Cancelled,
			want: Row{
				Sub: "to ~/Downloads", Part: -1, Detail: "You stopped this download", State: "Cancelled", StateBy: kit.ColorSecondary,
				Actions: []Action{ActionRemove},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			j := down(1, test.state)
			if test.change != nil {
				test.change(&j)
			}
			got := words(c).Row(&Item{Download: &j}, test.held)
			want := test.want
			want.ID = OfDownload(1)
			if want.Color == "" {
				want.Color = kit.ColorSecondary
			}
			if want.Name == "" {
				want.Name = "get-1.bin"
			}
			if !slices.Equal(got.Actions, want.Actions) || !slices.Equal(got.More, want.More) || got.Linked != want.Linked {
				t.Errorf("actions %v, %v, a click does %v", got.Actions, got.More, got.Linked)
			}
			if !sameRow(got, want) {
				t.Errorf("\ngot  %+v\nwant %+v", got, want)
			}
			if got.Picture.Mark != kit.IconDown || got.Picture.Path != j.Path || (got.Picture.Icon == kit.IconAlbum) != (j.File == "") {
				t.Errorf("the tile shows %+v", got.Picture)
			}
		})
	}
}

func TestBothQueuesInOneList(t *testing.T) {
	c := newClock()
	m := newModel(c)
	at := func(minutes int) time.Time { return c.t.Add(time.Duration(minutes) * time.Minute) }
	up := func(id, minutes int, s upload.State) upload.Job {
		j := job(id, s)
		j.Added, j.Finished = at(minutes), at(minutes)
		return j
	}
	get := func(id, minutes int, s download.State) download.Job {
		j := down(id, s)
		j.Added, j.Finished = at(minutes), at(minutes)
		return j
	}
	m.Reset(upload.Snapshot{Jobs: []upload.Job{up(1, 0, upload.Waiting), up(2, 2, upload.Waiting), up(3, -5, upload.Uploaded), up(9, 0, upload.Paused)}})
	m.ResetDownloads(download.Snapshot{Jobs: []download.Job{
		get(1, 1, download.Waiting), get(2, 3, download.Waiting), get(3, -4, download.Downloaded), get(4, 0, download.Failed),
	}})
	if got, want := rows(m), "[WAITING · 4] 1 d1 2 d2 [PAUSED · 1] 9 [FAILED · 1] d4 [FINISHED TODAY · 2] d3 3 "; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	steps := []struct {
		ups   []upload.Job
		downs []download.Job
		want  string
	}{
		{ups: []upload.Job{up(1, 0, upload.Uploading)}, want: "[UPLOADING] 1 "},
		{downs: []download.Job{get(1, 1, download.Downloading)}, want: "[TRANSFERRING] 1 d1 "},
		{ups: []upload.Job{up(1, 0, upload.Failed)}, want: "[DOWNLOADING] d1 "},
	}
	for _, step := range steps {
		m.Apply([]upload.Event{{Jobs: step.ups}}, download.Event{Jobs: step.downs})
		if got := rows(m); got[:len(step.want)] != step.want {
			t.Errorf("got  %s\nwant %s", got, step.want)
		}
	}
	front := get(2, 3, download.Waiting)
	front.Position = -1
	m.Apply(nil, download.Event{Jobs: []download.Job{front}})
	if got, want := rows(m), "[DOWNLOADING] d1 [WAITING · 2] d2 2 "; got[:len(want)] != want {
		t.Errorf("to the front: %s", got)
	}
	m.Reset(upload.Snapshot{})
	m.Apply(nil, download.Event{Removed: []service.DownloadID{1, 2, 4, 77}})
	if got := rows(m); got != "[FINISHED TODAY · 1] d3 " {
		t.Errorf("left: %s", got)
	}
}

func TestEndsOfBothAreCounted(t *testing.T) {
	c := newClock()
	m := newModel(c)
	failedUp, failedDown, old := job(1, upload.Failed), down(1, download.Failed), fetched(3, c)
	failedUp.Finished, failedDown.Finished, old.Finished = c.t, c.t, c.t.Add(-time.Hour)
	m.Reset(upload.Snapshot{Jobs: []upload.Job{failedUp, linked(2, c), job(4, upload.Waiting)}})
	m.ResetDownloads(download.Snapshot{Jobs: []download.Job{failedDown, fetched(2, c), old, down(5, download.Waiting)}})
	if got := m.Ended(c.t); got != (Ended{Uploaded: 1, Downloaded: 1, Failed: 2}) {
		t.Errorf("%+v", got)
	}
	batch := download.Batch{ID: 7}
	if change := m.Apply(nil, download.Event{BatchDone: &batch}); len(change.Downloaded) != 1 || change.Downloaded[0].ID != 7 {
		t.Errorf("%+v", change)
	}
}

func TestTotalsOfBoth(t *testing.T) {
	offline, full := &service.Error{Kind: service.Offline}, &service.Error{Value: service.ReasonQueueUnwritable}
	for name, test := range map[string]struct {
		up   upload.Totals
		down download.Totals
		ok   func(t Totals) bool
	}{
		"sums": {
			upload.Totals{Active: 1, Waiting: 2, Bytes: 100, Sent: 40, Files: 3, FilesDone: 1, Speed: 10, Left: time.Second},
			download.Totals{Active: 2, Bytes: 50, Done: 30, Files: 2, FilesDone: 1, Speed: 5, Left: 2 * time.Second, Failed: 1},
			func(t Totals) bool {
				return t.Active == 3 && t.Waiting == 2 && t.Bytes == 150 && t.Sent == 70 && t.Files == 5 && t.FilesDone == 2 &&
					t.Speed == 15 && t.Left == 2*time.Second && t.Failed == 1 && t.Err == nil
			},
		},
		"an unknown time": {
			upload.Totals{Active: 1, Left: -1},
			download.Totals{Active: 1, Left: time.Second},
			func(t Totals) bool { return t.Left < 0 },
		},
		"only uploads are away": {
			upload.Totals{Waiting: 1, Offline: true, Err: offline},
			download.Totals{Active: 1},
			func(t Totals) bool { return !t.Offline && t.Err == nil },
		},
		"both are away": {
			upload.Totals{Waiting: 1, Offline: true, Err: offline},
			download.Totals{Waiting: 1, Offline: true, Err: offline},
			func(t Totals) bool { return t.Offline && t.Err == offline },
		},
		"what has nothing to do does not matter": {
			upload.Totals{NeedsKey: true},
			download.Totals{Active: 1, Left: time.Second},
			func(t Totals) bool { return !t.NeedsKey && t.Up.NeedsKey && t.Left == time.Second },
		},
		"nobody has anything to do": {
			upload.Totals{NeedsKey: true},
			download.Totals{Offline: true},
			func(t Totals) bool { return t.NeedsKey && !t.Offline },
		},
		"a full disk": {
			upload.Totals{Active: 1},
			download.Totals{Active: 1, Err: full},
			func(t Totals) bool { return t.Err == full },
		},
	} {
		if got := sum(&test.up, &test.down); !test.ok(got) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestDownloadActionsAreWishes(t *testing.T) {
	s, w, want, c := screen(t, wideWindow(), nil)
	browser := down(5, download.Failed)
	browser.Err = &service.Error{Kind: service.CaptchaRequired}
	s.ResetDownloads(download.Snapshot{Jobs: []download.Job{
		down(1, download.Downloading), down(2, download.Waiting), fetched(3, c), down(4, download.Paused), browser,
	}})
	w.MustSee("DOWNLOADING", "get-1.bin", "to ~/Downloads")
	w.MustNotSee("Copy all links") // there are none
	w.TapIn("get-1.bin", "Pause")
	w.TapIn("get-2.bin", "Download next")
	w.TapIn("get-2.bin", "Cancel")
	w.TapIn("get-3.bin", "Open the file")
	w.TapIn("get-3.bin", "Show in folder")
	w.Tap("~/Downloads")
	w.TapIn("get-4.bin", "Resume")
	w.TapIn("get-5.bin", "Open in the browser")
	w.TapIn("get-5.bin", "Try again")
	w.Tap("Resume all")
	w.Tap("Download links…")
	if wished := []string{
		"pause d1", "front d2", "cancel d2", "file d3", "show d3", "show d3", "resume [d4]", "open d5", "retry d5", "resume [d4]", "download",
	}; !slices.Equal(want.list, wished) {
		t.Errorf("\ngot  %q\nwant %q", want.list, wished)
	}
	s.menu(s.rowOf(OfDownload(3)), fyne.NewPos(300, 300))
	w.MustSee("Open the file", "Show in folder", "Open in the browser")
	w.Tap("Remove from the list")
	if last := want.list[len(want.list)-1]; last != "remove d3" {
		t.Errorf("the menu wished %q", last)
	}
}

// rowOf finds the row of an item.
func (s *Screen) rowOf(id ID) int {
	for i := range s.model.Rows() {
		if s.model.Key(i) == int64(id) {
			return i
		}
	}
	return -1
}

func TestPausedDownloadsCanBeResumed(t *testing.T) {
	s, w, want, _ := screen(t, wideWindow(), nil)
	s.Apply(nil, download.Event{Jobs: []download.Job{down(1, download.Waiting)}, Totals: &download.Totals{Paused: true, Waiting: 1}})
	w.MustSee("Paused")
	w.Tap("Resume")
	if !slices.Equal(want.list, []string{"resume"}) {
		t.Errorf("wished %q", want.list)
	}
}

// A random run of events of both queues ends with the same rows as the
// snapshots of their results.
func TestModelOfBothLikeItsSnapshots(t *testing.T) {
	ups := []upload.State{upload.Waiting, upload.Uploading, upload.Retrying, upload.Uploaded, upload.Failed, upload.Paused}
	downs := []download.State{download.Waiting, download.Downloading, download.Retrying, download.Downloaded, download.Failed, download.Paused}
	rapid.Check(t, func(t *rapid.T) {
		c := newClock()
		m := newModel(c)
		sent, got := map[service.JobID]upload.Job{}, map[service.DownloadID]download.Job{}
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			id := rapid.IntRange(1, 8).Draw(t, "id")
			kind := rapid.IntRange(0, 9).Draw(t, "kind")
			position := int64(rapid.IntRange(-3, 8).Draw(t, "position"))
			at := c.t.Add(-time.Duration(rapid.IntRange(0, 20).Draw(t, "hours")) * time.Hour)
			switch {
			case kind == 0:
				m.Apply([]upload.Event{{Removed: []service.JobID{service.JobID(id)}}}, download.Event{Removed: []service.DownloadID{service.DownloadID(id)}})
				delete(sent, service.JobID(id))
				delete(got, service.DownloadID(id))
			case kind < 5:
				j := job(id, rapid.SampledFrom(ups).Draw(t, "state"))
				j.Position, j.Added, j.Finished = position, at, at
				m.Apply([]upload.Event{{Jobs: []upload.Job{j}}})
				sent[j.ID] = j
			default:
				j := down(id, rapid.SampledFrom(downs).Draw(t, "state"))
				j.Position, j.Added, j.Finished = position, at, at
				m.Apply(nil, download.Event{Jobs: []download.Job{j}})
				got[j.ID] = j
			}
		}
		want := newModel(c)
		up, down := upload.Snapshot{}, download.Snapshot{}
		for _, j := range sent {
			up.Jobs = append(up.Jobs, j)
		}
		for _, j := range got {
			down.Jobs = append(down.Jobs, j)
		}
		want.ResetDownloads(down)
		want.Reset(up)
		if rows(m) != rows(want) {
			t.Fatalf("got  %s\nwant %s", rows(m), rows(want))
		}
		if m.downs != want.downs {
			t.Fatalf("counted %v downloads, there are %v", m.downs, want.downs)
		}
	})
}

// What belongs to the engines stays as they told it.
func TestToldJobsStayAsTheyWere(t *testing.T) {
	m := newModel(newClock())
	snapshot := upload.Snapshot{Jobs: []upload.Job{job(1, upload.Uploading)}}
	snapshot.Jobs[0].Sent = 5
	m.Reset(snapshot)
	paused := []upload.Job{job(1, upload.Paused)}
	m.Apply([]upload.Event{{Jobs: paused}})
	again := down(1, download.Downloading)
	first := []download.Job{down(1, download.Waiting)}
	m.Apply(nil, download.Event{Jobs: first}, download.Event{Jobs: []download.Job{again}})
	if snapshot.Jobs[0].State != upload.Uploading || paused[0].Sent != 0 || first[0].State != download.Waiting {
		t.Errorf("%v, %v, %v", snapshot.Jobs[0].State, paused[0].Sent, first[0].State)
	}
	if j, _ := m.Job(1); j.Sent != 5 {
		t.Errorf("%d bytes were sent in vain", j.Sent)
	}
}

// What one call of the pump costs with 10,000 rows of each, 200 of each of
// which change.
func BenchmarkBatchOfBoth(b *testing.B) {
	const n, changes = 10_000, 200
	s, _, _, c := screen(b, fyne.NewSize(972, 760), nil)
	up, get := upload.Snapshot{}, download.Snapshot{}
	for i := range n {
		u, d := job(i+1, upload.Waiting), down(i+1, download.Waiting)
		u.Added = c.t.Add(time.Duration(i) * time.Second)
		d.Added = u.Added
		up.Jobs, get.Jobs = append(up.Jobs, u), append(get.Jobs, d)
	}
	s.Reset(up)
	s.ResetDownloads(get)
	for name, states := range map[string][2]int{"progress": {1, 1}, "moves": {0, 1}} {
		b.Run(name, func(b *testing.B) {
			step := 0
			for b.Loop() {
				step++
				var ups []upload.Event
				var downs []download.Event
				for i := range changes {
					u, d := up.Jobs[i*n/changes], get.Jobs[i*n/changes]
					u.Sent, d.Done = int64(step), int64(step)
					if states[step%2] == 1 {
						u.State, d.State = upload.Uploading, download.Downloading
					}
					ups = append(ups, upload.Event{Jobs: []upload.Job{u}})
					downs = append(downs, download.Event{Jobs: []download.Job{d}})
				}
				s.Apply(ups, downs...)
			}
		})
	}
}
