package upload_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/upload"
	"sluice/storage"
)

// TestCancellingNeverDeletesAnothersFile cancels an upload of which nobody
// knows whether it got there, while the account has had the same content for
// long, from elsewhere.
func TestCancellingNeverDeletesAnothersFile(t *testing.T) {
	settled := make(chan struct{}, 10)
	r := newRig(t, func(cfg *upload.Config, s *sandboxConfig) {
		now := s.Now
		s.Now = func() time.Time { return now().Add(-time.Hour) }
		*cfg = upload.WithWritten(*cfg, func(point string) {
			if strings.HasPrefix(point, "settle") {
				settled <- struct{}{}
			}
		})
	})
	r.close()
	var j storage.Job
	r.leave(func(db *storage.DB) { j = r.leaveJob(t.Context(), db, "a", 2000, "cancelling stored") })
	r.open()
	<-settled
	r.close() // waits for a deletion
	if n := len(r.server.Uploads()); n != 1 || r.server.Stats().Requests[http.MethodDelete] != 0 {
		t.Errorf("the account has %d files after %d deletions", n, r.server.Stats().Requests[http.MethodDelete])
	}
	r.leave(func(db *storage.DB) {
		if rows, err := db.BatchJobs(t.Context(), j.Batch); err != nil || len(rows) != 0 {
			t.Errorf("still there: %+v, %v", rows, err)
		}
	})
}

// TestAJobWithoutARowEnds retries a job whose row was cleared away in the very
// moment in which it failed.
func TestAJobWithoutARowEnds(t *testing.T) {
	r := newRig(t)
	r.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: 403, Value: "forbidden", Method: http.MethodPut})
	j := r.send(r.file("a", 2000))[0]
	failed(t, j, service.Forbidden, "forbidden")
	must(t, r.db.DeleteJobs(t.Context(), []int64{int64(j.ID)}))
	s := r.follow()
	must(t, r.engine.Retry(t.Context(), j.ID))
	s.until("end", func() bool { return len(s.jobs) == 0 && !s.totals.Busy() })
}

// TestARowThatDamageLeftBehindItsAttempt meets an attempt of which the row,
// left as uploading by an earlier try, does not tell how far it had come.
func TestARowThatDamageLeftBehindItsAttempt(t *testing.T) {
	r := newRig(t)
	r.close()
	r.leave(func(db *storage.DB) {
		j := r.leaveJob(t.Context(), db, "a", 2000, "uploading no attempt")
		content, err := os.ReadFile(j.Path)
		must(t, err)
		_, err = r.server.Add("a", bytes.NewReader(content))
		must(t, err)
		_, err = db.AddAttempt(t.Context(), storage.Attempt{
			Job: j.ID, Number: 1, API: r.server.APIURL(), Started: time.Now(), Size: j.Size, ModTime: j.ModTime, Outcome: "finishing",
		})
		must(t, err)
	})
	r.open()
	r.idle()
	snapshot, _ := r.engine.Subscribe(t.Context())
	r.once(snapshot.Jobs)
	if r.puts() != 0 {
		t.Errorf("%d uploads of a file that was there", r.puts())
	}
}

// TestANewSizeIsOnTheDiskBeforeItIsSent changes a file before its turn, into
// what waits for another first: when it starts later, the row has its new size.
func TestANewSizeIsOnTheDiskBeforeItIsSent(t *testing.T) {
	var walked func()
	r := newRig(t, func(cfg *upload.Config, _ *sandboxConfig) {
		*cfg = upload.WithWritten(*cfg, func(point string) {
			if point == "walk" && walked != nil {
				walked()
			}
		})
	})
	held := r.server.Inject(sandbox.Fault{Kind: sandbox.StallBody, Times: -1, Method: http.MethodPut})
	content := r.bytes(2000)
	s := r.follow()
	r.add(r.write("first", content))
	r.struck(held, 1)
	second := r.file("second", 1000)
	old := time.Now().Add(-time.Hour)
	walked = func() {
		if err := errors.Join(os.WriteFile(second, content, 0o600), os.Chtimes(second, old, old)); err != nil {
			t.Error(err)
		}
	}
	r.add(second)
	for told := 0; told < 2; { // found, then behind the first
		events, err := s.sub.Next(t.Context())
		must(t, err)
		for _, e := range events {
			for _, j := range e.Jobs {
				s.put(j)
				if j.Name == "second" {
					told++
				}
			}
		}
	}
	must(t, r.engine.Cancel(t.Context(), s.named("first").ID))
	r.struck(held, 2)
	rows, err := r.db.UnfinishedJobs(t.Context())
	if err != nil || len(rows) != 1 || rows[0].Size != 2000 || !rows[0].ModTime.Equal(old) {
		t.Errorf("on the disk %+v, %v", rows, err)
	}
	held.Release()
}

