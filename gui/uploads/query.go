package uploads

import (
	"time"

	"sluice/service"
	"sluice/service/download"
	"sluice/service/upload"
)

// Totals is what the two queues tell of themselves, as one.
func (m *Model) Totals() Totals { return sum(&m.up, &m.down) }

// Empty reports whether there is nothing to show.
func (m *Model) Empty() bool { return len(m.items) == 0 }

// Len is how many rows a section has.
func (m *Model) Len(s Section) int { return len(m.lists[s]) }

// Open is how many files are still to be sent or fetched.
func (m *Model) Open() int { return m.Len(SectionUploading) + m.Len(SectionWaiting) }

// Job gives an upload by its id.
func (m *Model) Job(id service.JobID) (upload.Job, bool) {
	e, ok := m.items[OfUpload(id)]
	if !ok {
		return upload.Job{}, false
	}
	return *e.Upload, true
}

// Download gives a download by its id.
func (m *Model) Download(id service.DownloadID) (download.Job, bool) {
	e, ok := m.items[OfDownload(id)]
	if !ok {
		return download.Job{}, false
	}
	return *e.Download, true
}

// Rows is how many rows there are, the sections' titles among them.
func (m *Model) Rows() int {
	n := 0
	for _, list := range m.lists {
		if len(list) > 0 {
			n += 1 + len(list)
		}
	}
	return n
}

// Row finds row i: the title of a section (item nil), or one of its items,
// which is to be read only.
func (m *Model) Row(i int) (Section, *Item) {
	for s, list := range m.lists {
		switch {
		case len(list) == 0:
			continue
		case i == 0:
			return Section(s), nil //nolint:gosec // there are six
		case i <= len(list):
			return Section(s), &list[i-1].Item //nolint:gosec // there are six
		}
		i -= 1 + len(list)
	}
	return sections, nil
}

// Key tells rows apart: an item's id, or a negative number for a title.
func (m *Model) Key(i int) int64 {
	s, item := m.Row(i)
	if item == nil {
		return -1 - int64(s)
	}
	return int64(item.ID())
}

// UnderWay sums up what is being sent as if it were one upload: what a pause
// breaks off. A download that is paused loses nothing.
func (m *Model) UnderWay() upload.Job {
	sum := upload.Job{State: upload.Uploading}
	for _, e := range m.lists[SectionUploading] {
		if e.Upload != nil && e.Upload.State == upload.Uploading {
			sum.Sent += e.Upload.Sent
			sum.Size += e.Upload.Size
		}
	}
	return sum
}

// Ended counts what has ended since then and is in the list.
func (m *Model) Ended(since time.Time) (n Ended) {
	for _, e := range m.items {
		switch {
		case e.Download != nil && e.Download.Finished.Before(since):
		case e.Upload != nil && e.Upload.Finished.Before(since):
		case e.section == SectionFailed:
			n.Failed++
		case e.Download != nil && e.Download.State == download.Downloaded:
			n.Downloaded++
		case e.Upload != nil && e.Upload.State.Linked():
			n.Uploaded++
		}
	}
	return n
}

// IDs lists the items of a section in their order.
func (m *Model) IDs(s Section) []ID {
	ids := make([]ID, len(m.lists[s]))
	for i, e := range m.lists[s] {
		ids[i] = e.ID()
	}
	return ids
}
