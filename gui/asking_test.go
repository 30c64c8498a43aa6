package gui

import (
	"testing"

	"sluice/service/download"
	"sluice/service/sandbox"
	"sluice/service/upload"
)

// halfSent drops the file big.bin of 64 MB of which the server takes so much and then
// nothing more, and waits until a stop of it would be costly.
func (b *bench) halfSent(taken int64) *sandbox.Injection {
	b.t.Helper()
	hold := b.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Method: "PUT", PathPrefix: "/api/file/", After: taken, Times: -1})
	b.drop(b.large("big.bin", 64_000_000))
	b.UntilSees("big.bin", "Uploading")
	b.Until("much to be sent", func() bool { return b.shell.uploads.Model().UnderWay().Sent >= taken })
	return hold
}

func TestPauseAndResumeOfARow(t *testing.T) {
	b := newBench(t)
	hold := b.halfSent(600_000)
	b.TapIn("big.bin", "Pause")
	b.UntilSees("PAUSED · 1", "Paused", "Starts over when resumed", "1 file paused")
	b.MustNotSee("Resume all uploads", "All uploads are paused")
	b.drop(b.file("other.txt", "goes on"))
	hold.Release()
	b.server.Clear()
	b.UntilSees("FINISHED TODAY · 1", "other.txt")
	b.TapIn("big.bin", "Resume")
	b.settled()
	b.UntilSees("FINISHED TODAY · 2")
	if n := len(b.server.Uploads()); n != 2 {
		t.Errorf("%d files are on the server", n)
	}
}

func TestPausingMuchAsksFirst(t *testing.T) {
	b := newBench(t)
	b.halfSent(40_000_000)
	b.TapIn("big.bin", "Pause")
	b.MustSee("Pause “big.bin”?", "MB of 64 MB was sent and would have to be sent again.")
	b.Tap("Keep uploading")
	b.MustSee("UPLOADING")
	b.TapIn("big.bin", "Pause")
	b.Tap("Pause")
	b.UntilSees("PAUSED · 1", "Starts over when resumed")
	b.TapIn("big.bin", "Cancel") // nothing is lost by it any more
	b.UntilGone("big.bin")
}

func TestStoppingMuchAsksFirst(t *testing.T) {
	b := newBench(t)
	b.halfSent(40_000_000)
	b.TapIn("big.bin", "Cancel")
	b.MustSee("Stop “big.bin”?", "MB of 64 MB was sent and would have to be sent again.")
	b.Tap("Keep uploading")
	b.MustSee("UPLOADING")
	b.TapIn("big.bin", "Cancel")
	b.Tap("Stop it")
	b.UntilGone("big.bin")
}

func TestPausingAllAsksFirst(t *testing.T) {
	b := newBench(t)
	b.halfSent(40_000_000)
	b.Tap("Pause all")
	b.MustSee("Pause all uploads?", "MB of 64 MB was sent and would have to be sent again.")
	b.Tap("Keep uploading")
	b.Tap("Pause all")
	b.Tap("Pause all") // the answer
	b.UntilSees("All uploads are paused.", "WAITING · 1")
}

// A question about an upload that has ended in the meantime goes away.
func TestQuestionGoesAwayWithItsUpload(t *testing.T) {
	for name, action := range map[string]string{"pause": "Pause", "stop": "Cancel", "pause all": ""} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			hold := b.halfSent(40_000_000)
			if action == "" {
				b.Tap("Pause all")
			} else {
				b.TapIn("big.bin", action)
			}
			b.MustSee("would have to be sent again")
			hold.Release()
			b.server.Clear()
			b.UntilGone("would have to be sent again")
			b.settled()
			b.UntilSees("FINISHED TODAY · 1")
		})
	}
}

// An answer that comes too late harms nothing.
func TestAnswerThatComesTooLate(t *testing.T) {
	b := newBench(t)
	hold := b.halfSent(40_000_000)
	b.TapIn("big.bin", "Pause")
	b.MustSee("would have to be sent again")
	id := b.shell.uploads.Model().IDs(0)[0]
	hold.Release()
	b.server.Clear()
	b.settled()
	b.shell.actOn("pause", (*upload.Engine).PauseJobs, (*download.Engine).PauseJobs, id)
	b.drop(b.file("after.txt", "a"))
	b.settled()
	b.UntilSees("FINISHED TODAY · 2")
}

// A question is not left standing over another session's list.
func TestQuestionGoesAwayWithItsSession(t *testing.T) {
	b := newBench(t)
	b.halfSent(40_000_000)
	b.TapIn("big.bin", "Cancel")
	b.MustSee("would have to be sent again")
	other := b.backend(nil)
	used := make(chan struct{})
	go func() {
		defer close(used)
		b.shell.Use(other)
	}()
	b.UntilGone("would have to be sent again")
	<-used
}
