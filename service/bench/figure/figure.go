//go:build bench

// Package figure is what the benchmarks share: medians, budgets, the tables
// that people read, and what the kernel knows of a process. It has the build
// tag bench, and runs on Linux.
package figure

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// Median is the middle one of values, of an even number the lower. There must be
// one.
func Median[T cmp.Ordered](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}

// Ratio is the median of the ratios of pairs: what slowed both of a pair down
// cancels out.
func Ratio(ours, theirs []time.Duration) float64 {
	ratios := make([]float64, len(ours))
	for i := range ours {
		ratios[i] = float64(ours[i]) / float64(theirs[i])
	}
	return Median(ratios)
}

// Spread writes durations as their median and, in brackets, their least and
// most, in milliseconds.
func Spread(all []time.Duration) string {
	return fmt.Sprintf("%.1f (%.1f to %.1f)", Milliseconds(Median(all)), Milliseconds(slices.Min(all)), Milliseconds(slices.Max(all)))
}

// Milliseconds is d in milliseconds.
func Milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// MiB is a number of bytes in MiB.
func MiB(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// Budget is a sentence that says whether a promise is kept.
func Budget(what string, value, limit float64, unit string) string {
	verdict := "met"
	if value > limit {
		verdict = "**not met yet**"
	}
	return fmt.Sprintf("%s: %.2f%s, budget %.2f%s: %s", what, value, unit, limit, unit, verdict)
}

// Machine says what the figures were taken on.
func Machine() string {
	model := "unknown processor"
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, found := strings.Cut(string(info), "model name"); found {
			line, _, _ := strings.Cut(rest, "\n")
			model = strings.Trim(line, "\t :")
		}
	}
	load := "unknown load"
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		first, _, _ := strings.Cut(string(text), " ")
		load = "load " + first + " before"
	}
	return fmt.Sprintf("%s, %s/%s, %d cores (%s), %s", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), model, load)
}

// Say prints Markdown for the reader and adds it to a file, unless that is "".
func Say(tb testing.TB, file, text string) {
	tb.Helper()
	fmt.Print(text)
	if file == "" {
		return
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
}
