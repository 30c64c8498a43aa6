package kit

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// table is a page, a large button, below cards.
type table struct {
	cards  *Cards
	window fyne.Window
	clicks int // on the page
	closed []string
}

func newTable(t *testing.T, size fyne.Size) *table {
	t.Helper()
	b := &table{cards: NewCards()}
	page := NewButton("page", ButtonPlain, func() { b.clicks++ })
	b.window = window(t, container.NewStack(page, b.cards), size)
	return b
}

// put lays a notice on the table that can be closed.
func (b *table) put(text, action string) *Notice {
	n := NewNotice()
	b.fill(n, text, action)
	b.cards.Put(n)
	return n
}

func (b *table) fill(n *Notice, text, action string) {
	n.Set(NoticeContent{Text: text, Color: ColorAmber, Action: action, Close: "Close", Dismiss: func() {
		b.closed = append(b.closed, text)
		b.cards.Take(n)
	}})
}

func at(o fyne.CanvasObject) fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
}

func middle(o fyne.CanvasObject) fyne.Position {
	return at(o).AddXY(o.Size().Width/2, o.Size().Height/2)
}

// What is beside a card takes its clicks; what is below it does not, and the wheel
// and drags are not the card's buttons'.
func TestCardsTakeNoClicksBesideThem(t *testing.T) {
	b := newTable(t, fyne.NewSize(900, 600))
	n := b.put("Something happened", "Undo")
	if !b.cards.Shown(n) || n.Size().Width > 320 || at(n).Y+n.Size().Height != 600-cardsMargin {
		t.Errorf("the card is at %v, as large as %v", at(n), n.Size())
	}
	c := b.window.Canvas()
	for _, p := range []fyne.Position{fyne.NewPos(5, 595), at(n).SubtractXY(4, 4), at(n).AddXY(n.Size().Width+4, 10)} {
		test.TapCanvas(c, p)
	}
	test.TapCanvas(c, at(n).AddXY(60, 20))
	if b.clicks != 3 {
		t.Errorf("%d of 3 clicks went to the page", b.clicks)
	}
	test.TapCanvas(c, middle(n.close))
	if len(b.closed) != 1 || b.cards.Shown(n) {
		t.Error("the card was not closed")
	}
}

func TestCardsAreStackedAndWaitForRoom(t *testing.T) {
	b := newTable(t, fyne.NewSize(600, 180))
	var list []*Notice
	for _, text := range []string{"one", "two", "three", "four"} {
		list = append(list, b.put(text, ""))
	}
	for i, n := range list {
		if shown := b.cards.Shown(n); shown != (i < 3) {
			t.Errorf("%s is shown: %v", n.Text(), shown)
		}
		if i > 0 && i < 3 && at(n).Y+n.Size().Height+cardsGap != at(list[i-1]).Y {
			t.Errorf("%s is at %v, the one below at %v", n.Text(), at(n), at(list[i-1]))
		}
	}
	b.cards.Settle(60)
	if b.cards.Shown(list[2]) || at(list[0]).Y+list[0].Size().Height != 180-60-cardsMargin {
		t.Errorf("with something below them the first is at %v", at(list[0]))
	}
	b.cards.Settle(0)
	free, before := at(list[0]), at(list[1])
	b.cards.Take(list[0])
	if !b.cards.Shown(list[3]) || at(list[3]) != free || at(list[1]) != before {
		t.Error("the room of a card that went is not used")
	}
}

// A card stays where it is while others come and go; what comes takes free places.
func TestCardsDoNotMoveEachOther(t *testing.T) {
	b := newTable(t, fyne.NewSize(900, 600))
	low, high := b.put("low", "Stop"), b.put("high", "Undo")
	before, free := at(high), at(low)
	b.cards.Take(low)
	if at(high) != before {
		t.Errorf("the card went from %v to %v", before, at(high))
	}
	top := b.put("a long sentence "+strings.Repeat("with many words ", 12), "")
	if at(top).Y+top.Size().Height > before.Y {
		t.Errorf("what needs more room is at %v", at(top))
	}
	if news := b.put("news", ""); at(news) != free || at(high) != before {
		t.Errorf("the next is at %v, free was %v", at(news), free)
	}
	b.fill(high, strings.Repeat("It needs more lines now. ", 8), "Undo")
	b.cards.Put(high)
	if low := at(high).Y + high.Size().Height; low != before.Y+41 || at(top).Y+top.Size().Height != at(high).Y-cardsGap {
		t.Errorf("a higher card ends at %v, the one above it at %v", low, at(top).Y+top.Size().Height)
	}
}

func TestCardsSettle(t *testing.T) {
	b := newTable(t, fyne.NewSize(900, 600))
	low, high := b.put("low", "Stop"), b.put(strings.Repeat("It is long. ", 20), "Undo")
	b.cards.Take(low)
	b.fill(high, "short", "Undo")
	b.cards.Put(high)
	b.cards.Settle(0)
	if at(high).Y+high.Size().Height != 600-cardsMargin || high.Size().Height != 41 || high.Size().Width > 200 {
		t.Errorf("the card is at %v, as large as %v", at(high), high.Size())
	}
}

// The second half of a double click closes no other card.
func TestDoubleClickClosesOneCard(t *testing.T) {
	b := newTable(t, fyne.NewSize(900, 600))
	low, high := b.put("low", ""), b.put("high", "")
	cross := middle(low.close)
	test.TapCanvas(b.window.Canvas(), cross)
	test.TapCanvas(b.window.Canvas(), cross)
	if len(b.closed) != 1 || !b.cards.Shown(high) {
		t.Errorf("%q were closed", b.closed)
	}
}

func TestCardsKnowWhoIsAtThem(t *testing.T) {
	b := newTable(t, fyne.NewSize(900, 600))
	n := b.put("words", "Undo")
	for where, want := range map[fyne.Position]bool{
		middle(n.action): true, middle(n.close): true, at(n).AddXY(50, 20): true, fyne.NewPos(800, 100): false,
	} {
		if test.MoveMouse(b.window.Canvas(), where); b.cards.Attended() != want {
			t.Errorf("with the pointer at %v people are at the cards: %v", where, !want)
		}
	}
}

func TestKeysOnCards(t *testing.T) {
	b := newTable(t, fyne.NewSize(900, 600))
	first, last := b.put("first", ""), b.put("last", "Undo")
	c := b.window.Canvas()
	c.FocusPrevious() // from the end of the window
	if !last.close.focused || !b.cards.Attended() {
		t.Fatal("the keyboard does not get to the cards")
	}
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if b.cards.Has(last) || c.Focused() != nil {
		t.Errorf("after Escape the card is there: %v; %v has the keyboard", b.cards.Has(last), c.Focused())
	}
	if !b.cards.Escape() || b.cards.Has(first) || b.cards.Escape() {
		t.Errorf("Escape on the page closed %q", b.closed)
	}
	lasting := NewNotice()
	lasting.Set(NoticeContent{Text: "lasts", Color: ColorAmber, Action: "Stop"})
	b.cards.Put(lasting)
	c.Focus(lasting.action)
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if !b.cards.Has(lasting) || c.Focused() != nil {
		t.Error("what can't be closed keeps the keyboard, or was closed")
	}
}

// A hand that is not quite still clicks too.
func TestUnsteadyClicksOnCards(t *testing.T) {
	b := newTable(t, fyne.NewSize(900, 600))
	n := b.put("first", "")
	one := b.cards.list[0]
	drag := func(from, to fyne.Position) {
		one.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: to}, Dragged: fyne.NewDelta(to.X-from.X, to.Y-from.Y)})
		one.DragEnd()
	}
	cross := n.close.Position()
	drag(cross.AddXY(5, 5), fyne.NewPos(3, 3))
	drag(fyne.NewPos(3, 3), cross.AddXY(5, 5))
	if len(b.closed) != 0 {
		t.Fatal("a drag from or to elsewhere clicked")
	}
	drag(cross.AddXY(5, 5), cross.AddXY(9, 7))
	if len(b.closed) != 1 {
		t.Error("the click was lost")
	}
}

// A number that counts down moves no button.
func TestCardsKeepTheirWidth(t *testing.T) {
	b := newTable(t, fyne.NewSize(900, 600))
	n := b.put("It goes on in 10 minutes and 20 seconds", "Stop")
	before := at(n.action)
	b.fill(n, "It goes on in 1 s", "Stop")
	b.cards.Put(n)
	if at(n.action) != before {
		t.Errorf("the button went from %v to %v", before, at(n.action))
	}
}

// In a small window a long sentence is whole.
func TestLongWordsOnCards(t *testing.T) {
	b := newTable(t, fyne.NewSize(512, 480))
	text := "The key is refused. "
	for len(text) < 300 {
		text += "It was changed or taken back where it was made. "
	}
	n := b.put(text, "Enter a key")
	if lines, whole := n.text.wrap(n.text.Size().Width); !whole || !b.cards.Shown(n) || n.Size().Height > 240 {
		t.Errorf("%d lines, all: %v, as large as %v", len(lines), whole, n.Size())
	}
	if right := at(n).X + n.Size().Width; right > 512-PageMargin {
		t.Errorf("the card ends at %v", right)
	}
}
