package uploads

import (
	"testing"

	"fyne.io/fyne/v2"

	"sluice/service"
	"sluice/service/upload"
)

// What one call of the pump costs on the interface goroutine with 10,000 rows,
// 400 of which change: their progress, the section they are in, or both ends of
// their life.
func BenchmarkBatchOf400(b *testing.B) {
	const rows, changes = 10_000, 400
	for name, states := range map[string][2]upload.State{
		"progress": {upload.Uploading, upload.Uploading},
		"moves":    {upload.Waiting, upload.Uploading},
		"ends":     {upload.Uploading, upload.Uploaded},
	} {
		b.Run(name, func(b *testing.B) {
			s, _, _, c := screen(b, fyne.NewSize(972, 760), nil)
			snapshot := upload.Snapshot{}
			for i := range rows {
				snapshot.Jobs = append(snapshot.Jobs, job(i+1, upload.Waiting))
			}
			s.Reset(snapshot)
			step := 0
			for b.Loop() {
				step++
				batch := make([]upload.Event, 0, changes)
				for i := range changes {
					j := snapshot.Jobs[i*rows/changes]
					j.State, j.Size, j.Sent = states[step%2], 1_000_000, int64(step%1000)*1000
					if j.State.Linked() {
						j.Link, j.Finished = "https://pixeldrain.com/u/abc", c.t
					}
					t := upload.Totals{Active: 8, Waiting: rows, Sent: int64(step)}
					batch = append(batch, upload.Event{Jobs: []upload.Job{j}, Totals: &t})
				}
				s.Apply(batch)
			}
		})
	}
}

// Files that come in by the thousand: 400 new rows in a call, and 400 that
// leave.
func BenchmarkArrivalOf400(b *testing.B) {
	const rows, arrivals = 10_000, 400
	s, _, _, _ := screen(b, fyne.NewSize(972, 760), nil)
	snapshot := upload.Snapshot{}
	for i := range rows {
		snapshot.Jobs = append(snapshot.Jobs, job(i+1, upload.Waiting))
	}
	s.Reset(snapshot)
	for b.Loop() {
		come, gone := upload.Event{}, upload.Event{}
		for i := range arrivals {
			come.Jobs = append(come.Jobs, job(rows+i+1, upload.Waiting))
			gone.Removed = append(gone.Removed, service.JobID(rows+i+1))
		}
		s.Apply([]upload.Event{come})
		s.Apply([]upload.Event{gone})
	}
}
