package kit

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

func TestButton(t *testing.T) {
	taps := 0
	b := NewButton("Pause all", ButtonPlain, func() { taps++ })
	w := window(t, NewLineUp(8, b), fyne.NewSize(300, 60))
	test.Tap(b)
	w.Canvas().Focus(b)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyTab})
	if taps != 3 {
		t.Errorf("%d taps, want 3", taps)
	}
	b.Disable()
	test.Tap(b)
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if taps != 3 {
		t.Error("a button that is switched off was tapped")
	}
	wide := b.MinSize().Width
	b.SetLabel("Resume")
	if b.Label() != "Resume" || b.MinSize().Width >= wide {
		t.Errorf("%q needs %v, before %v", b.Label(), b.MinSize().Width, wide)
	}
	if NewButton("", ButtonPlain, nil).WithIcon(IconFolder).WithTip("Choose folders").AccessibilityLabel() != "Choose folders" {
		t.Error("an icon's button needs a label for assistive technology")
	}
}

func TestSwitch(t *testing.T) {
	got := []bool{}
	s := NewSwitch("Copy links", false, func(on bool) { got = append(got, on) })
	window(t, NewLineUp(8, s), fyne.NewSize(300, 60))
	test.Tap(s)
	test.Tap(s)
	s.Set(true)
	if len(got) != 2 || !got[0] || got[1] || !s.On() {
		t.Errorf("told %v, is %v", got, s.On())
	}
}

func TestTips(t *testing.T) {
	b := NewIconButton(IconCross, "Cancel", nil)
	w := window(t, NewLineUp(8, b), fyne.NewSize(300, 120))
	layer := w.Content().(*TipLayer)
	b.MouseIn(&desktop.MouseEvent{})
	if layer.Tip() != "Cancel" {
		t.Errorf("the tip is %q", layer.Tip())
	}
	b.MouseOut()
	if layer.Tip() != "" {
		t.Errorf("the tip %q stays", layer.Tip())
	}
	b.MouseIn(&desktop.MouseEvent{})
	test.Tap(b)
	if layer.Tip() != "" {
		t.Errorf("the tip %q stays after a click", layer.Tip())
	}
}

// The layer may be one of several that the window holds.
func TestTipsOfALayerAmongOthers(t *testing.T) {
	b := NewIconButton(IconCross, "Cancel", nil)
	w := window(t, canvas.NewRectangle(color.Black), fyne.NewSize(300, 120))
	layer := NewTipLayer(NewLineUp(8, b))
	w.SetContent(container.NewStack(canvas.NewRectangle(color.White), layer))
	b.MouseIn(&desktop.MouseEvent{})
	if layer.Tip() != "Cancel" {
		t.Errorf("the tip is %q", layer.Tip())
	}
}

func TestLinkTellsWhatItDoes(t *testing.T) {
	taps := 0
	l := NewLink("example.com/u/a-very-long-id-that-has-no-room", TextStyle{Elide: ElideMiddle}, func() { taps++ })
	w := window(t, l, fyne.NewSize(120, 60))
	layer := w.Content().(*TipLayer)
	tip := func(want string) {
		t.Helper()
		if l.MouseIn(&desktop.MouseEvent{}); layer.Tip() != want {
			t.Errorf("the tip is %q, want %q", layer.Tip(), want)
		}
		l.MouseOut()
	}
	tip(l.Text.Text())
	l.SetTip("Copy link")
	tip("Copy link · " + l.Text.Text())
	l.SetText("a/u/b")
	tip("Copy link")
	l.MouseIn(&desktop.MouseEvent{})
	if test.Tap(l); layer.Tip() != "" || taps != 1 {
		t.Errorf("after a click the tip is %q, %d clicks", layer.Tip(), taps)
	}
}

func TestHintTellsTheWhole(t *testing.T) {
	h := NewHint("a name that is much too long for its place.png", TextStyle{Elide: ElideMiddle})
	w := window(t, h, fyne.NewSize(120, 60))
	layer := w.Content().(*TipLayer)
	h.MouseIn(&desktop.MouseEvent{})
	if layer.Tip() != h.Text.Text() {
		t.Errorf("the tip is %q", layer.Tip())
	}
	h.MouseOut()
	h.SetText("ok.png")
	if h.MouseIn(&desktop.MouseEvent{}); layer.Tip() != "" {
		t.Errorf("a whole name has the tip %q", layer.Tip())
	}
	h.SetTip("more")
	if h.MouseIn(&desktop.MouseEvent{}); layer.Tip() != "more" {
		t.Errorf("the tip is %q", layer.Tip())
	}
}

