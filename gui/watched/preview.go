package watched

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service/watch"
)

// namesLimit is how many names a preview lists.
const namesLimit = 20_000

// preview shows what a folder holds and what rules would take of it. It looks in
// the background, and again when the rules are changed.
type preview struct {
	s     *Screen
	path  string
	words func(watch.Preview) string // when it has looked
	told  func()                     // that it has looked, or begins to

	stop   context.CancelFunc
	turn   int
	busy   bool
	err    error
	result watch.Preview

	text   *kit.Text
	others *kit.Text
	button *kit.Button
	line   *fyne.Container // with the button
	list   *kit.Rows
	frame  *fyne.Container
	rows   []fyne.CanvasObject
	fit    func()
	reveal func() // brings the names into view
}

func newPreview(s *Screen, path string, words func(watch.Preview) string, told, escape, fit func()) *preview {
	p := &preview{s: s, path: path, words: words, told: told, fit: fit, stop: func() {}}
	p.text = kit.NewText("", kit.TextStyle{Lines: 3})
	p.others = kit.NewText("", kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorSecondary, Lines: 3})
	p.button = kit.NewButton(lang.L("Show the names"), kit.ButtonQuiet, p.press).WithEscape(escape)
	p.line = container.New(backLayout{}, kit.NewLineUp(0, p.button))
	p.list = kit.NewRows(p.source())
	p.frame = container.New(heightLayout{150}, kit.NewCardPadded(kit.Padding{Top: 5, Right: 1, Bottom: 5, Left: 1}, p.list))
	p.frame.Hide()
	p.rows = []fyne.CanvasObject{p.text, p.others, p.line, p.frame}
	return p
}

// heightLayout gives its object a height.
type heightLayout struct{ height float32 }

// Layout is Fyne's.
func (heightLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) { objects[0].Resize(size) }

// MinSize is Fyne's.
func (l heightLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, l.height) }

// look looks with other options, in place of what is under way.
func (p *preview) look(opts watch.Options) {
	p.stop()
	p.turn++
	p.busy, p.err, p.result = true, nil, watch.Preview{}
	ctx, stop := context.WithCancel(p.s.ctx)
	p.stop = stop
	turn := p.turn
	p.show()
	p.s.wg.Go(func() {
		defer stop()
		result, err := p.s.cfg.Look(ctx, p.path, opts, namesLimit, func(files int, bytes int64) {
			p.onMain(turn, func() { p.result.Files, p.result.Bytes = files, bytes })
		})
		if ctx.Err() == nil {
			p.onMain(turn, func() { p.busy, p.result, p.err = false, result, err })
		}
	})
}

// onMain takes over something on the interface goroutine, unless it is about
// older options.
func (p *preview) onMain(turn int, f func()) {
	p.s.cfg.OnMain(func() {
		if p.turn == turn {
			f()
			p.show()
		}
	})
}

// giveUp ends what is under way; what was counted so far stays.
func (p *preview) giveUp() {
	p.stop()
	p.turn++
	if p.busy {
		p.busy = false
		p.err = context.Canceled
	}
}

func (p *preview) known() bool { return !p.busy && p.err == nil }

// refused reports whether the folder can't be looked into.
func (p *preview) refused() bool {
	return !p.busy && p.err != nil && !errors.Is(p.err, context.Canceled)
}

// press stops counting, or shows and hides the names.
func (p *preview) press() {
	if p.busy {
		p.giveUp()
		p.show()
		return
	}
	p.frame.Hidden = !p.frame.Hidden
	p.show()
	if p.frame.Visible() {
		p.reveal()
	}
}

func (p *preview) show() {
	f := p.s.cfg.Words.Format
	count := map[string]any{"Count": f.Number(int64(p.result.Files)), "Size": f.Size(p.result.Bytes)}
	var text string
	color := kit.ColorText
	switch {
	case p.busy:
		text = lang.N("Counting… {{.Count}} files so far", p.result.Files, count)
	case p.refused():
		text, color = p.s.cfg.Words.refusal(p.path, p.err), kit.ColorRed
	case p.err != nil:
		text = lang.N("Counting stopped: {{.Count}} files so far", p.result.Files, count)
	default:
		text = p.words(p.result)
	}
	p.text.Set(text, color)
	p.others.SetText(p.left())
	p.others.Hidden = p.others.Text() == ""
	label := lang.L("Show the names")
	switch {
	case p.busy:
		label = lang.L("Stop counting")
	case p.frame.Visible():
		label = lang.L("Hide the names")
	}
	p.button.SetLabel(label)
	p.line.Hidden = !p.busy && (p.err != nil || p.result.Files == 0)
	if p.line.Hidden || p.busy {
		p.frame.Hide()
	}
	p.list.Reset()
	p.told()
	p.fit()
}

// left says what would not be taken and why.
func (p *preview) left() string {
	if !p.known() || len(p.result.Skipped) == 0 {
		return ""
	}
	f := p.s.cfg.Words.Format
	reasons := slices.SortedFunc(maps.Keys(p.result.Skipped), func(a, b watch.Reason) int {
		return cmp.Or(cmp.Compare(p.result.Skipped[b], p.result.Skipped[a]), cmp.Compare(a, b))
	})
	total, parts := 0, make([]string, 0, len(reasons))
	for _, r := range reasons {
		n := p.result.Skipped[r]
		total += n
		parts = append(parts, lang.L("{{.Reason}} ({{.Count}})", map[string]any{"Count": f.Number(int64(n)), "Reason": Reason(r)}))
	}
	return lang.N("{{.Count}} files are skipped: {{.Reasons}}", total,
		map[string]any{"Count": f.Number(int64(total)), "Reasons": strings.Join(parts, ", ")})
}

// nameHeight is the height of a name in the list.
const nameHeight float32 = 24

func (p *preview) source() kit.RowSource {
	return kit.RowSource{
		Count: func() int {
			n := len(p.result.Names)
			if p.known() && p.result.Files > n {
				n++ // says how many more
			}
			return n
		},
		Key:    func(i int) int64 { return int64(i) },
		Kind:   func(int) int { return 0 },
		Height: func(int) float32 { return nameHeight },
		New: func(int) fyne.CanvasObject {
			return container.New(nameLayout{}, kit.NewBox(kit.ColorCard, kit.Padding{}, nil),
				kit.NewHint("", kit.TextStyle{Size: kit.SizeSmall, Elide: kit.ElideMiddle}))
		},
		Update: func(i int, o fyne.CanvasObject) {
			var text string
			if i < len(p.result.Names) {
				text = kit.PlainName(p.result.Names[i])
			} else {
				more := p.result.Files - len(p.result.Names)
				text = lang.L("and {{.Count}} more", map[string]any{"Count": p.s.cfg.Words.Format.Number(int64(more))})
			}
			if name, ok := o.(*fyne.Container).Objects[1].(*kit.Hint); ok {
				name.SetText(text)
			}
		},
	}
}

// nameLayout puts a name on its ground.
type nameLayout struct{}

// Layout is Fyne's.
func (nameLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	put(objects[1], 12, 0, size.Width-24, size.Height)
}

// MinSize is Fyne's.
func (nameLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, nameHeight) }
