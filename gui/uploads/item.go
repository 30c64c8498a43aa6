package uploads

import (
	"time"

	"sluice/service"
	"sluice/service/download"
	"sluice/service/upload"
)

// ID tells what a row is about: one upload, or one download.
type ID int64

// OfUpload is the row of an upload.
func OfUpload(id service.JobID) ID { return ID(id) * 2 }

// OfDownload is the row of a download.
func OfDownload(id service.DownloadID) ID { return ID(id)*2 + 1 }

// Upload gives the upload that the row is about, and false for a download.
func (id ID) Upload() (service.JobID, bool) { return service.JobID(id / 2), id%2 == 0 }

// Download gives the download that the row is about, and false for an upload.
func (id ID) Download() (service.DownloadID, bool) { return service.DownloadID(id / 2), id%2 != 0 }

// Split sorts ids by the queue that they belong to, in their order.
func Split(ids []ID) (uploads []service.JobID, downloads []service.DownloadID) {
	for _, id := range ids {
		if job, ok := id.Upload(); ok {
			uploads = append(uploads, job)
			continue
		}
		job, _ := id.Download()
		downloads = append(downloads, job)
	}
	return uploads, downloads
}

// Item is what one row is about. Just one of Upload and Download is set.
type Item struct {
	Upload   *upload.Job
	Download *download.Job
}

// ID tells the item apart.
func (it Item) ID() ID {
	if it.Download != nil {
		return OfDownload(it.Download.ID)
	}
	return OfUpload(it.Upload.ID)
}

// keep copies the job, which belongs to whoever told it.
func (it Item) keep() Item {
	if it.Download != nil {
		j := *it.Download
		return Item{Download: &j}
	}
	j := *it.Upload
	return Item{Upload: &j}
}

// take takes over a newer state of the same job.
func (it Item) take(newer Item) {
	if it.Download != nil {
		*it.Download = *newer.Download
		return
	}
	*it.Upload = *newer.Upload
}

// order is where an item stands among those of its section: compared number by
// number.
type order [3]int64

// orderOf sorts what is to be done by its turn, and what has ended by when it
// did, newest first. The turns of the two queues have nothing to do with each
// other: they are merged by the time at which each was accepted, behind what
// was moved to the front.
func (it Item) orderOf(s Section) order {
	if it.Download != nil {
		j := it.Download
		return orderIn(s, int64(it.ID()), j.Position, j.Added.UnixMilli(), j.Finished.UnixMilli())
	}
	j := it.Upload
	return orderIn(s, int64(it.ID()), j.Position, j.Added.UnixMilli(), j.Finished.UnixMilli())
}

func orderIn(s Section, id, position, added, finished int64) order {
	switch s {
	case SectionUploading, SectionWaiting, SectionPaused:
		if position <= 0 { // moved to the front
			return order{position, 0, id}
		}
		return order{1, added, position}
	case SectionFailed, SectionToday, SectionEarlier, sections:
	}
	return order{-finished, 0, -id}
}

// nextTry is when a job is tried again; ok only while it waits for that.
func (it Item) nextTry() (at time.Time, ok bool) {
	if it.Download != nil {
		return it.Download.NextTry, it.Download.State == download.Retrying
	}
	return it.Upload.NextTry, it.Upload.State == upload.Retrying
}