func TestNavItem(t *testing.T) {
	taps := 0
	n := NewNavItem(IconUp, "Uploads", func() { taps++ })
	window(t, NewColumn(2, n), fyne.NewSize(200, 60))
	n.SetCount("16")
	n.SetSelected(true)
	test.Tap(n)
	if taps != 1 || n.Count() != "16" || !n.Selected() {
		t.Errorf("%d taps, count %q, selected %v", taps, n.Count(), n.Selected())
	}
}

func TestProgressStaysInItsBounds(t *testing.T) {
	p := NewProgress()
	window(t, p, fyne.NewSize(200, 20))
	for in, want := range map[float64]float64{-1: 0, 0.5: 0.5, 7: 1} {
		if p.Set(in, ColorPrimary); p.Part() != want {
			t.Errorf("%v is shown as %v", in, p.Part())
		}
	}
}

func TestLink(t *testing.T) {
	taps := 0
	l := NewLink("pixeldrain.com/u/abc123", TextStyle{}, nil)
	window(t, l, fyne.NewSize(200, 60))
	test.Tap(l)
	l.OnTapped(func() { taps++ })
	test.Tap(l)
	if taps != 1 {
		t.Errorf("%d taps", taps)
	}
}

func TestAsk(t *testing.T) {
	w := window(t, NewText("", TextStyle{}), fyne.NewSize(600, 400))
	answer := ""
	Ask(w.Canvas(), "Title", "A long text, which takes more than one line because there is so much to be said about it all.",
		Answer{Label: "Stop", Do: func() { answer = "stop" }}, Answer{Label: "Go on", Kind: ButtonPrimary})
	if w.Canvas().Overlays().Top() == nil {
		t.Fatal("no question is shown")
	}
	var tap func(o fyne.CanvasObject)
	tap = func(o fyne.CanvasObject) {
		if b, ok := o.(*Button); ok && b.Label() == "Stop" {
			test.Tap(b)
			return
		}
		if wid, ok := o.(fyne.Widget); ok {
			for _, child := range test.WidgetRenderer(wid).Objects() {
				tap(child)
			}
		}
		if c, ok := o.(*fyne.Container); ok {
			for _, child := range c.Objects {
				tap(child)
			}
		}
	}
	tap(w.Canvas().Overlays().Top())
	if answer != "stop" || w.Canvas().Overlays().Top() != nil {
		t.Errorf("the answer is %q, still shown: %v", answer, w.Canvas().Overlays().Top())
	}
}

func TestQuestionKeepsTheKeyboardAndHasRoom(t *testing.T) {
	w := window(t, NewText("", TextStyle{}), fyne.NewSize(720, 480))
	hide := Ask(w.Canvas(), "Uploads are under way", "Words.", Answer{Label: "Cancel"}, Answer{Label: "Stop and resume next time"},
		Answer{Label: "Keep uploading in the background", Kind: ButtonPrimary})
	last := w.Canvas().Focused()
	if b, ok := last.(*Button); !ok || b.Label() != "Keep uploading in the background" {
		t.Fatalf("%v has the keyboard", last)
	}
	w.Canvas().Unfocus()
	test.TapCanvas(w.Canvas(), fyne.NewPos(5, 5)) // beside the question
	if w.Canvas().Focused() != last {
		t.Errorf("%v has the keyboard after a click beside the question", w.Canvas().Focused())
	}
	card := w.Canvas().Overlays().Top().(*question).card
	if want := card.MinSize().Width; want <= questionWidth || card.Size().Width < want {
		t.Errorf("the question is %v wide and needs %v", card.Size().Width, want)
	}
	hide()
	hide() // a second time does nothing
	if w.Canvas().Overlays().Top() != nil {
		t.Error("it stays")
	}
}

func TestFormFitsAndShrinks(t *testing.T) {
	field := NewText("field", TextStyle{Elide: ElideEnd})
	button := NewButton("Check and save", ButtonPrimary, nil)
	row := NewFormRow("API key", NewLineUp(8, NewField(300, field), button))
	w := window(t, NewSection("Account", row), fyne.NewSize(900, 200))
	if field.Size().Width != 300 {
		t.Errorf("with room enough the field has %v, want 300", field.Size().Width)
	}
	w.Resize(fyne.NewSize(460, 200))
	if field.Size().Width >= 300 || field.Size().Width < fieldLeast {
		t.Errorf("with little room the field has %v", field.Size().Width)
	}
	if end := button.Position().X + button.Size().Width; end > row.Size().Width*0.6+1 {
		t.Errorf("the button ends at %v of %v", end, row.Size().Width*0.6)
	}
}

