package kit

import (
	"time"

	"fyne.io/fyne/v2/lang"
)

// Clock writes the time of day: "09:40". A zero time gives "".
func (f *Format) Clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(f.now().Location()).Format("15:04")
}

// Day writes a day: "Today", "Yesterday", or "Friday 20 November 2026".
func (f *Format) Day(t time.Time) string {
	now := f.now()
	t = t.In(now.Location())
	if f.Today(t) {
		return lang.L("Today")
	}
	if y, m, d := now.AddDate(0, 0, -1).Date(); sameDay(t, y, m, d) {
		return lang.L("Yesterday")
	}
	return lang.L("{{.Weekday}} {{.Day}} {{.Month}} {{.Year}}", map[string]any{
		"Weekday": weekday(t.Weekday()), "Day": t.Day(), "Month": wholeMonth(t.Month()), "Year": t.Year(),
	})
}

// Date writes a day with its year: "23 Nov 2026". A zero time gives "".
func (f *Format) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(f.now().Location())
	return lang.L("{{.Day}} {{.Month}} {{.Year}}", map[string]any{"Day": t.Day(), "Month": month(t.Month()), "Year": t.Year()})
}

// Moment writes a day and a time: "23 Nov 2026, 09:40". A zero time gives "".
func (f *Format) Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(f.now().Location())
	return lang.L("{{.Day}} {{.Month}} {{.Year}}, {{.Time}}", map[string]any{
		"Day": t.Day(), "Month": month(t.Month()), "Year": t.Year(), "Time": f.Clock(t),
	})
}

// Ago writes how long ago something was, and when where that is more than a day.
func (f *Format) Ago(t time.Time) string {
	d := f.now().Sub(t)
	switch {
	case t.IsZero() || d >= 24*time.Hour || d < -time.Hour:
		return f.Moment(t)
	case d < time.Minute:
		return lang.L("just now")
	case d < time.Hour:
		return lang.N("{{.Count}} minutes ago", int(d/time.Minute), map[string]any{"Count": int(d / time.Minute)})
	}
	return lang.N("{{.Count}} hours ago", int(d/time.Hour), map[string]any{"Count": int(d / time.Hour)})
}

func sameDay(t time.Time, year int, month time.Month, day int) bool {
	y, m, d := t.Date()
	return y == year && m == month && d == day
}

func weekday(d time.Weekday) string {
	switch d {
	case time.Monday:
		return lang.L("Monday")
	case time.Tuesday:
		return lang.L("Tuesday")
	case time.Wednesday:
		return lang.L("Wednesday")
	case time.Thursday:
		return lang.L("Thursday")
	case time.Friday:
		return lang.L("Friday")
	case time.Saturday:
		return lang.L("Saturday")
	case time.Sunday:
		return lang.L("Sunday")
	}
	return ""
}

// wholeMonth gives a month's name.
func wholeMonth(m time.Month) string {
	switch m {
	case time.January:
		return lang.L("January")
	case time.February:
		return lang.L("February")
	case time.March:
		return lang.L("March")
	case time.April:
		return lang.L("April")
	case time.May:
		return lang.X("May (whole name)", "May") // the short name is the same in English only
	case time.June:
		return lang.L("June")
	case time.July:
		return lang.L("July")
	case time.August:
		return lang.L("August")
	case time.September:
		return lang.L("September")
	case time.October:
		return lang.L("October")
	case time.November:
		return lang.L("November")
	case time.December:
		return lang.L("December")
	}
	return ""
}
