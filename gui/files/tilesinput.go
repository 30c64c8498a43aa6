package files

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"sluice/gui/kit"
)

// modes says what modifiers mean for a selection.
func modes(held fyne.KeyModifier) (toggle, extend bool) {
	return held&fyne.KeyModifierShortcutDefault != 0, held&fyne.KeyModifierShift != 0
}

func (t *Tiles) press(i int, held fyne.KeyModifier) {
	toggle, extend := modes(held)
	t.pressed = -1
	if toggle && !extend {
		t.pressed = i
	}
	t.Select(func(s *Selection) { s.Press(i, toggle, extend) })
}

func (t *Tiles) band(b kit.BandStep) {
	t.Select(func(s *Selection) {
		switch b.Phase {
		case kit.BandStart:
			toggle, extend := modes(b.Held)
			switch {
			case toggle:
				s.Press(t.pressed, true, false) // what the button did is up to the band now
				s.BandStart(BandToggle)
			case extend:
				s.BandStart(BandAdd)
			default:
				s.BandStart(BandOnly)
			}
		case kit.BandMove:
			s.Band(b.Cells)
		case kit.BandEnd:
			s.BandEnd()
		}
	})
}

// menu is for all that is selected, or else for the one that was clicked.
func (t *Tiles) menu(i int, at fyne.Position) {
	if i < 0 || !t.selection.Has(t.cfg.List.ID(i)) {
		t.press(i, 0)
	}
	if i >= 0 && t.cfg.Intents.Menu != nil {
		t.cfg.Intents.Menu(at)
	}
}

// menuByKey is menu for where the keyboard stands; out of view, that comes into it.
func (t *Tiles) menuByKey() {
	i := t.selection.Cursor()
	if i < 0 {
		return
	}
	t.grid.ScrollTo(i)
	if at, ok := t.grid.TileAt(i); ok {
		t.menu(i, at)
	}
}

func (t *Tiles) open() {
	if t.cfg.Intents.Open != nil && t.selection.Count() > 0 {
		t.cfg.Intents.Open(t.selection.IDs())
	}
}

// typed runs the keys that move nothing.
func (t *Tiles) typed(e *fyne.KeyEvent) { t.act(e, t.grid.Held()) }

// act is typed while modifiers are held.
func (t *Tiles) act(e *fyne.KeyEvent, held fyne.KeyModifier) {
	switch e.Name { //nolint:exhaustive // all other keys are for the screen
	case fyne.KeyEscape:
		if t.cfg.Intents.Escape == nil || !t.cfg.Intents.Escape() {
			t.Select((*Selection).Clear)
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		t.open()
	case fyne.KeyDelete, fyne.KeyBackspace:
		if t.cfg.Intents.Delete != nil && t.selection.Count() > 0 {
			t.cfg.Intents.Delete()
		}
	case fyne.KeySpace:
		if !t.finder.Typing() {
			t.Select((*Selection).Toggle)
		}
	case desktop.KeyMenu:
		t.menuByKey()
	case fyne.KeyF10:
		if held&fyne.KeyModifierShift != 0 { // for keyboards without a key for the menu
			t.menuByKey()
		}
	default:
		if t.cfg.Intents.Key != nil {
			t.cfg.Intents.Key(e)
		}
	}
}

// letter goes to the next name that begins so.
func (t *Tiles) letter(r rune) {
	if r == ' ' && !t.finder.Typing() {
		return // it has done something as a key
	}
	if i := t.finder.Type(r, t.cfg.List, t.selection.Cursor()); i >= 0 {
		t.Select(func(s *Selection) { s.Go(i, false, false) })
		t.grid.ScrollTo(i)
	}
}

func (t *Tiles) shortcut(s fyne.Shortcut) bool {
	if t.grid.Later(func() { t.shortcut(s) }) {
		return true
	}
	switch s := s.(type) {
	case *fyne.ShortcutSelectAll:
		t.Select((*Selection).All)
		return true
	case *desktop.CustomShortcut:
		if s.KeyName == fyne.KeySpace && s.Modifier == fyne.KeyModifierShortcutDefault {
			t.Select((*Selection).Toggle)
			return true
		}
	}
	return t.cfg.Intents.Shortcut != nil && t.cfg.Intents.Shortcut(s)
}