func TestNoticeGrowsWithItsWords(t *testing.T) {
	n := NewNotice()
	window(t, NewColumn(8, n), fyne.NewSize(400, 200))
	n.Set(NoticeContent{Text: "Short.", Color: ColorAmber})
	low := n.MinSize().Height
	n.Set(NoticeContent{Text: "A sentence that is so long that it needs two lines in four hundred units of width.", Color: ColorRed, Action: "Do it"})
	if n.MinSize().Height <= low {
		t.Errorf("two lines have the height of one: %v", low)
	}
}

func TestSelect(t *testing.T) {
	got := []int{}
	s := NewSelect([]string{"Follow the system", "Light", "Dark"}, func(i int) { got = append(got, i) })
	w := window(t, NewLineUp(8, s), fyne.NewSize(400, 300))
	key := func(name fyne.KeyName) { s.TypedKey(&fyne.KeyEvent{Name: name}) }
	key(fyne.KeyUp) // there is none before the first
	key(fyne.KeyDown)
	key(fyne.KeyDown)
	key(fyne.KeyDown)
	if s.Index() != 2 || len(got) != 2 || got[1] != 2 || s.AccessibilityLabel() != "Dark" {
		t.Errorf("shows %q, told %v", s.AccessibilityLabel(), got)
	}
	s.Set(0)
	s.Set(9)
	if s.Index() != 0 || len(got) != 2 {
		t.Errorf("set to %d, told %v", s.Index(), got)
	}
	test.Tap(s)
	if w.Canvas().Overlays().Top() == nil {
		t.Error("a click opens no list")
	}
}

func TestSlider(t *testing.T) {
	moved, changed := []int{}, []int{}
	s := NewSlider("Uploads at a time", 1, 16, func(v int) { moved = append(moved, v) }, func(v int) { changed = append(changed, v) })
	window(t, s, fyne.NewSize(164, 30)) // 150 for 15 steps
	s.Set(4)
	s.Set(99)
	s.Set(4)
	if len(moved)+len(changed) != 0 || s.Value() != 4 {
		t.Errorf("set to %d, told %v %v", s.Value(), moved, changed)
	}
	s.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(58, 5)}})
	s.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(77, 5)}})
	s.DragEnd()
	s.DragEnd()
	if len(moved) != 2 || len(changed) != 1 || changed[0] != 8 {
		t.Errorf("moved %v, changed %v; want 6, 8 and 8", moved, changed)
	}
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	s.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	if s.Value() != 15 || len(changed) != 3 {
		t.Errorf("at %d, changed %v", s.Value(), changed)
	}
	s.Tapped(&fyne.PointEvent{Position: fyne.NewPos(2, 5)})
	if s.Value() != 1 {
		t.Errorf("a click at the left end gives %d", s.Value())
	}
}

func TestClippedCardKeepsItsCorners(t *testing.T) {
	w := window(t, NewClippedCard(NewBox(ColorPrimary, Padding{}, nil)), fyne.NewSize(100, 60))
	img := w.Canvas().Capture()
	page, fill := rgb(0xF6F7F9), rgb(0x138758)
	for _, corner := range []image.Point{{0, 0}, {99, 0}, {0, 59}, {99, 59}} {
		if got := color.NRGBAModel.Convert(img.At(corner.X, corner.Y)); got != page {
			t.Errorf("the corner %v is %v, want the page's colour", corner, got)
		}
	}
	for _, inside := range []image.Point{{50, 30}, {50, 2}, {2, 30}, {8, 8}, {91, 51}} {
		if got := color.NRGBAModel.Convert(img.At(inside.X, inside.Y)); got != fill {
			t.Errorf("%v is %v, want the content", inside, got)
		}
	}
}

func TestLinksInALineHaveRoomForTheirWords(t *testing.T) {
	button, link := NewButton("Move", ButtonPlain, nil), NewLink("/home/anna/Pictures/Done", TextStyle{Elide: ElidePath}, nil)
	line := NewLineUp(8, button, link)
	window(t, line, fyne.NewSize(500, 60))
	if link.short || link.Size().Width > 250 { // beside the words is nothing to click
		t.Errorf("the link is %v wide, shortened %v", link.Size().Width, link.short)
	}
	line.Resize(fyne.NewSize(200, 60))
	if right := link.Position().X + link.Size().Width; !link.short || right > 200 {
		t.Errorf("in a narrow line the link ends at %v, shortened %v", right, link.short)
	}
}
