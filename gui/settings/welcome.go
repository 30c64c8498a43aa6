package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
)

// NewWelcome makes the screen of a first start: paste a key, or try the
// sandbox.
func NewWelcome(m *Model) fyne.CanvasObject {
	plain := kit.TextStyle{Color: kit.ColorSecondary, Lines: 3}
	center := kit.TextStyle{Size: kit.SizeName, Color: kit.ColorSecondary, Lines: 2, Align: fyne.TextAlignCenter}
	key := newKeyField(m, welcomeWidth, false)
	rows := []fyne.CanvasObject{
		container.NewCenter(kit.NewIcon(kit.IconLogo, kit.ColorAccent, 64)),
		kit.NewText(lang.L("Welcome to Sluice"), kit.TextStyle{Size: kit.SizeTitle, Bold: true, Align: fyne.TextAlignCenter, Elide: kit.ElideEnd}),
		kit.NewText(lang.L("Drop files on it, get links."), center),
		kit.NewSection(lang.L("With your Pixeldrain account"),
			kit.NewText(lang.L("Create an API key on the service’s page and paste it here. Sluice checks it, then keeps it in the system keyring."), plain),
			key.line, key.note,
			kit.NewLineUp(8, kit.NewButton(lang.L("Get a key…"), kit.ButtonPlain, m.openKeysPage).WithIcon(kit.IconOpen)),
		),
	}
	if m.cfg.TrySandbox != nil {
		rows = append(rows, kit.NewSection(lang.L("Or try it first"),
			kit.NewText(lang.L("The sandbox is a small Pixeldrain inside this program: no account, no network, and nothing leaves the computer."), plain),
			kit.NewLineUp(8, kit.NewButton(lang.L("Try the sandbox"), kit.ButtonPlain, m.cfg.TrySandbox)),
		))
	}
	body := kit.NewColumn(12, rows...)
	m.watch(body.Refresh)
	return kit.NewBox(kit.ColorPage, kit.Padding{}, container.NewVScroll(container.New(welcomeLayout{}, body)))
}

// welcomeWidth is how wide the first screen's content gets.
const welcomeWidth float32 = 560

// welcomeLayout keeps its content in the middle and no wider than it reads well.
type welcomeLayout struct{}

// Layout is Fyne's.
func (welcomeLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := min(welcomeWidth, size.Width-2*kit.PageMargin)
	objects[0].Resize(fyne.NewSize(width, objects[0].Size().Height)) // the width decides the height
	height := objects[0].MinSize().Height
	objects[0].Resize(fyne.NewSize(width, height))
	objects[0].Move(fyne.NewPos((size.Width-width)/2, max(kit.PageMargin, (size.Height-height)/2)))
}

// MinSize is Fyne's.
func (welcomeLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(2*kit.PageMargin, 2*kit.PageMargin)
}
