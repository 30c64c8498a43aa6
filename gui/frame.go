package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"sluice/gui/kit"
	"sluice/gui/uploads"
	"sluice/service/library"
)

// screen is one entry of the navigation.
type screen struct {
	name   string // as the settings keep it
	label  string
	icon   kit.IconName
	object fyne.CanvasObject
	remake func(*Shell, Backend) fyne.CanvasObject // for another backend; nil: it serves all
	shown  func()                                  // told when people go to it; may be nil
	item   *kit.NavItem
}

// frame is what surrounds the screens: navigation, status, notices.
type frame struct {
	shell   *Shell
	screens []screen
	current string
	root    *fyne.Container // sidebar and main, or the first start's screen
	side    *fyne.Container
	stack   *fyne.Container // all screens
	main    *fyne.Container // notices and all screens, one of them visible
	status  *status
	hello   fyne.CanvasObject
}

func newFrame(s *Shell, screens []screen) *frame {
	f := &frame{shell: s, screens: screens, status: newStatus(s.format)}
	nav := kit.NewColumn(2)
	f.stack = container.NewStack()
	for i := range f.screens {
		sc := &f.screens[i]
		sc.item = kit.NewNavItem(sc.icon, sc.label, func() { f.show(sc.name) })
		nav.Add(sc.item)
		sc.object.Hide()
		f.stack.Add(sc.object)
	}
	brand := kit.NewLineUp(10, kit.NewIcon(kit.IconLogo, kit.ColorAccent, 26),
		kit.NewText("Sluice", kit.TextStyle{Size: kit.SizeBrand, Bold: true}))
	f.side = container.New(sideLayout{}, kit.NewBox(kit.ColorSidebar, kit.Padding{}, nil),
		kit.NewBox(kit.ColorBorder, kit.Padding{}, nil), brand, nav, f.status.root)
	f.main = container.New(mainLayout{s.notices}, kit.NewBox(kit.ColorPage, kit.Padding{}, nil), s.notices.box, f.stack)
	f.root = container.New(frameLayout{}, f.side, f.main)
	f.status.onShape = f.side.Refresh
	f.status.onFailed = func() { f.show("uploads") }
	return f
}

// show goes to a screen; an unknown name is the first one.
func (f *frame) show(name string) {
	found := f.screens[0].name
	for i := range f.screens {
		if f.screens[i].name == name {
			found = name
		}
	}
	f.current = found
	for i := range f.screens {
		sc := &f.screens[i]
		sc.item.SetSelected(sc.name == found)
		if sc.name == found {
			sc.object.Show()
			if sc.shown != nil {
				sc.shown()
			}
		} else {
			sc.object.Hide()
		}
	}
}

// remake makes the screens that belong to one backend anew for another.
func (f *frame) remake(b Backend) {
	for i := range f.screens {
		sc := &f.screens[i]
		if sc.remake == nil {
			continue
		}
		f.stack.Remove(sc.object)
		sc.object = sc.remake(f.shell, b)
		f.stack.Add(sc.object)
	}
	f.show(f.current)
}

// welcome shows the first start's screen instead of everything, or, with nil,
// no longer does.
func (f *frame) welcome(hello fyne.CanvasObject) {
	if f.hello == hello {
		return
	}
	if f.hello != nil {
		f.root.Remove(f.hello)
	}
	f.hello = hello
	if hello != nil {
		f.side.Hide()
		f.main.Hide()
		f.root.Add(hello)
		return
	}
	f.side.Show()
	f.main.Show()
	f.root.Refresh()
}

func (f *frame) setCount(name, count string) {
	for i := range f.screens {
		if f.screens[i].name == name {
			f.screens[i].item.SetCount(count)
		}
	}
}

func (f *frame) setHost(host string)         { f.status.setHost(host) }
func (f *frame) setTotals(t uploads.Totals)  { f.status.set(&t) }
func (f *frame) setLimit(n int64)            { f.status.setLimit(n) }
func (f *frame) setLibrary(l library.Status) { f.status.setLibrary(l) }
func (f *frame) relayout()                   { f.main.Refresh() }

// sideWidth is how wide the navigation is.
const sideWidth float32 = 208

// frameLayout puts the sidebar beside the main part; a third object covers both.
type frameLayout struct{}

// Layout is Fyne's.
func (frameLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(fyne.NewSize(sideWidth, size.Height))
	objects[1].Resize(fyne.NewSize(size.Width-sideWidth, size.Height))
	objects[1].Move(fyne.NewPos(sideWidth, 0))
	for _, o := range objects[2:] {
		o.Resize(size)
	}
}

// MinSize is Fyne's.
func (frameLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(720, 480) }

// sideLayout puts the name and the navigation at the top, the status at the
// bottom, and a line at the right.
type sideLayout struct{}

// Layout is Fyne's.
func (sideLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	back, line, brand, nav, status := objects[0], objects[1], objects[2], objects[3], objects[4]
	back.Resize(size)
	brand.Resize(fyne.NewSize(size.Width-36, 26))
	brand.Move(fyne.NewPos(18, 18))
	nav.Resize(fyne.NewSize(size.Width-21, nav.MinSize().Height))
	nav.Move(fyne.NewPos(10, 62))
	high := status.MinSize().Height
	status.Resize(fyne.NewSize(size.Width-21, high))
	status.Move(fyne.NewPos(10, size.Height-high-13))
	line.Resize(fyne.NewSize(1, size.Height))
	line.Move(fyne.NewPos(size.Width-1, 0))
}

// MinSize is Fyne's.
func (sideLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(sideWidth, 62+objects[3].MinSize().Height+objects[4].MinSize().Height+20)
}

// mainLayout puts the notices above the screen that is shown.
type mainLayout struct{ notices *notices }

// Layout is Fyne's.
func (l mainLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	back, box, stack := objects[0], objects[1], objects[2]
	back.Resize(size)
	width := size.Width - 2*kit.PageMargin
	box.Resize(fyne.NewSize(width, box.Size().Height)) // the width decides the height
	top := l.notices.height()
	box.Resize(fyne.NewSize(width, top))
	box.Move(fyne.NewPos(kit.PageMargin, 16))
	if top > 0 {
		top += 16
	}
	stack.Resize(fyne.NewSize(size.Width, size.Height-top))
	stack.Move(fyne.NewPos(0, top))
}

// MinSize is Fyne's.
func (l mainLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[2].MinSize()
}
