package watched

import (
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"sluice/gui/kit"
	"sluice/service/watch"
)

// cardView is the card of one folder.
type cardView struct {
	s    *Screen
	id   watch.FolderID
	box  *kit.Box
	root *fyne.Container // with the room around it

	name    *kit.Hint
	status  *kit.Text
	command *widget.Label
	mend    *fyne.Container // the command and its button
	fold    *kit.Button
	head    *fyne.Container
	onOff   *kit.Switch
	options *fyne.Container

	kinds    *kit.Select
	kindList [][]watch.Kind // that the select offers
	kindLine *fyne.Container
	skipping *kit.Hint
	deep     *kit.Switch
	then     *kit.Select
	thenLine *fyne.Container
	target   *kit.Link
	copies   *kit.Switch
	notifies *kit.Switch
	edited   *kit.Switch
	catchUp  *kit.Switch
}

// cardGap is the room below a card.
const cardGap float32 = 15

func newCardView(s *Screen, id watch.FolderID) *cardView {
	v := &cardView{s: s, id: id}
	v.name = kit.NewHint("", kit.TextStyle{Size: kit.SizeName, Bold: true, Elide: kit.ElidePath})
	v.status = kit.NewText("", kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorSecondary, Lines: 5})
	v.fold = kit.NewButton("", kit.ButtonQuiet, v.unfold)
	v.onOff = kit.NewSwitch(lang.L("Watch this folder"), true, func(on bool) { s.switchTo(id, on) })
	v.command = widget.NewLabel("")
	v.command.Selectable, v.command.Wrapping = true, fyne.TextWrapBreak
	v.command.TextStyle.Monospace = true
	copyIt := kit.NewButton(lang.L("Copy"), kit.ButtonPlain, func() { s.cfg.Intents.CopyText(v.command.Text) })
	v.mend = container.New(mendLayout{}, kit.NewBox(kit.ColorTile, kit.Padding{}, nil), v.command, copyIt)
	v.options = v.newOptions()
	v.head = container.New(headLayout{}, v.name, v.status, v.fold, v.onOff)
	v.box = kit.NewCard(kit.NewColumn(10, v.head, v.mend, v.options))
	v.root = container.New(roomLayout{bottom: cardGap}, v.box)
	return v
}

func (v *cardView) newOptions() *fyne.Container {
	s, id := v.s, v.id
	line := func(objects ...fyne.CanvasObject) *fyne.Container { return kit.NewLineUp(8, objects...) }
	secondary := kit.TextStyle{Color: kit.ColorSecondary, Elide: kit.ElideEnd}
	v.skipping = kit.NewHint("", secondary)
	rules := kit.NewButton(lang.L("Change…"), kit.ButtonQuiet, func() { s.askRules(id) })
	v.kindLine = container.New(kindLayout{v.skipping}, kit.NewSelect(nil, nil), v.skipping, rules)
	v.deep = v.newSwitch(lang.L("Include subfolders"), func(o *watch.Options, on bool) { o.Subfolders = on })
	v.then = kit.NewSelect([]string{lang.L("Keep the file"), lang.L("Move to a folder…"), lang.L("Move to the bin")},
		func(i int) { s.chooseThen(id, thens()[i]) })
	v.target = kit.NewLink("", kit.TextStyle{Elide: kit.ElidePath}, func() { s.chooseThen(id, watch.Move) })
	v.target.SetTip(lang.L("Choose another folder"))
	v.thenLine = line(v.then, v.target)
	v.copies = v.newSwitch(lang.L("Copy the link"), func(o *watch.Options, on bool) { o.CopyLink = on })
	v.notifies = v.newSwitch(lang.L("Show a notification"), func(o *watch.Options, on bool) { o.Notify = on })
	v.edited = v.newSwitch(lang.L("Upload edited files again"), func(o *watch.Options, on bool) { o.Edited = on })
	v.catchUp = v.newSwitch(lang.L("Catch up"), func(o *watch.Options, on bool) { o.CatchUp = on })
	open := kit.NewButton(lang.L("Open folder"), kit.ButtonQuiet, func() {
		if c, ok := s.model.Card(id); ok {
			s.cfg.Intents.ShowFolder(c.Path)
		}
	})
	remove := kit.NewButton(lang.L("Stop watching…"), kit.ButtonQuiet, func() { s.askRemove(id) })
	return kit.NewColumn(7,
		kit.NewFormRow(lang.L("Upload"), v.kindLine),
		kit.NewFormRow(lang.L("Include subfolders"), line(v.deep)),
		kit.NewFormRow(lang.L("When verified"), v.thenLine),
		kit.NewFormRow(lang.L("Copy the link"), line(v.copies)),
		kit.NewFormRow(lang.L("Show a notification"), line(v.notifies)),
		kit.NewFormRow(lang.L("Upload edited files again"), line(v.edited)),
		kit.NewFormRow(lang.L("Catch up"), line(v.catchUp, kit.NewText(lang.L("files added while Sluice is off"), secondary))),
		kit.NewFormNote(container.New(backLayout{}, line(open, remove))))
}

