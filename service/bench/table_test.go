//go:build bench

package bench_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// table is one comparison, in the order in which the runs were made.
type table struct {
	title string
	rows  []row
	notes []string
}

type row struct{ engine, curl, process, engineCPU, curlCPU time.Duration }

func median(all []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(all))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

func column(rows []row, of func(row) time.Duration) time.Duration {
	all := make([]time.Duration, len(rows))
	for i, r := range rows {
		all[i] = of(r)
	}
	return median(all)
}

// ratio is the median of the ratios of the pairs: what slowed both senders of
// a pair down cancels out.
func (tb *table) ratio() float64 {
	ratios := make([]float64, len(tb.rows))
	for i, r := range tb.rows {
		ratios[i] = float64(r.engine) / float64(r.curl)
	}
	slices.Sort(ratios)
	return (ratios[(len(ratios)-1)/2] + ratios[len(ratios)/2]) / 2
}

// budget adds a line that says whether a promise is kept.
func (tb *table) budget(what string, value, limit float64, unit string) {
	verdict := "met"
	if value > limit {
		verdict = "**not met yet**"
	}
	tb.notes = append(tb.notes, fmt.Sprintf("%s: %.2f%s, budget %.2f%s: %s", what, value, unit, limit, unit, verdict))
}

func (tb *table) write(t *testing.T) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "\n### %s\n\n| run | Sluice, s | curl, s | ratio | Sluice's whole process, s | its CPU, s | curl's CPU, s |\n"+
		"|---|---|---|---|---|---|---|\n", tb.title)
	line := func(name string, r row, ratio float64) {
		fmt.Fprintf(&b, "| %s | %.3f | %.3f | %.2f | %.3f | %.3f | %.3f |\n", name, r.engine.Seconds(), r.curl.Seconds(), ratio,
			r.process.Seconds(), r.engineCPU.Seconds(), r.curlCPU.Seconds())
	}
	for i, r := range tb.rows {
		line(fmt.Sprint(i+1), r, float64(r.engine)/float64(r.curl))
	}
	line("median", row{
		engine:    column(tb.rows, func(r row) time.Duration { return r.engine }),
		curl:      column(tb.rows, func(r row) time.Duration { return r.curl }),
		process:   column(tb.rows, func(r row) time.Duration { return r.process }),
		engineCPU: column(tb.rows, func(r row) time.Duration { return r.engineCPU }),
		curlCPU:   column(tb.rows, func(r row) time.Duration { return r.curlCPU }),
	}, tb.ratio())
	for _, note := range tb.notes {
		fmt.Fprintf(&b, "\n%s\n", note)
	}
	say(t, b.String())
}

// say prints Markdown for the reader and adds it to the -record file.
func say(t *testing.T, text string) {
	t.Helper()
	fmt.Print(text)
	if *record == "" {
		return
	}
	f, err := os.OpenFile(*record, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
