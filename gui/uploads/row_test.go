package uploads

import (
	"slices"
	"testing"
	"time"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/upload"
)

func words(c *clock) *Words {
	return &Words{
		Format: kit.NewFormat("en", c.now, "/home/me"), Now: c.now,
		Short: func(e *service.Error) string { return "short " + e.Value },
		Long:  func(e *service.Error) string { return "long " + e.Value },
	}
}

func TestRowWords(t *testing.T) {
	c := newClock()
	bad := &service.Error{Value: "empty_file"}
	for _, test := range []struct {
		name   string
		job    upload.Job
		totals upload.Totals
		want   Row
	}{
		{
			name: "uploading",
			job: upload.Job{
				Name: "talk.mkv", Path: "/home/me/Videos/talk.mkv", State: upload.Uploading,
				Size: 1_400_000_000, Sent: 812_000_000, Speed: 8.9e6, Left: 72 * time.Second,
			},
			want: Row{
				Name: "talk.mkv", Sub: "1.4 GB · ~/Videos", Part: 0.58, Detail: "58% · 8.9 MB/s · 1 min 12 s left",
				Color: kit.ColorSecondary, State: "Uploading", StateBy: kit.ColorAccent, Actions: []Action{ActionPause, ActionCancel},
			},
		},
		{
			name: "just begun",
			job:  upload.Job{Name: "a", Path: "/srv/a", State: upload.Uploading, Size: 100, Left: -1},
			want: Row{
				Name: "a", Sub: "100 B · /srv", Detail: "0%", Color: kit.ColorSecondary, State: "Uploading",
				StateBy: kit.ColorAccent, Actions: []Action{ActionPause, ActionCancel},
			},
		},
		{
			name: "hashing",
			job:  upload.Job{Name: "a", State: upload.Hashing, Size: 100, Sent: 50, Origin: upload.Watch, Path: "/x/a"},
			want: Row{
				Name: "a", Sub: "100 B · watched folder", Part: 0.5, Detail: "Reading the file", Color: kit.ColorSecondary,
				State: "Hashing", StateBy: kit.ColorAccent, Actions: []Action{ActionPause, ActionCancel},
			},
		},
		{
			name: "finishing",
			job:  upload.Job{Name: "a", State: upload.Finishing, Size: 100, Sent: 100},
			want: Row{
				Name: "a", Sub: "100 B", Part: 1, Detail: "All sent; the service is storing it", Color: kit.ColorSecondary,
				State: "Finishing", StateBy: kit.ColorAccent, Actions: []Action{ActionCancel},
			},
		},
		{
			name: "verifying",
			job:  upload.Job{Name: "a", State: upload.Verifying, Size: 100},
			want: Row{
				Name: "a", Sub: "100 B", Part: 1, Detail: "Checking the server’s SHA-256", Color: kit.ColorSecondary,
				State: "Verifying", StateBy: kit.ColorAccent, Actions: []Action{ActionCancel},
			},
		},
		{
			name: "in doubt",
			job:  upload.Job{Name: "a", State: upload.Verifying, Size: 100, Err: &service.Error{Value: "unknown_outcome"}},
			want: Row{
				Name: "a", Sub: "100 B", Part: 1, Detail: "No clear answer: checking if it arrived", Tip: "long unknown_outcome",
				Color: kit.ColorSecondary, State: "Verifying", StateBy: kit.ColorAccent, Actions: []Action{ActionCancel},
			},
		},
		{
			name: "retrying",
			job: upload.Job{
				Name: "a", State: upload.Retrying, Size: 5_100_000, Err: &service.Error{Value: "x"}, Try: 2, MaxTries: 6,
				NextTry: c.t.Add(8 * time.Second),
			},
			want: Row{
				Name: "a", Sub: "5.1 MB", Part: -1, Detail: "short x: next try in 8 s · attempt\u00a02\u00a0of\u00a06", Tip: "long x",
				Color: kit.ColorSecondary, State: "Retrying", StateBy: kit.ColorAmber, Actions: []Action{ActionFront, ActionPause, ActionCancel},
			},
		},
		{
			name: "retrying when something else is over",
			job:  upload.Job{Name: "a", State: upload.Retrying, Err: &service.Error{Value: "x"}},
			want: Row{
				Name: "a", Sub: "0 B", Part: -1, Detail: "short x", Tip: "long x", Color: kit.ColorSecondary,
				State: "Retrying", StateBy: kit.ColorAmber, Actions: []Action{ActionFront, ActionPause, ActionCancel},
			},
		},
		{
			name: "retrying while nothing is reached",
			job: upload.Job{
				Name: "a", State: upload.Retrying, Err: &service.Error{Kind: service.Offline, Value: "x"}, Try: 2, MaxTries: 6,
				NextTry: c.t.Add(-8 * time.Second),
			},
			totals: upload.Totals{Offline: true},
			want: Row{
				Name: "a", Sub: "0 B", Part: -1, Detail: "Until the service is back · attempt\u00a02\u00a0of\u00a06", Tip: "long x",
				Color: kit.ColorSecondary, State: "Retrying", StateBy: kit.ColorAmber, Actions: []Action{ActionFront, ActionPause, ActionCancel},
			},
		},
		{
			name:   "retrying while all is paused",
			job:    upload.Job{Name: "a", State: upload.Retrying, Err: &service.Error{Kind: service.Server, Value: "x"}, NextTry: c.t.Add(time.Second)},
			totals: upload.Totals{Paused: true},
			want: Row{
				Name: "a", Sub: "0 B", Part: -1, Detail: "Paused", Tip: "long x",
				Color: kit.ColorSecondary, State: "Retrying", StateBy: kit.ColorAmber, Actions: []Action{ActionFront, ActionPause, ActionCancel},
			},
		},
		{
			name: "web address",
			job:  upload.Job{Name: "x.png", Path: "https://example.com/x.png", State: upload.Failed},
			want: Row{
				Name: "x.png", Sub: "0 B · https://example.com/x.png", Part: -1, Color: kit.ColorRed, State: "Failed",
				StateBy: kit.ColorRed, Actions: []Action{ActionRetry, ActionRemove},
			},
		},
		{
			name: "waiting", job: upload.Job{Name: "a", State: upload.Waiting},
			want: Row{
				Name: "a", Sub: "0 B", Part: -1, Color: kit.ColorSecondary, State: "Waiting", StateBy: kit.ColorSecondary,
				Actions: []Action{ActionFront, ActionPause, ActionCancel},
			},
		},
		{
			name: "waiting for a key", job: upload.Job{Name: "a", State: upload.Waiting}, totals: upload.Totals{NeedsKey: true, Paused: true},
			want: Row{
				Name: "a", Sub: "0 B", Part: -1, Detail: "Needs an API key first", Color: kit.ColorSecondary, State: "Waiting",
				StateBy: kit.ColorSecondary, Actions: []Action{ActionFront, ActionPause, ActionCancel},
			},
		},
		{
			name: "paused", job: upload.Job{Name: "a", State: upload.Waiting}, totals: upload.Totals{Paused: true},
			want: Row{
				Name: "a", Sub: "0 B", Part: -1, Detail: "Paused", Color: kit.ColorSecondary, State: "Waiting",
				StateBy: kit.ColorSecondary, Actions: []Action{ActionFront, ActionPause, ActionCancel},
			},
		},
		{
			name: "paused by itself", job: upload.Job{Name: "a", State: upload.Paused},
			want: Row{
				Name: "a", Sub: "0 B", Part: -1, Color: kit.ColorSecondary, State: "Paused", StateBy: kit.ColorAmber,
				Actions: []Action{ActionResume, ActionCancel},
			},
		},
		{
			name: "paused in the middle", job: upload.Job{Name: "a", State: upload.Paused, Size: 100, Sent: 40},
			want: Row{
				Name: "a", Sub: "100 B", Part: -1, Detail: "Starts over when resumed", Color: kit.ColorSecondary, State: "Paused",
				StateBy: kit.ColorAmber, Actions: []Action{ActionResume, ActionCancel},
			},
		},
		{
			name: "uploaded",
			job: upload.Job{
				Name: "a", Path: "/x/a", State: upload.Uploaded, Size: 4_800_000, Verified: true, Finished: c.t.Add(-time.Minute),
				Link: "https://pixeldrain.com/u/abc123",
			},
			want: Row{
				Name: "a", Sub: "4.8 MB · verified", Part: -1, Link: "pixeldrain.com/u/abc123", Color: kit.ColorSecondary,
				State: "09:40", StateBy: kit.ColorSecondary, Actions: []Action{ActionCopy, ActionOpen},
			},
		},
		{
			name: "already there",
			job:  upload.Job{Name: "a", State: upload.AlreadyThere, Size: 1_100_000, Finished: c.t.Add(-24 * time.Hour), Link: "http://127.0.0.1:1/u/x"},
			want: Row{
				Name: "a", Sub: "1.1 MB · already in your files, nothing sent", Part: -1, Link: "127.0.0.1:1/u/x",
				Color: kit.ColorSecondary, State: "22 Nov", StateBy: kit.ColorSecondary, Actions: []Action{ActionCopy, ActionOpen},
			},
		},
		{
			name: "failed", job: upload.Job{Name: "a\nb", State: upload.Failed, Err: bad},
			want: Row{
				Name: "a␣b", Sub: "0 B", Part: -1, Detail: "short empty_file", Tip: "long empty_file", Color: kit.ColorRed,
				State: "Failed", StateBy: kit.ColorRed, Actions: []Action{ActionRetry, ActionRemove},
			},
		},
		{
			name: "cancelled", job: upload.Job{Name: "a", State: upload.Cancelled},
			want: Row{
				Name: "a", Sub: "0 B", Part: -1, Detail: "You stopped this upload", Color: kit.ColorSecondary,
				State: "Cancelled", StateBy: kit.ColorSecondary, Actions: []Action{ActionRemove},
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := words(c).Row(&Item{Upload: &test.job}, Held{test.totals.NeedsKey, test.totals.Paused, test.totals.Offline})
			if !slices.Equal(got.Actions, test.want.Actions) {
				t.Errorf("actions %v, want %v", got.Actions, test.want.Actions)
			}
			got.Actions, test.want.Actions = nil, nil
			if !sameRow(got, test.want) {
				t.Errorf("\ngot  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func sameRow(a, b Row) bool {
	return a.ID == b.ID && a.Name == b.Name && a.Sub == b.Sub && a.Part == b.Part && a.Detail == b.Detail &&
		a.Color == b.Color && a.Tip == b.Tip && a.Link == b.Link && a.State == b.State && a.StateBy == b.StateBy
}

func TestEveryActionHasWordsAndAnIcon(t *testing.T) {
	seen := map[string]bool{}
	for a := ActionFront; a <= ActionRemove; a++ {
		if a.Label() == "" || a.Icon() == "" || seen[a.Label()] {
			t.Errorf("action %d is called %q and drawn %q", a, a.Label(), a.Icon())
		}
		seen[a.Label()] = true
	}
}

func TestKindOf(t *testing.T) {
	for name, want := range map[string]struct {
		icon kit.IconName
		ext  string
	}{
		"a.PNG": {kit.IconImage, ""}, "a.mkv": {kit.IconVideo, ""}, "a.flac": {kit.IconAudio, ""}, "a.tar.zst": {kit.IconArchive, ""},
		"a.log": {kit.IconText, ""}, "a.pdf": {kit.IconFile, "PDF"}, "a": {kit.IconFile, ""}, "a.verylong": {kit.IconFile, ""},
		"a.ö": {kit.IconFile, ""}, ".profile": {kit.IconFile, ""}, "a.svg": {kit.IconFile, "SVG"},
	} {
		if icon, ext := kindOf(name); icon != want.icon || ext != want.ext {
			t.Errorf("%s is drawn %q with %q, want %q with %q", name, icon, ext, want.icon, want.ext)
		}
	}
}
