package kit

import (
	"math"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Format writes numbers, sizes, speeds and times as people of one place write
// them. It may be used on any goroutine.
type Format struct {
	printer *message.Printer
	now     func() time.Time
	home    string
}

// NewFormat makes a Format. The locale is a language tag ("de-CH"), an unknown
// one writes as in English; now tells the time, in the time zone to show; home
// is the folder to write as "~", "" for none.
func NewFormat(locale string, now func() time.Time, home string) *Format {
	tag, err := language.Parse(locale)
	if err != nil {
		tag = language.English
	}
	return &Format{printer: message.NewPrinter(tag), now: now, home: home}
}

// Number writes a whole number with its groups: "1,284".
func (f *Format) Number(n int64) string {
	return f.printer.Sprint(number.Decimal(n))
}

// Brief writes a whole number that is not negative with the two or three digits
// that matter: "202", "4.6k", "17k", "1.2M". Billions are the largest unit.
func (f *Format) Brief(n int64) string {
	value, unit := scaled(n, 3)
	if unit == 0 {
		return f.Number(n)
	}
	text := f.Number(int64(math.Round(value)))
	if value < 9.95 {
		text = f.printer.Sprint(number.Decimal(value, number.MaxFractionDigits(1)))
	}
	d := map[string]any{"Number": text}
	switch unit {
	case 1:
		return lang.L("{{.Number}}k", d)
	case 2:
		return lang.L("{{.Number}}M", d)
	}
	return lang.L("{{.Number}}bn", d)
}

// Percent writes a part, 0 to 1, in whole percents, rounded down so that only
// what is done is "100%".
func (f *Format) Percent(part float64) string {
	whole := int64(math.Floor(min(max(part, 0), 1)*100 + 1e-9))
	return lang.L("{{.Number}}%", map[string]any{"Number": f.Number(whole)})
}

// Size writes a number of bytes in decimal units: "0 B", "412 KB", "1.4 GB".
func (f *Format) Size(bytes int64) string {
	value, unit := scaled(bytes, exa)
	// 9.96 would be written "10.0" where ten is written "10".
	n := f.Number(int64(math.Round(value)))
	if unit > 0 && value < 9.95 || unit > 1 && value < 99.95 && math.Round(value*10) != math.Round(value)*10 {
		n = f.printer.Sprint(number.Decimal(value, number.MinFractionDigits(1), number.MaxFractionDigits(1)))
	}
	return withUnit(n, unit)
}

// exa is the largest unit for bytes.
const exa = 6

// scaled gives a number in the unit in which it is written, counted from one in
// thousands, up to a largest one.
func scaled(n int64, largest int) (value float64, unit int) {
	value = float64(n)
	for unit < largest && value >= 999.5 {
		value /= 1000
		unit++
	}
	return value, unit
}

func withUnit(n string, unit int) string {
	d := map[string]any{"Number": n}
	switch unit {
	case 0:
		return lang.L("{{.Number}} B", d)
	case 1:
		return lang.L("{{.Number}} KB", d)
	case 2:
		return lang.L("{{.Number}} MB", d)
	case 3:
		return lang.L("{{.Number}} GB", d)
	case 4:
		return lang.L("{{.Number}} TB", d)
	case 5:
		return lang.L("{{.Number}} PB", d)
	}
	return lang.L("{{.Number}} EB", d)
}

// Speed writes bytes a second: "8.9 MB/s".
func (f *Format) Speed(bytesPerSecond float64) string {
	return lang.L("{{.Size}}/s", map[string]any{"Size": f.Size(int64(max(0, bytesPerSecond)))})
}

// Limit writes bytes a second that somebody has chosen, as short as they are:
// "1 MB/s", "1.25 MB/s".
func (f *Format) Limit(bytesPerSecond int64) string {
	value, unit := scaled(bytesPerSecond, exa)
	n := f.printer.Sprint(number.Decimal(value, number.MaxFractionDigits(2)))
	return lang.L("{{.Size}}/s", map[string]any{"Size": withUnit(n, unit)})
}

// Duration writes a length of time with the two units that matter: "45 s",
// "1 min 12 s", "12 min", "3 h 5 min", "2 days".
func (f *Format) Duration(d time.Duration) string {
	d = max(d, 0).Round(time.Second)
	seconds, minutes, hours := int64(d/time.Second), int64(d/time.Minute), int64(d/time.Hour)
	switch {
	case seconds < 60:
		return lang.L("{{.Seconds}} s", map[string]any{"Seconds": seconds})
	case minutes < 10 && seconds%60 != 0:
		return lang.L("{{.Minutes}} min {{.Seconds}} s", map[string]any{"Minutes": minutes, "Seconds": seconds % 60})
	case minutes < 60:
		return f.minutes(minutes)
	case hours < 24 && minutes%60 != 0:
		return lang.L("{{.Hours}} h {{.Minutes}} min", map[string]any{"Hours": hours, "Minutes": minutes % 60})
	case hours < 48:
		return lang.L("{{.Hours}} h", map[string]any{"Hours": hours})
	}
	days := hours / 24
	return lang.N("{{.Days}} days", int(days), map[string]any{"Days": f.Number(days)})
}

func (f *Format) minutes(n int64) string {
	return lang.L("{{.Minutes}} min", map[string]any{"Minutes": n})
}

// Roughly writes a length of time with one unit: "45 s", "2 min", "3 h".
func (f *Format) Roughly(d time.Duration) string {
	switch {
	case d < 59*time.Second+500*time.Millisecond:
		return f.Duration(d)
	case d < 59*time.Minute+30*time.Second:
		return f.minutes(int64(math.Round(d.Minutes())))
	case d < 48*time.Hour:
		return lang.L("{{.Hours}} h", map[string]any{"Hours": int64(math.Round(d.Hours()))})
	}
	return f.Duration(d)
}

// Time writes when something was: "09:40" today, else the day: "22 Nov", with
// the year when it was another. A zero time gives "".
func (f *Format) Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	now := f.now()
	t = t.In(now.Location())
	if f.Today(t) {
		return t.Format("15:04")
	}
	d := map[string]any{"Day": t.Day(), "Month": month(t.Month()), "Year": t.Year()}
	if t.Year() == now.Year() {
		return lang.L("{{.Day}} {{.Month}}", d)
	}
	return lang.L("{{.Day}} {{.Month}} {{.Year}}", d)
}

