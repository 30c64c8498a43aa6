package guitest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// failing is a test that notes that it was ended instead of ending.
type failing struct {
	testing.TB
	errors []string
}

type ended struct{}

func (f *failing) Errorf(format string, args ...any) {
	f.errors = append(f.errors, fmt.Sprintf(format, args...))
}

func (f *failing) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	panic(ended{})
}

// fails runs f and gives what it complained about.
func fails(t *testing.T, win fyne.Window, f func(w *Window)) string {
	t.Helper()
	tb := &failing{TB: t}
	func() {
		defer func() {
			if r := recover(); r != nil && r != any(ended{}) {
				panic(r)
			}
		}()
		f(Drive(tb, win, NewQueue()))
	}()
	return strings.Join(tb.errors, "\n")
}

func form(t *testing.T, tapped *[]string) fyne.Window {
	t.Helper()
	test.NewTempApp(t)
	note := func(what string) func() { return func() { *tapped = append(*tapped, what) } }
	rows := container.NewVBox()
	for i := range 40 {
		rows.Add(container.NewHBox(widget.NewLabel(fmt.Sprintf("row-%d", i)), widget.NewButton("Go", note(fmt.Sprintf("go %d", i)))))
	}
	hidden := widget.NewLabel("secret")
	hidden.Hide()
	entry := widget.NewEntry()
	entry.SetPlaceHolder("Your key")
	named := widget.NewEntry()
	top := container.NewVBox(widget.NewButton("Save", note("save")), hidden, entry,
		container.NewBorder(nil, nil, widget.NewLabel("Address"), nil, named))
	win := test.NewTempWindow(t, container.NewBorder(top, nil, nil, nil, container.NewVScroll(rows)))
	win.Resize(fyne.NewSize(400, 400))
	return win
}

func TestActsByWords(t *testing.T) {
	var tapped []string
	w := Drive(t, form(t, &tapped), NewQueue())
	w.MustSee("Save", "Your key", "row-3", "row-39")
	w.MustNotSee("secret")
	w.Tap("Save")
	w.TapIn("row-3", "Go")
	w.TapIn("row-35", "Go") // out of sight
	if got := strings.Join(tapped, ", "); got != "save, go 3, go 35" {
		t.Errorf("tapped %s", got)
	}
	w.Type("Your key", "abc")
	w.Type("Address", "https://x")
	w.MustSee("abc", "https://x")
	w.Type("Address", "second")
	w.MustNotSee("https://x")
}

func TestOnlyWhatIsOnTopCounts(t *testing.T) {
	var tapped []string
	win := form(t, &tapped)
	w := Drive(t, win, NewQueue())
	widget.NewModalPopUp(widget.NewLabel("Sure?"), win.Canvas()).Show()
	w.MustSee("Sure?")
	w.MustNotSee("Save")
}

func TestComplains(t *testing.T) {
	var tapped []string
	win := form(t, &tapped)
	for want, f := range map[string]func(*Window){
		"“nothing” is not on the window":       func(w *Window) { w.MustSee("nothing") },
		"“Save” is on the window":              func(w *Window) { w.MustNotSee("Save") },
		"nothing called “Sav”":                 func(w *Window) { w.Tap("Sav") },
		"there is no row “row-99”":             func(w *Window) { w.TapIn("row-99", "Go") },
		"nothing called “Stop”":                func(w *Window) { w.TapIn("row-1", "Stop") },
		"there is no field “Nowhere”":          func(w *Window) { w.Type("Nowhere", "x") },
		"goes nowhere: nothing has the keyboa": func(w *Window) { w.Press(fyne.KeyReturn) },
	} {
		if got := fails(t, win, f); !strings.Contains(got, want) || want[0] != 'g' && !strings.Contains(got, "row-1") && !strings.Contains(got, "Save") {
			t.Errorf("want a complaint with %q and the window's words, got %q", want, got)
		}
	}
}

func TestQueueRunsInOrderUntilDone(t *testing.T) {
	q := NewQueue()
	var got []int
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 100 {
			q.OnMain(func() {
				got = append(got, i)
				if i == 99 {
					q.OnMain(func() { got = append(got, 100) })
				}
			})
		}
	}()
	if !q.Until(t.Context(), func() bool { return len(got) == 101 }) {
		t.Fatal("given up")
	}
	<-done
	for i, v := range got {
		if i != v {
			t.Fatalf("number %d is %d", i, v)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if q.Until(ctx, func() bool { return false }) {
		t.Error("done without being done")
	}
}
