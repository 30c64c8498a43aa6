package gui

import (
	"strings"

	"fyne.io/fyne/v2/lang"

	"sluice/service"
	"sluice/service/upload"
)

// copyLinks puts the links of jobs on the clipboard, in their order.
func (s *Shell) copyLinks(ids []service.JobID) {
	jobs := make([]upload.Job, 0, len(ids))
	for _, id := range ids {
		if job, ok := s.uploads.Model().Job(id); ok && job.Link != "" {
			jobs = append(jobs, job)
		}
	}
	s.copyJobs(jobs)
}

// copyJobs is copyLinks for jobs, all of which have a link.
func (s *Shell) copyJobs(jobs []upload.Job) {
	if len(jobs) == 0 {
		return
	}
	s.cfg.App.Clipboard().SetContent(s.linkText(jobs))
	s.toastCopied(len(jobs))
}

// linkText writes the links of jobs in the format that is set. Files that are
// on another service than the one in use keep that one's addresses.
func (s *Shell) linkText(jobs []upload.Job) string {
	parts := []string{}
	for start := 0; start < len(jobs); {
		links := s.linksOf(&jobs[start])
		end := start + 1
		for end < len(jobs) && s.linksOf(&jobs[end]) == links {
			end++
		}
		targets := make([]service.LinkTarget, 0, end-start)
		for _, j := range jobs[start:end] {
			targets = append(targets, service.LinkTarget{ID: j.File, Name: j.Name, Size: j.Size})
		}
		parts = append(parts, links.Write(s.values.LinkFormat, s.values.LinkTemplate, targets))
		start = end
	}
	return strings.Join(parts, "\n")
}

// linksOf gives the addresses of the service that has a job's file.
func (s *Shell) linksOf(j *upload.Job) service.Links {
	now := s.backend.Links()
	page, _, ok := strings.Cut(j.Link, "/u/")
	if !ok || now.File(j.File) == j.Link {
		return now
	}
	if links, err := service.NewLinks(page + "/api"); err == nil {
		return links
	}
	return now
}

// toast says a few words that pass by themselves.
func (s *Shell) toast(text string) { s.notices.toast("", text) }

// toastCopied says how many links are on the clipboard.
func (s *Shell) toastCopied(n int) {
	s.notices.toast(clipboardTopic, lang.N("{{.Count}} links copied", n, map[string]any{"Count": s.format.Number(int64(n))}))
}

// clipboardTopic is the topic of what is said about the clipboard.
const clipboardTopic = "clipboard"

// FormatName is how people know a format of links.
func FormatName(f service.LinkFormat) string {
	switch f {
	case service.FormatAddress:
		return lang.L("Address")
	case service.FormatDirect:
		return lang.L("Direct link to the file")
	case service.FormatMarkdown:
		return "Markdown"
	case service.FormatHTML:
		return "HTML"
	case service.FormatBBCode:
		return "BBCode"
	case service.FormatNamed:
		return lang.L("Name and address")
	case service.FormatTogether:
		return lang.L("One address for all")
	case service.FormatTemplate:
		return lang.L("Own template")
	}
	return string(f)
}
