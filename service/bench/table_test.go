//go:build bench

package bench_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sluice/service/bench/figure"
)

// table is one comparison, in the order in which the runs were made.
type table struct {
	title string
	rows  []row
	notes []string
}

type row struct{ engine, curl, process, engineCPU, curlCPU time.Duration }

func column(rows []row, of func(row) time.Duration) time.Duration {
	all := make([]time.Duration, len(rows))
	for i, r := range rows {
		all[i] = of(r)
	}
	return figure.Median(all)
}

// ratio is that of Sluice's times to curl's.
func (tb *table) ratio() float64 {
	ours, theirs := make([]time.Duration, len(tb.rows)), make([]time.Duration, len(tb.rows))
	for i, r := range tb.rows {
		ours[i], theirs[i] = r.engine, r.curl
	}
	return figure.Ratio(ours, theirs)
}

// budget adds a line that says whether a promise is kept.
func (tb *table) budget(what string, value, limit float64, unit string) {
	tb.notes = append(tb.notes, figure.Budget(what, value, limit, unit))
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
	figure.Say(t, *record, text)
}