// TestATimeFarAheadIsNotWaitedFor meets a next try that was written when the
// clock was wrong.
func TestATimeFarAheadIsNotWaitedFor(t *testing.T) {
	r := newRig(t)
	r.close()
	var batch service.BatchID
	r.leave(func(db *storage.DB) {
		j := r.leaveJob(t.Context(), db, "a", 2000, "waiting")
		batch = service.BatchID(j.Batch)
		j.State, j.NextTry, j.Tries, j.FailKind = "waiting", time.Now().AddDate(1, 0, 0), 1, service.Offline.String()
		must(t, db.UpdateJob(t.Context(), j))
	})
	r.open()
	r.once(r.wait(batch))
}

// refuseListings makes the account's listing fail for ever.
func (r *rig) refuseListings(status int) *sandbox.Injection {
	return r.server.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: status, Times: -1, Match: func(q *http.Request) bool {
		return strings.HasSuffix(q.URL.Path, "/user/files")
	}})
}

// TestAListingThatFailsIsNotAskedForAllTheTime has an upload wait for a listing
// that fails for three minutes.
func TestAListingThatFailsIsNotAskedForAllTheTime(t *testing.T) {
	r := newRig(t)
	r.close()
	listings := r.refuseListings(http.StatusInternalServerError)
	var batch service.BatchID
	r.leave(func(db *storage.DB) {
		batch = service.BatchID(r.leaveJob(t.Context(), db, "a", 2000, "finishing stored").Batch)
	})
	began := r.cfg.Clock.Now()
	r.open()
	for range 8 {
		must(t, listings.Wait(t.Context(), listings.Hits()+1))
	}
	if passed := r.cfg.Clock.Now().Sub(began); passed < 90*time.Second {
		t.Errorf("asked 8 times within %v", passed)
	}
	r.server.Clear()
	r.once(r.wait(batch))
}

// TestAnUploadInDoubtWithoutListings fails and says so: nobody can tell whether
// it arrived. Its user can send it again.
func TestAnUploadInDoubtWithoutListings(t *testing.T) {
	r := newRig(t)
	r.close()
	r.refuseListings(http.StatusForbidden)
	var batch service.BatchID
	r.leave(func(db *storage.DB) {
		batch = service.BatchID(r.leaveJob(t.Context(), db, "a", 2000, "finishing lost").Batch)
	})
	r.open()
	j := r.wait(batch)[0]
	failed(t, j, service.Offline, service.ReasonNeverKnown)
	if left, err := r.db.OpenAttempts(t.Context()); err != nil || len(left) != 0 || r.puts() != 0 {
		t.Errorf("open attempts %+v, %v; %d uploads", left, err, r.puts())
	}
	must(t, r.engine.Retry(t.Context(), j.ID))
	r.once(r.wait(batch))
}

// TestACopyThatIsSlowToShow is stored, but the service knows nothing of it for
// a while: as long as about half a minute it is waited for, and what is given
// up is deleted before the file is sent again.
func TestACopyThatIsSlowToShow(t *testing.T) {
	for _, looks := range []int{4, 6} {
		t.Run(fmt.Sprint(looks), func(t *testing.T) {
			t.Parallel()
			r := newRig(t, dialect2020)
			r.server.Inject(sandbox.Fault{
				Kind: sandbox.Answer, Status: http.StatusNotFound, Value: "not_found", Times: looks,
				Match: func(q *http.Request) bool { return strings.HasSuffix(q.URL.Path, "/info") },
			})
			r.once(r.send(r.file("a", 2000)))
			if n := r.puts(); n != 1+looks/6 {
				t.Errorf("%d uploads", n)
			}
		})
	}
}

// TestToTheFrontOfWhatNeedNotWait moves a job that waited for the network,
// which is there again: it has nothing more to wait for.
func TestToTheFrontOfWhatNeedNotWait(t *testing.T) {
	r := newRig(t, func(cfg *upload.Config, s *sandboxConfig) {
		cfg.Clock, s.Now, cfg.SendDuplicates = newHandClock(), nil, true
	})
	r.server.SetOffline(true)
	s := r.follow()
	id := r.add(r.file("a", 2*mib)) // a tiny one may be sent whole before the connection breaks
	j := s.state("a", upload.Retrying)
	must(t, r.engine.Pause(t.Context()))
	r.server.SetOffline(false)
	r.engine.Use(r.client(sandboxtest.Key))
	must(t, r.engine.ToFront(t.Context(), j.ID))
	must(t, r.engine.Resume(t.Context()))
	r.once(r.wait(id))
}

// TestASuccessThatComesTooEarly is deleted: what the service has then can't be
// the file.
func TestASuccessThatComesTooEarly(t *testing.T) {
	r := newRig(t)
	piece, err := r.server.Add("a", strings.NewReader("piece"))
	must(t, err)
	r.server.Inject(sandbox.Fault{
		Kind: sandbox.Answer, Status: http.StatusCreated, Body: []byte(`{"id":"` + string(piece.ID) + `"}`), Type: "application/json",
		Method: http.MethodPut,
	})
	r.once(r.send(r.file("a", 5*mib)))
}
