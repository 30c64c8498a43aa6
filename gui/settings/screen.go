package settings

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
	prefs "sluice/service/settings"
)

// NewScreen makes the Settings screen.
func NewScreen(m *Model) fyne.CanvasObject {
	body := kit.NewColumn(12, accountSection(m), uploadsSection(m), downloadsSection(m), linksSection(m), computerSection(m))
	m.watch(body.Refresh)
	return kit.NewScrollPage(kit.NewHeader(lang.L("Settings")), body)
}

func accountSection(m *Model) fyne.CanvasObject {
	title := lang.L("Account")
	if m.status.Sandbox {
		return sandboxSection(m, title)
	}
	key := newKeyField(m, fieldWidth, true)
	get := kit.NewLink(lang.L("Get a key…"), kit.TextStyle{Size: kit.SizeSmall}, m.openKeysPage)
	address := newAddressField(m)
	return kit.NewSection(title,
		kit.NewFormRow(lang.L("API key"), key.line),
		kit.NewFormNote(key.note),
		kit.NewFormNote(kit.NewLineUp(12, get, key.forget)),
		kit.NewFormRow(lang.L("Service address"), address.line),
		address.below,
	)
}

// sandboxSection stands for the account while the sandbox is tried.
func sandboxSection(m *Model, title string) fyne.CanvasObject {
	words := kit.NewText(lang.L("This is the sandbox: a small Pixeldrain inside this program. Nothing leaves the computer, and its links work on this computer only while Sluice is open."),
		kit.TextStyle{Color: kit.ColorSecondary, Lines: 3})
	rows := []fyne.CanvasObject{words}
	if m.cfg.UseAccount != nil {
		rows = append(rows, kit.NewLineUp(8, kit.NewButton(lang.L("Use your account…"), kit.ButtonPlain, m.cfg.UseAccount)))
	}
	return kit.NewSection(title, rows...)
}

// openKeysPage shows where keys are made.
func (m *Model) openKeysPage() { m.cfg.OpenURL(m.cfg.Session.Links().Page(keysPage)) }

// addressField is the entry for the service's address.
type addressField struct {
	model *Model
	entry *kit.Entry
	apply *kit.Button
	line  fyne.CanvasObject
	note  *kit.Text
	below fyne.CanvasObject
	shown string // the address in use that the entry was filled with
}

func newAddressField(m *Model) *addressField {
	a := &addressField{model: m, entry: kit.NewEntry(), note: newNote()}
	a.entry.OnSubmitted = func(string) { a.submit() }
	a.entry.OnChanged = func(string) {
		m.addressProblem = "" // it was about what stood there before
		m.show()              // also makes room for what appears
	}
	a.apply = kit.NewButton(lang.L("Use this address"), kit.ButtonPlain, a.submit)
	a.line = kit.NewLineUp(8, kit.NewField(fieldWidth, a.entry), a.apply)
	a.below = kit.NewFormNote(a.note)
	m.watch(a.show)
	a.show()
	return a
}

// submit takes the address in the entry into use, and shows its proper form.
func (a *addressField) submit() {
	if a.model.setAddress(a.entry.Text) {
		a.entry.SetText(a.model.values.APIURL)
	}
}

func (a *addressField) show() {
	m := a.model
	address := m.values.APIURL
	if m.status.AddressFixed {
		address = m.status.APIURL
	}
	if a.shown != address {
		a.shown = address
		a.entry.SetText(address)
	}
	enable(a.entry, !m.status.AddressFixed)
	setVisible(a.apply, a.entry.Text != address)
	n := m.addressNote()
	a.note.Set(n.text, n.color)
	setVisible(a.below, n.text != "")
}

func linksSection(m *Model) fyne.CanvasObject {
	label := lang.L("Copy when finished")
	copies := kit.NewSwitch(label, m.values.CopyWhenDone, func(on bool) {
		m.change(func(v *prefs.Values) { v.CopyWhenDone = on })
	})
	sample := kit.NewText("", kit.TextStyle{Size: kit.SizeBody, Color: kit.ColorSecondary, Elide: kit.ElideEnd})
	format, showFormat := choice(service.LinkFormats(), m.cfg.NameOf, func(f service.LinkFormat) {
		m.change(func(v *prefs.Values) { v.LinkFormat = f })
	})
	template := kit.NewEntry()
	template.OnChanged = func(text string) {
		if text != m.values.LinkTemplate && templateProblem(text) == nil {
			m.change(func(v *prefs.Values) { v.LinkTemplate = text })
		}
	}
	template.Validator = templateProblem
	words := kit.NewText(lang.L("{name}, {url}, {direct}, {id} and {size} are filled in for each file."),
		kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorSecondary, Lines: 2})
	row := kit.NewFormRow(lang.L("Template"), kit.NewLineUp(8, kit.NewField(fieldWidth, template)))
	help := kit.NewFormNote(words)
	shown := "" // the template that the entry was filled with
	show := func() {
		copies.Set(m.values.CopyWhenDone)
		showFormat(m.values.LinkFormat)
		own := m.values.LinkFormat == service.FormatTemplate
		setVisible(row, own)
		setVisible(help, own)
		if !own || shown != m.values.LinkTemplate {
			shown = m.values.LinkTemplate
			if template.Text != shown {
				template.SetText(shown)
			}
		}
		sample.SetText(kit.PlainName(m.sample()))
	}
	m.watch(show)
	show()
	return kit.NewSection(lang.L("Links"),
		kit.NewFormRow(label, copies),
		kit.NewFormRow(lang.L("Format"), kit.NewLineUp(8, format, sample)),
		row, help)
}

func computerSection(m *Model) fyne.CanvasObject {
	appearance, showAppearance := choice([]prefs.Appearance{prefs.FollowSystem, prefs.Light, prefs.Dark}, appearanceName,
		func(a prefs.Appearance) { m.change(func(v *prefs.Values) { v.Appearance = a }) })
	closing, showClosing := choice([]prefs.WhenClosed{prefs.CloseAsks, prefs.CloseKeepsGoing, prefs.CloseStops}, closingName,
		func(c prefs.WhenClosed) { m.change(func(v *prefs.Values) { v.WhenClosed = c }) })
	show := func() {
		showAppearance(m.values.Appearance)
		showClosing(m.values.WhenClosed)
	}
	m.watch(show)
	show()
	return kit.NewSection(lang.L("This computer"),
		kit.NewFormRow(lang.L("Appearance"), kit.NewLineUp(8, appearance)),
		kit.NewFormRow(lang.L("When closed during transfers"), kit.NewLineUp(8, closing)))
}

// choice makes a list to choose one of values from, and a function that shows
// which is chosen.
func choice[T comparable](values []T, name func(T) string, chosen func(T)) (*kit.Select, func(T)) {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = name(v)
	}
	list := kit.NewSelect(names, func(i int) { chosen(values[i]) })
	return list, func(v T) { list.Set(slices.Index(values, v)) }
}
