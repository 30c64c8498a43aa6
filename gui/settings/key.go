package settings

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
)

// keysPage is where an account's keys are made (API document,
// "Authentication"), below the service's web address.
const keysPage = "/user/api_keys"

// fieldWidth is how wide the fields for a key and an address are.
const fieldWidth float32 = 320

// keyField is the entry for a key with its button and the words below.
type keyField struct {
	model  *Model
	entry  *kit.Entry
	button *kit.Button
	forget *kit.Button // nil: the key can't be forgotten here
	line   fyne.CanvasObject
	note   *kit.Text
	seen   int // of the model's accepted keys
}

func newKeyField(m *Model, width float32, forgets bool) *keyField {
	k := &keyField{model: m, entry: kit.NewPasswordEntry(), seen: m.accepted}
	k.entry.OnSubmitted = func(string) { k.submit() }
	k.entry.OnChanged = func(string) { k.show() }
	k.button = kit.NewButton(lang.L("Check and save"), kit.ButtonPrimary, k.submit)
	k.note = newNote()
	k.line = kit.NewLineUp(8, kit.NewField(width, k.entry), k.button)
	if forgets {
		k.forget = kit.NewButton(lang.L("Forget"), kit.ButtonQuiet, m.forgetKey)
	}
	m.watch(k.show)
	k.show()
	return k
}

// newNote makes the words below a control.
func newNote() *kit.Text {
	return kit.NewText("", kit.TextStyle{Size: kit.SizeSmall, Color: kit.ColorSecondary, Lines: 4})
}

// submit checks the key, or gives up the check that is under way.
func (k *keyField) submit() {
	if k.model.task != taskNone {
		k.model.giveUp()
		return
	}
	k.model.checkKey(k.entry.Text, k.forget == nil)
}

func (k *keyField) show() {
	m := k.model
	busy := m.task != taskNone
	if k.seen != m.accepted {
		k.seen = m.accepted
		k.entry.SetText("")
	}
	k.entry.SetPlaceHolder(k.placeholder())
	enable(k.entry, !busy)
	if busy {
		k.button.SetLabel(lang.L("Give up"))
	} else {
		k.button.SetLabel(lang.L("Check and save"))
	}
	enable(k.button, busy || k.entry.Text != "")
	if k.forget != nil {
		setVisible(k.forget, m.status.Account.HasKey && !busy)
	}
	n := m.keyNote()
	k.note.Set(n.text, n.color)
}

func (k *keyField) placeholder() string {
	if k.model.status.Account.HasKey {
		return "••••••••-••••-••••-••••-••••••••••••"
	}
	return lang.L("Paste your API key")
}

// enable switches a widget on or off, where it is not yet.
func enable(w fyne.Disableable, on bool) {
	switch {
	case on && w.Disabled():
		w.Enable()
	case !on && !w.Disabled():
		w.Disable()
	}
}

func setVisible(o fyne.CanvasObject, on bool) {
	switch {
	case on && !o.Visible():
		o.Show()
	case !on && o.Visible():
		o.Hide()
	}
}
