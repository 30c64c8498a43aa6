package library

import (
	"bytes"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/service"
)

func TestParseQuery(t *testing.T) {
	date := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	for text, want := range map[string]Query{
		"":                      {},
		"  \t ":                 {},
		"IMG 22":                {Words: []string{"img", "22"}},
		"Müller":                {Words: []string{"muller"}},
		`"two words" one`:       {Words: []string{"two words", "one"}},
		`"not closed >10MB`:     {Words: []string{"not closed >10mb"}},
		`-draft x -"old one"`:   {Words: []string{"x"}, Without: []string{"draft", "old one"}},
		"-":                     {Words: []string{"-"}},
		">10MB":                 {Least: 10_000_001},
		">=10MB":                {Least: 10_000_000},
		">=1,5kib":              {Least: 1536},
		"<1k":                   {Below: 1000},
		"<=1000b":               {Below: 1001},
		"<0":                    {Below: -1},
		"<=0":                   {Below: 1},
		">1MB <2MB >500KB <3MB": {Least: 1_000_001, Below: 2_000_000},
		">99999999PB":           {Least: math.MaxInt64},
		"<99999999PB":           {Below: math.MaxInt64},
		"after:2026-01-01":      {After: date(2026, 1, 1)},
		"Before:2026-02":        {Before: date(2026, 2, 1)},
		"on:2026-02-28":         {After: date(2026, 2, 28), Before: date(2026, 3, 1)},
		"on:2026":               {After: date(2026, 1, 1), Before: date(2027, 1, 1)},
		"after:2025 after:2026": {After: date(2026, 1, 1)},
		"after:2026-1-2":        {After: date(2026, 1, 2)},
		"type:image":            {Kind: Image},
		"kind:doc":              {Kind: Document},
		"type:zip":              {Kind: Archive},
		"type:nonsense":         {Unfinished: []string{"type:nonsense"}},
		"after:20":              {Unfinished: []string{"after:20"}},
		"on:2026-02-30":         {Unfinished: []string{"on:2026-02-30"}},
		"after: >":              {Unfinished: []string{"after:", ">"}},
		">ten <1x >1e3 >-1":     {Unfinished: []string{">ten", "<1x", ">1e3", ">-1"}},
		">ib <1ib >1.2.3":       {Unfinished: []string{">ib", "<1ib", ">1.2.3"}},
		"part: http://x":        {Words: []string{"part:", "http://x"}},
		`">10MB"`:               {Words: []string{">10mb"}},
		"-after:2026":           {Without: []string{"after:2026"}},
		"\u0301":                {},
	} {
		if got := ParseQuery(text, time.UTC); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, want %+v", text, got, want)
		}
	}
	if q := ParseQuery(strings.Repeat("a ", 1000), time.UTC); len(q.Words) != maxWords {
		t.Errorf("%d words", len(q.Words))
	}
	berlin := time.FixedZone("", 3600)
	if q := ParseQuery("after:2026-01-01", berlin); !q.After.Equal(date(2025, 12, 31).Add(23 * time.Hour)) {
		t.Errorf("days begin at %v", q.After)
	}
}

func FuzzQuery(f *testing.F) {
	for _, text := range []string{"img >10MB after:2026-01-01", `-"a b" type:video`, "<=1,5GiB on:2026-02", "\"", "é\xff ﬁ", "-- \n"} {
		f.Add(text)
	}
	s := snapshotOf(slices.Concat(makeFiles(70), hostileFiles()))
	f.Fuzz(func(t *testing.T, text string) {
		q := ParseQuery(text, time.UTC)
		if len(q.Words)+len(q.Without) > maxWords {
			t.Errorf("%d words", len(q.Words)+len(q.Without))
		}
		compare(t, s, &Search{Query: q})
		// A name that is quoted finds itself.
		if !strings.Contains(text, `"`) {
			quoted := ParseQuery(`"`+text+`"`, time.UTC)
			one := snapshotOf([]service.File{{ID: "a", Name: "x" + text + "x"}})
			if newList(one, &Search{Query: quoted}).Len() != 1 && !strings.ContainsFunc(text, joins) {
				t.Errorf("%q does not find itself: %q in %q", text, quoted.Words, one.plain)
			}
		}
	})
}

// joins tells of letters that look different beside others.
func joins(r rune) bool { return r >= 0x300 }

func snapshotOf(files []service.File) *snapshot { return newSnapshot(recordsOf(files)) }

// wanted is a second opinion on what a search finds, file by file.
func wanted(f service.File, q *Query) bool {
	name := string(appendPlain(nil, f.Name))
	for _, w := range q.Words {
		if !strings.Contains(name, w) {
			return false
		}
	}
	for _, w := range q.Without {
		if strings.Contains(name, w) {
			return false
		}
	}
	switch {
	case f.Size < q.Least, q.Below != 0 && f.Size >= q.Below:
		return false
	case (!q.After.IsZero() || !q.Before.IsZero()) && f.Uploaded.IsZero():
		return false
	case f.Uploaded.Before(q.After), !q.Before.IsZero() && !f.Uploaded.Before(q.Before):
		return false
	}
	return true
}

// compare checks a search against the second opinion.
func compare(t *testing.T, s *snapshot, search *Search) {
	t.Helper()
	l := newList(s, search)
	want, counts := map[service.FileID]bool{}, map[Kind]int{}
	for _, r := range s.records {
		if f, kind := r.file(), r.kind(); wanted(f, &search.Query) && (search.Query.Kind == AnyKind || search.Query.Kind == kind) {
			counts[kind]++
			if search.Kind == AnyKind || search.Kind == kind {
				want[f.ID] = true
			}
		}
	}
	if l.Len() != len(want) {
		t.Fatalf("%+v finds %d, want %d", search, l.Len(), len(want))
	}
	for i := range l.Len() {
		if !want[l.ID(i)] || l.Kind(i) != s.get(string(l.ID(i))).kind() || l.Index(l.ID(i)) != i {
			t.Fatalf("%+v: %d is %q at %d", search, i, l.Name(i), l.Index(l.ID(i)))
		}
	}
	sum := 0
	for k := Image; k < kindCount; k++ {
		sum += counts[k]
		if l.Counts().Of(k) != counts[k] {
			t.Fatalf("%+v: %d of kind %d, want %d", search, l.Counts().Of(k), k, counts[k])
		}
	}
	if c := l.Counts(); c.Of(AnyKind) != sum || c.All != len(s.records) {
		t.Fatalf("%+v, want %d", c, sum)
	}
}

func TestFindAgreesWithASecondOpinion(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // the same each time
	words := []string{
		"img", "1", "9", "a", "mull", "soh", "stand", "-img", "-1", ".jpg", "\"part 1\"", ">10kb", "<1MB", ">=0", "<0", "after:2026-11",
		"before:2026-11-20", "on:2026-11-21", "type:image", "type:audio", "nothing-has-this", "x", "é",
	}
	for _, n := range []int{0, 1, 63, 64, 65, 1000} {
		s := snapshotOf(slices.Concat(makeFiles(n), hostileFiles()[:min(n, 29)]))
		for range 150 {
			var text []string
			for range r.IntN(4) {
				text = append(text, words[r.IntN(len(words))])
			}
			search := &Search{
				Query: ParseQuery(strings.Join(text, " "), time.UTC), Kind: Kind(r.IntN(int(kindCount))), //nolint:gosec // few
				By: Field(r.IntN(6)), Descending: r.IntN(2) == 0, //nolint:gosec // few
			}
			compare(t, s, search)
		}
	}
}

func TestSorting(t *testing.T) {
	files := []service.File{
		{ID: "1", Name: "img_10", Size: 5, MIME: "image/png", Views: 1, Uploaded: day},
		{ID: "2", Name: "IMG_9", Size: 3, MIME: "image/jpeg", Views: 3, Uploaded: day.Add(time.Hour)},
		{ID: "3", Name: "img_009", Size: 4, MIME: "video/mp4", Views: 2, Uploaded: day.Add(-time.Hour)},
		{ID: "4", Name: "Émile", Size: 1 << 53, MIME: "text/plain", Downloads: 9},
		{ID: "5", Name: "img_9", Size: 3, MIME: "image/jpeg", Views: 3, Uploaded: day.Add(time.Hour)},
		{ID: "6", Name: "img_9999999999999999999999999", MIME: "application/x-tar", Uploaded: day.Add(time.Minute)},
		{ID: "7", Name: "img_", Uploaded: day.Add(2 * time.Minute)},
	}
	s := snapshotOf(files)
	for by, want := range map[Field]string{
		ByUploaded: "4316725", ByName: "4725316", BySize: "6725314", ByType: "2513467", ByViews: "4671325", ByDownloads: "3167254",
	} {
		for _, down := range []bool{false, true} {
			l := newList(s, &Search{By: by, Descending: down})
			var got strings.Builder
			for i := range l.Len() {
				got.WriteString(string(l.ID(i)))
			}
			w := []byte(want)
			if down {
				slices.Reverse(w)
			}
			if got.String() != string(w) {
				t.Errorf("by %d, down %v: %s, want %s", by, down, got.String(), w)
			}
		}
	}
}

// Comparing is an order, whatever the names.
func TestNaturalOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6)) //nolint:gosec // the same each time
	name := func() []byte {
		b := make([]byte, r.IntN(6))
		for i := range b {
			b[i] = "0019ab\xc3\xa9"[r.IntN(8)]
		}
		return b
	}
	for range 20_000 {
		a, b, c := name(), name(), name()
		if x, y := compareNatural(a, b), compareNatural(b, a); x != -y || (x == 0) != bytes.Equal(a, b) {
			t.Fatalf("%q and %q: %d and %d", a, b, x, y)
		}
		if compareNatural(a, b) <= 0 && compareNatural(b, c) <= 0 && compareNatural(a, c) > 0 {
			t.Fatalf("%q, %q, %q", a, b, c)
		}
	}
}

func TestKinds(t *testing.T) {
	for _, c := range []struct {
		mime, name string
		want       Kind
	}{
		{"image/svg+xml", "x", Image},
		{"video/mp4", "x.jpg", Video},
		{"application/octet-stream", "film.MKV", Video},
		{"", "song.flac", Audio},
		{"application/ogg", "x", Audio},
		{"text/plain", "x", Document},
		{"application/pdf", "x", Document},
		{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "x.docx", Document},
		{"application/epub+zip", "x.epub", Document},
		{"application/zip", "x", Archive},
		{"application/x-7z-compressed", "x", Archive},
		{"application/octet-stream", "a.tar.zst", Archive},
		{"application/x-executable", "x", Other},
		{"", "", Other},
	} {
		if got := kindOf(c.mime, c.name); got != c.want {
			t.Errorf("%s %s: %d, want %d", c.mime, c.name, got, c.want)
		}
	}
}
