package gui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

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
	floor  func() float32                          // what it keeps at its lower edge for buttons; nil: nothing
	item   *kit.NavItem
}

// frame is what surrounds the screens: navigation, status, and the cards above.
type frame struct {
	shell   *Shell
	screens []screen
	current string
	root    *fyne.Container // sidebar and main, or the first start's screen; cards above
	side    *fyne.Container
	main    *fyne.Container // all screens, one of them visible
	status  *status
	bell    *kit.Button // leads to the messages
	hello   fyne.CanvasObject
}

func newFrame(s *Shell, screens []screen) *frame {
	f := &frame{shell: s, screens: screens, status: newStatus(s.format)}
	nav := kit.NewColumn(2)
	f.main = container.NewStack()
	for i := range f.screens {
		sc := &f.screens[i]
		sc.item = kit.NewNavItem(sc.icon, sc.label, func() { f.show(sc.name) })
		nav.Add(sc.item)
		sc.object.Hide()
		f.main.Add(sc.object)
	}
	brand := kit.NewLineUp(10, kit.NewIcon(kit.IconLogo, kit.ColorAccent, 26),
		kit.NewText("Sluice", kit.TextStyle{Size: kit.SizeBrand, Bold: true}))
	f.bell = kit.NewButton("", kit.ButtonQuiet, s.notices.show).WithIcon(kit.IconBell).WithTip(lang.L("Messages"))
	f.bell.Hide()
	f.side = container.New(sideLayout{}, kit.NewBox(kit.ColorSidebar, kit.Padding{}, nil),
		kit.NewBox(kit.ColorBorder, kit.Padding{}, nil), brand, nav, f.status.root, f.bell)
	f.root = container.New(frameLayout{}, f.side, f.main, s.notices.cards)
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
	f.shell.notices.shown(f.floor())
}

// floor is what the screen that is shown keeps at its lower edge.
func (f *frame) floor() float32 {
	for i := range f.screens {
		if sc := &f.screens[i]; sc.name == f.current && sc.floor != nil && f.hello == nil {
			return sc.floor()
		}
	}
	return 0
}

// remake makes the screens that belong to one backend anew for another.
func (f *frame) remake(b Backend) {
	for i := range f.screens {
		sc := &f.screens[i]
		if sc.remake == nil {
			continue
		}
		f.main.Remove(sc.object)
		sc.object = sc.remake(f.shell, b)
		f.main.Add(sc.object)
	}
	f.show(f.current)
}

// welcome shows the first start's screen instead of everything, or, with nil,
// no longer does.
func (f *frame) welcome(hello fyne.CanvasObject) {
	if f.hello == hello {
		return
	}
	f.hello = hello
	f.root.Objects = []fyne.CanvasObject{f.side, f.main, f.shell.notices.cards}
	if hello != nil {
		f.side.Hide()
		f.main.Hide()
		f.root.Objects = slices.Insert(f.root.Objects, 2, hello)
	} else {
		f.side.Show()
		f.main.Show()
	}
	f.shell.notices.shown(f.floor())
	f.root.Refresh()
}

func (f *frame) setCount(name, count string) {
	for i := range f.screens {
		if f.screens[i].name == name {
			f.screens[i].item.SetCount(count)
		}
	}
}

// setBell shows the way to the messages or not.
func (f *frame) setBell(on bool) {
	if f.bell.Hidden == on {
		f.bell.Hidden = !on
		f.side.Refresh()
	}
}

func (f *frame) setHost(host string)         { f.status.setHost(host) }
func (f *frame) setTotals(t uploads.Totals)  { f.status.set(&t) }
func (f *frame) setLimit(n int64)            { f.status.setLimit(n) }
func (f *frame) setLibrary(l library.Status) { f.status.setLibrary(l) }

// sideWidth is how wide the navigation is.
const sideWidth float32 = 208

// frameLayout puts the sidebar beside the main part and the cards above that. What
// stands between covers all but the cards.
type frameLayout struct{}

// Layout is Fyne's.
func (frameLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	side, main, cards := objects[0], objects[1], objects[len(objects)-1]
	side.Resize(fyne.NewSize(sideWidth, size.Height))
	for _, o := range []fyne.CanvasObject{main, cards} {
		o.Resize(fyne.NewSize(size.Width-sideWidth, size.Height))
		o.Move(fyne.NewPos(sideWidth, 0))
	}
	for _, o := range objects[2 : len(objects)-1] {
		o.Resize(size)
		cards.Resize(size)
		cards.Move(fyne.Position{})
	}
}

// MinSize is Fyne's.
func (frameLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(720, 480) }

// sideLayout puts the name and the navigation at the top, the status at the
// bottom, and a line at the right.
type sideLayout struct{}

// Layout is Fyne's.
func (sideLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	back, line, brand, nav, status, bell := objects[0], objects[1], objects[2], objects[3], objects[4], objects[5]
	back.Resize(size)
	brand.Resize(fyne.NewSize(size.Width-36, 26))
	brand.Move(fyne.NewPos(18, 18))
	nav.Resize(fyne.NewSize(size.Width-21, nav.MinSize().Height))
	nav.Move(fyne.NewPos(10, 62))
	high := status.MinSize().Height
	status.Resize(fyne.NewSize(size.Width-21, high))
	status.Move(fyne.NewPos(10, size.Height-high-13))
	bell.Resize(bell.MinSize())
	bell.Move(fyne.NewPos(size.Width-18-kit.IconButtonSize, size.Height-7-kit.IconButtonSize)) // beside the service's name
	line.Resize(fyne.NewSize(1, size.Height))
	line.Move(fyne.NewPos(size.Width-1, 0))
}

// MinSize is Fyne's.
func (sideLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(sideWidth, 62+objects[3].MinSize().Height+objects[4].MinSize().Height+20)
}