// newSwitch makes a switch for one option.
func (v *cardView) newSwitch(label string, set func(o *watch.Options, on bool)) *kit.Switch {
	return kit.NewSwitch(label, false, func(on bool) {
		v.s.change(v.id, func(o *watch.Options) { set(o, on) })
	})
}

// thens lists what can become of a file, in the order of the select.
func thens() []watch.Then { return []watch.Then{watch.Keep, watch.Move, watch.Bin} }

// unfold shows the options, or folds them away.
func (v *cardView) unfold() {
	v.s.unfolded[v.id] = v.options.Hidden
	v.s.show()
}

// set shows a folder.
func (v *cardView) set(c *watch.Card, p watch.Pause, unfolded bool) {
	w := &v.s.cfg.Words
	status := w.Status(c, p)
	v.name.SetText(w.Format.Folder(c.Path))
	v.status.Set(status.Text, status.Color)
	if v.command.Text != status.Command {
		v.command.SetText(status.Command)
	}
	v.mend.Hidden = status.Command == ""
	stroke := kit.ColorBorder
	if status.Problem {
		stroke = kit.ColorAmber
	}
	v.box.SetStroke(stroke)
	v.onOff.Set(c.State != watch.Off)
	v.options.Hidden = !unfolded
	label := lang.L("Options")
	if unfolded {
		label = lang.L("Hide options")
		v.setOptions(c)
	}
	if v.fold.Label() != label {
		v.fold.SetLabel(label)
		v.head.Refresh() // it leaves the words another width
	}
}

func (v *cardView) setOptions(c *watch.Card) {
	o := &c.Options
	v.setKinds(o.Rules.Kinds)
	if text := v.s.cfg.Words.skipping(&o.Rules); v.skipping.Text.Text() != text {
		v.skipping.SetText(text)
		v.kindLine.Refresh()
	}
	v.deep.Set(o.Subfolders)
	v.then.Set(max(0, slices.Index(thens(), o.Then)))
	if text := v.s.cfg.Words.Format.Folder(o.MoveTo); v.target.Text.Text() != text || v.target.Hidden == (o.Then == watch.Move) {
		v.target.Hidden = o.Then != watch.Move
		v.target.SetText(text)
		v.thenLine.Refresh() // the words have another width
	}
	v.copies.Set(o.CopyLink)
	v.notifies.Set(o.Notify)
	v.edited.Set(o.Edited)
	v.catchUp.Set(o.CatchUp)
}

// setKinds shows a choice of kinds: one of the presets, or one of its own among
// them.
func (v *cardView) setKinds(chosen []watch.Kind) {
	at := slices.IndexFunc(v.kindList, func(k []watch.Kind) bool { return sameKinds(k, chosen) })
	if at < 0 {
		v.kindList = presets()
		if at = slices.IndexFunc(v.kindList, func(k []watch.Kind) bool { return sameKinds(k, chosen) }); at < 0 {
			v.kindList = append(v.kindList, chosen)
			at = len(v.kindList) - 1
		}
		names := []string{}
		for _, k := range v.kindList {
			names = append(names, kindsName(k))
		}
		v.kinds = kit.NewSelect(append(names, lang.L("Choose…")), v.chooseKinds)
		v.kindLine.Objects[0] = v.kinds
		v.kindLine.Refresh()
	}
	v.kinds.Set(at)
}

