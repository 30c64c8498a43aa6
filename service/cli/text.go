package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"sluice/service/handoff"
)

// lineWidth is the room on a terminal's line that every terminal has.
const lineWidth = 79

// describe writes progress on one line.
func describe(p handoff.Progress) string {
	files := fmt.Sprintf("%d of %d files", p.Done, p.Files)
	if p.Scanning {
		files += " so far"
	}
	parts := []string{files, formatSize(p.Sent) + " of " + formatSize(p.Bytes)}
	if p.Failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", p.Failed))
	}
	if p.Held > 0 && !p.Paused {
		parts = append(parts, fmt.Sprintf("%d paused in Sluice's window", p.Held))
	}
	if p.Doubtful > 0 {
		parts = append(parts, fmt.Sprintf("%d being checked", p.Doubtful))
	}
	if p.Retrying > 0 && !p.Paused && !p.Offline {
		parts = append(parts, fmt.Sprintf("%d to be retried", p.Retrying))
	}
	switch {
	case p.Paused:
		parts = append(parts, "paused in Sluice's window")
	case p.Offline:
		parts = append(parts, "offline, trying again")
	case p.Speed > 0:
		parts = append(parts, formatSize(int64(p.Speed))+"/s")
		if p.Left >= 0 && !p.Scanning {
			parts = append(parts, formatLeft(p.Left)+" left")
		}
	}
	return strings.Join(parts, " · ")
}

// formatLeft writes a duration as people say it, never "0 s".
func formatLeft(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(1, int(d.Round(time.Second).Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	default:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
}

func shorten(text string, width int) string {
	runes := []rune(text)
	if len(runes) <= width {
		return text
	}
	return string(runes[:width-1]) + "…"
}

// printable gives text that can't disturb a terminal: text with line breaks,
// escapes, direction marks or bytes that are no text comes quoted.
func printable(text string) string {
	for _, r := range text {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return strconv.Quote(text)
		}
	}
	return text
}