// Today reports whether t is on the day that is now.
func (f *Format) Today(t time.Time) bool {
	now := f.now()
	y, m, d := now.Date()
	y2, m2, d2 := t.In(now.Location()).Date()
	return y == y2 && m == m2 && d == d2
}

// Folder writes a folder's path with the home folder as "~".
func (f *Format) Folder(path string) string {
	path = PlainName(path)
	if f.home == "" || f.home == string(filepath.Separator) {
		return path
	}
	if path == f.home {
		return "~"
	}
	rest, below := strings.CutPrefix(path, strings.TrimRight(f.home, string(filepath.Separator))+string(filepath.Separator))
	if !below {
		return path
	}
	return "~" + string(filepath.Separator) + rest
}

// month gives a month's short name.
func month(m time.Month) string {
	switch m {
	case time.January:
		return lang.L("Jan")
	case time.February:
		return lang.L("Feb")
	case time.March:
		return lang.L("Mar")
	case time.April:
		return lang.L("Apr")
	case time.May:
		return lang.L("May")
	case time.June:
		return lang.L("Jun")
	case time.July:
		return lang.L("Jul")
	case time.August:
		return lang.L("Aug")
	case time.September:
		return lang.L("Sep")
	case time.October:
		return lang.L("Oct")
	case time.November:
		return lang.L("Nov")
	case time.December:
		return lang.L("Dec")
	}
	return ""
}
