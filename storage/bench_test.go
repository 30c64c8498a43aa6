package storage

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

func addBenchJobs(b *testing.B, d *DB, n int) []Job {
	b.Helper()
	jobs := make([]Job, n)
	for i := range jobs {
		jobs[i] = Job{
			Batch: 1, Path: fmt.Sprintf("/home/somebody/Pictures/holidays/2026/IMG_%06d.jpeg", i), Name: fmt.Sprintf("IMG_%06d.jpeg", i),
			Folder: "/home/somebody/Pictures/holidays", Origin: "drop", Size: 16 << 10, ModTime: at(i), State: "waiting", Added: at(i),
		}
	}
	_, in, err := d.AddIntake(b.Context(), "drop", []string{"/home/somebody/Pictures/holidays"}, at(0))
	if err != nil {
		b.Fatal(err)
	}
	return must(d.AddJobs(b.Context(), in[0].ID, jobs))(b)
}

// BenchmarkAdd10000 adds 10,000 jobs of one intake in one transaction.
func BenchmarkAdd10000(b *testing.B) {
	d := open(b, b.TempDir())
	for b.Loop() {
		addBenchJobs(b, d, 10_000)
	}
}

// BenchmarkAttempt starts and ends one attempt after the other, by n workers
// at once: two transitions an operation, each on the disk.
func BenchmarkAttempt(b *testing.B) {
	for _, workers := range []int{1, 4, 8, 16} {
		b.Run(fmt.Sprint(workers), func(b *testing.B) {
			d := open(b, b.TempDir())
			jobs := addBenchJobs(b, d, workers)
			b.ResetTimer()
			var wg sync.WaitGroup
			for i := range jobs {
				n := b.N / workers
				if i < b.N%workers {
					n++
				}
				wg.Go(func() {
					j := jobs[i]
					for k := range n {
						j.State, j.Tries = "uploading", k
						a, err := d.StartAttempt(b.Context(), j, Attempt{Number: k, API: "https://x/api", Started: at(k), Size: j.Size, ModTime: j.ModTime})
						j.State = "uploaded"
						a.Ended, a.Outcome = at(k+1), "stored"
						if err == nil {
							err = d.EndAttempt(b.Context(), j, a)
						}
						if err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
		})
	}
}

// BenchmarkOpen opens a database of 100,000 finished jobs, checks included.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	d := open(b, dir)
	jobs := addBenchJobs(b, d, 100_000)
	for i := range jobs {
		jobs[i].Finished, jobs[i].FileID, jobs[i].SHA256 = at(i), "abcdefgh", fmt.Sprintf("%064d", i)
	}
	if err := d.UpdateJobs(b.Context(), jobs); err != nil {
		b.Fatal(err)
	}
	if err := d.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		d, err := Open(b.Context(), dir)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := d.UnfinishedJobs(b.Context()); err != nil {
			b.Fatal(err)
		}
		if err := d.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHistory reads pages of 200 out of 100,000, plain and with a search
// that finds nothing.
func BenchmarkHistory(b *testing.B) {
	d := open(b, b.TempDir())
	jobs := addBenchJobs(b, d, 100_000)
	for i := range jobs {
		jobs[i].Finished = at(0).Add(time.Duration(i))
	}
	if err := d.UpdateJobs(b.Context(), jobs); err != nil {
		b.Fatal(err)
	}
	for _, search := range []string{"", "nothing", "000001"} {
		b.Run("search="+search, func(b *testing.B) {
			for b.Loop() {
				if _, err := d.FinishedJobs(b.Context(), jobs[50_000].Cursor, 200, search); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