func (v *cardView) chooseKinds(i int) {
	if i < len(v.kindList) {
		v.s.change(v.id, func(o *watch.Options) { o.Rules.Kinds = v.kindList[i] })
		return
	}
	v.s.show() // as it is, until it is chosen
	v.s.askRules(v.id)
}

// height is how high the card is with the room around it, in a width.
func (v *cardView) height(width float32) float32 {
	v.root.Resize(fyne.NewSize(width, v.root.Size().Height))
	return float32(math.Ceil(float64(v.box.MinSize().Height))) + cardGap
}

// headLayout puts name and status at the left, the button and the switch at the
// right.
type headLayout struct{}

// Layout is Fyne's.
func (headLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	name, status, fold, onOff := objects[0], objects[1], objects[2], objects[3]
	want, button := onOff.MinSize(), fold.MinSize()
	right := size.Width - want.Width
	put(onOff, right, (size.Height-want.Height)/2, want.Width, want.Height)
	right -= button.Width + 12
	put(fold, right, (size.Height-button.Height)/2, button.Width, button.Height)
	width := right - 12
	h := name.MinSize().Height
	put(name, 0, 0, width, h)
	status.Resize(fyne.NewSize(width, status.Size().Height)) // the width decides the height
	put(status, 0, h+2, width, status.MinSize().Height)
}

// MinSize is Fyne's.
func (headLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(200, objects[0].MinSize().Height+2+objects[1].MinSize().Height)
}

// kindLayout puts the kinds, what is skipped, and the button side by side. Where
// there is little room, what is skipped is left out, and the kinds shortened.
type kindLayout struct{ skipping *kit.Hint }

// Layout is Fyne's.
func (l kindLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	const gap, least = 8, 80
	kinds, change := objects[0].MinSize(), objects[2].MinSize()
	kinds.Width = min(kinds.Width, size.Width-change.Width-gap)
	middle := func(o fyne.CanvasObject, x float32, want fyne.Size) {
		put(o, x, (size.Height-want.Height)/2, want.Width, want.Height)
	}
	middle(objects[0], 0, kinds)
	x := kinds.Width + gap
	free := size.Width - x - change.Width - gap
	words := fyne.MeasureText(l.skipping.Text.Text(), kit.SizeBody, fyne.TextStyle{})
	words.Width = min(words.Width+1, free)
	if l.skipping.Hidden = free < least; !l.skipping.Hidden {
		middle(l.skipping, x, words)
		x += words.Width + gap
	}
	middle(objects[2], x, change)
}

// MinSize is Fyne's.
func (kindLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(objects[2].MinSize().Width+100, objects[0].MinSize().Height)
}

// mendLayout puts a command on its ground and a button beside it.
type mendLayout struct{}

// Layout is Fyne's.
func (mendLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	ground, text, button := objects[0], objects[1], objects[2]
	want := button.MinSize()
	width := size.Width - want.Width - 8
	put(ground, 0, 0, width, size.Height)
	put(text, 0, 0, width, size.Height)
	put(button, width+8, (size.Height-want.Height)/2, want.Width, want.Height)
}

// MinSize is as high as the command is in its width.
func (mendLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(200, max(objects[1].MinSize().Height, objects[2].MinSize().Height))
}

// roomLayout leaves room at the right, for the list's bar, and below.
type roomLayout struct{ bottom float32 }

// Layout is Fyne's.
func (l roomLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(fyne.NewSize(size.Width-kit.PageMargin, max(0, size.Height-l.bottom)))
}

// MinSize is Fyne's.
func (l roomLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, 40) }

// backLayout moves quiet buttons so that their words stand below other words.
type backLayout struct{}

// Layout is Fyne's.
func (backLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put(objects[0], -4, 0, size.Width+4, size.Height)
}

// MinSize is Fyne's.
func (backLayout) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }
