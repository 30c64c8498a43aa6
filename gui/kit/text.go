package kit

import (
	"sort"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// TextStyle is the look of a Text.
type TextStyle struct {
	Size  float32             // 0 = SizeBody
	Bold  bool                //
	Color fyne.ThemeColorName // "" = ColorText
	Elide Elide               // ElideNot with Lines 0: one line that takes its width
	Lines int                 // more than 1: wrapped at words, then shortened in the last line
	Align fyne.TextAlign      //
}

func (s TextStyle) filled(c fyne.ThemeColorName) TextStyle {
	if s.Size == 0 {
		s.Size = SizeBody
	}
	if s.Color == "" {
		s.Color = c
	}
	return s
}

// Text shows words in a colour of the theme, shortened or wrapped to fit.
type Text struct {
	widget.BaseWidget
	text  string
	style TextStyle
	tip   string // what the pointer is told, "" = the whole text when it is shortened
	short bool   // less than the whole text is shown
}

// NewText makes a text.
func NewText(text string, style TextStyle) *Text {
	t := &Text{text: text, style: style.filled(ColorText)}
	t.ExtendBaseWidget(t)
	return t
}

// Text is the whole text, also when less is shown.
func (t *Text) Text() string { return t.text }

// SetText changes the words.
func (t *Text) SetText(text string) { t.Set(text, t.style.Color) }

// Set changes the words and their colour.
func (t *Text) Set(text string, c fyne.ThemeColorName) {
	if t.text == text && t.style.Color == c {
		return
	}
	t.text, t.style.Color = text, c
	t.Refresh()
}

// SetTip changes what a pointer that rests on the text is told; "" tells the
// whole text where it is shortened.
func (t *Text) SetTip(tip string) { t.tip = tip }

// SetLines changes into how many lines the text may be wrapped.
func (t *Text) SetLines(lines int) {
	if t.style.Lines != lines {
		t.style.Lines = lines
		t.Refresh()
	}
}

// SetAlign changes the alignment.
func (t *Text) SetAlign(align fyne.TextAlign) {
	if t.style.Align != align {
		t.style.Align = align
		t.Refresh()
	}
}

// HeightFor is how high the text is in a width.
func (t *Text) HeightFor(width float32) float32 {
	return t.measure("").Height * float32(len(t.fit(width)))
}

// SetBold switches bold letters.
func (t *Text) SetBold(bold bool) {
	if t.style.Bold == bold {
		return
	}
	t.style.Bold = bold
	t.Refresh()
}

func (t *Text) grow(_, free float32) float32 {
	if t.style.Elide == ElideNot {
		return 0
	}
	return free
}

// AccessibilityLabel is the whole text.
func (t *Text) AccessibilityLabel() string { return t.text }

// AccessibilityRole is text.
func (t *Text) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

func (t *Text) measure(s string) fyne.Size {
	return MeasureText(s, t.style.Size, fyne.TextStyle{Bold: t.style.Bold})
}

// CreateRenderer is Fyne's.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	r := &textRenderer{text: t}
	r.Refresh()
	return r
}

type textRenderer struct {
	text    *Text
	lines   []*canvas.Text
	objects []fyne.CanvasObject
	last    string // what was laid out last, for this width
	width   float32
	style   TextStyle
}

func (r *textRenderer) Layout(size fyne.Size) {
	r.set(size.Width)
	height := r.text.measure("").Height
	top := (size.Height - height*float32(len(r.lines))) / 2
	for i, line := range r.lines {
		line.Resize(fyne.NewSize(size.Width, height))
		PlaceText(line, fyne.NewPos(0, top+float32(i)*height))
	}
}

// set puts the words that fit width into the lines.
func (r *textRenderer) set(width float32) {
	if r.last == r.text.text && r.width == width && r.style == r.text.style && len(r.lines) > 0 {
		return
	}
	r.last, r.width, r.style = r.text.text, width, r.text.style
	shown, whole := r.text.wrap(width)
	r.text.short = !whole
	for len(r.lines) < len(shown) {
		r.lines = append(r.lines, &canvas.Text{})
	}
	r.lines = r.lines[:len(shown)]
	r.objects = r.objects[:0]
	for i, s := range shown {
		line := r.lines[i]
		line.Text, line.TextSize, line.Alignment = Drawn(s), r.style.Size, r.style.Align
		line.TextStyle = fyne.TextStyle{Bold: r.style.Bold}
		setFont(line)
		line.Color = theme.ColorForWidget(r.style.Color, r.text)
		line.Refresh()
		r.objects = append(r.objects, line)
	}
}

func (r *textRenderer) Refresh() {
	size := r.text.Size()
	r.Layout(size)
	c := theme.ColorForWidget(r.text.style.Color, r.text)
	for _, line := range r.lines {
		if line.Color != c {
			line.Color = c
			line.Refresh()
		}
	}
	canvas.Refresh(r.text)
}

// MinSize is the words' size; a text that is wrapped is as high as it needs in
// the width that it has.
func (r *textRenderer) MinSize() fyne.Size {
	one := r.text.measure("")
	if width := r.text.Size().Width; r.text.style.Lines > 1 && width > 0 {
		return fyne.NewSize(one.Height, r.text.HeightFor(width))
	}
	if r.text.style.Lines > 1 || r.text.style.Elide != ElideNot {
		return fyne.NewSize(one.Height, one.Height)
	}
	return fyne.NewSize(r.text.measure(r.text.text).Width, one.Height)
}

func (r *textRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *textRenderer) Destroy()                     {}

// fit gives the lines to show in a width.
func (t *Text) fit(width float32) []string {
	lines, _ := t.wrap(width)
	return lines
}

// wrap also tells whether the lines are the whole text.
func (t *Text) wrap(width float32) (lines []string, whole bool) {
	if t.style.Elide == ElideNot && t.style.Lines < 2 || width <= 0 {
		return []string{t.text}, true
	}
	fits := func(s string) bool { return t.measure(s).Width <= width }
	how := t.style.Elide
	if how == ElideNot {
		how = ElideEnd
	}
	rest := t.text
	for len(lines) < t.style.Lines-1 && !fits(rest) {
		head, tail := wrapAt(rest, fits)
		if head == "" {
			break
		}
		lines, rest = append(lines, head), tail
	}
	last := Shorten(rest, how, fits)
	return append(lines, last), last == rest
}

// wrapAt cuts text behind the last word that fits, or where it fits when there
// is none; head is empty when not even one letter does.
func wrapAt(text string, fits func(string) bool) (head, tail string) {
	for _, parts := range [][]string{breaks(text), clusters(text)} {
		n := sort.Search(len(parts), func(n int) bool {
			return !fits(strings.TrimRight(strings.Join(parts[:n+1], ""), " "))
		})
		if n > 0 {
			head = strings.Join(parts[:n], "")
			return strings.TrimRight(head, " "), strings.Join(parts[n:], "")
		}
	}
	return "", text
}
