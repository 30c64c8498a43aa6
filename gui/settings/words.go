package settings

import (
	"errors"
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/account"
	prefs "sluice/service/settings"
)

// note is a line of words below a control, "" for none.
type note struct {
	text  string
	color fyne.ThemeColorName
}

// keyNote tells what is known of the key.
func (m *Model) keyNote() note {
	a := m.status.Account
	switch {
	case m.task == taskCheck:
		return note{lang.L("Checking the key. If the system keyring then asks for its password, enter it there."), kit.ColorSecondary}
	case m.task == taskForget:
		return note{lang.L("Removing the key from the system keyring…"), kit.ColorSecondary}
	case m.keyProblem != "":
		return note{m.keyProblem, kit.ColorRed}
	case !m.status.Loaded:
		return note{lang.L("Reading the key from the system keyring…"), kit.ColorSecondary}
	case !a.HasKey && a.KeyringProblem != "":
		return note{lang.L("Your key can’t be read from the system keyring ({{.Reason}}). Nothing was deleted. Unlock the keyring and restart Sluice, or paste the key here.",
			map[string]any{"Reason": short(a.KeyringProblem)}), kit.ColorAmber}
	case !a.HasKey:
		return note{lang.L("No key yet. You need one to upload."), kit.ColorSecondary}
	case m.status.Refused != nil:
		return note{lang.L("The service no longer accepts this key: it may have expired or been deleted. Your files are waiting in the list. Paste another key here."), kit.ColorRed}
	}
	return m.placeNote(a)
}

// unchecked says why a key was not taken.
func (m *Model) unchecked(err *service.Error) string {
	if err.Kind == service.Offline {
		return lang.L("The service can’t be reached, so the key could not be checked. Nothing was changed. Check your connection and the service address, then try again.")
	}
	return m.cfg.Words(err)
}

// placeNote tells where the key in use is kept.
func (m *Model) placeNote(a account.Status) note {
	works := m.works(a)
	switch a.Place {
	case account.PlaceKeyring:
		return note{works + lang.L("Kept in the system keyring, never in a file."), kit.ColorAccent}
	case account.PlaceEnvironment:
		return note{works + lang.L("Taken from SLUICE_API_KEY and never stored."), kit.ColorAccent}
	case account.PlaceSession:
		return note{lang.L("Kept for this session only: the system keyring can’t be used ({{.Reason}}). Sluice will ask for the key again next time. To keep it, unlock or install a keyring and save the key again.",
			map[string]any{"Reason": short(a.KeyringProblem)}), kit.ColorAmber}
	case account.PlaceNone:
	}
	return note{}
}

// works says that a key was checked since the start, with what it opens.
func (m *Model) works(a account.Status) string {
	if !a.User.Known && a.Files == 0 {
		return ""
	}
	return lang.N("✓ Works: {{.Count}} files.", a.Files,
		map[string]any{"Count": m.cfg.Format.Number(int64(a.Files))}) + " "
}

// short is the first line of what a system says of itself, without its end.
func short(reason string) string {
	reason, _, _ = strings.Cut(reason, "\n")
	return strings.TrimRight(strings.TrimSpace(reason), ".")
}

// addressNote tells about the service's address.
func (m *Model) addressNote() note {
	switch {
	case m.addressProblem != "":
		return note{m.addressProblem, kit.ColorRed}
	case m.status.Sandbox:
		return note{lang.L("The sandbox runs inside this program."), kit.ColorSecondary}
	case m.status.AddressFixed:
		return note{lang.L("Set by SLUICE_API_URL."), kit.ColorSecondary}
	}
	return note{}
}

// limitNote tells how a speed limit is written.
func (m *Model) limitNote() note {
	if m.limitRefused {
		return note{lang.L("This is not a speed from 10\u00a0KB/s to 10\u00a0GB/s. The previous limit was kept. Write it like 1.5\u00a0MB/s, 800\u00a0KB/s or 12\u00a0Mbit/s."), kit.ColorRed}
	}
	return note{lang.L("For all uploads together, like 1.5\u00a0MB/s, 800\u00a0KB/s or 12\u00a0Mbit/s."), kit.ColorSecondary}
}

// folderWords tell why downloads can't go to a folder.
func (m *Model) folderWords(folder string, err *service.Error) string {
	if err.Value != service.ReasonFolderUnusable {
		return m.cfg.Words(err)
	}
	return lang.L("Sluice can’t write to {{.Folder}}. The previous folder was kept. Choose another one.",
		map[string]any{"Folder": m.cfg.Format.Folder(folder)})
}

// sample is how a copied link will look.
func (m *Model) sample() string {
	files := []service.LinkTarget{{ID: "abc123", Name: lang.L("holiday.jpg"), Size: 5_100_000}}
	if m.values.LinkFormat == service.FormatTogether {
		files = append(files, service.LinkTarget{ID: "def456"}, service.LinkTarget{ID: "ghi789"})
	}
	return m.cfg.Session.Links().Write(m.values.LinkFormat, m.values.LinkTemplate, files)
}

// appearanceName is how people know an appearance.
func appearanceName(a prefs.Appearance) string {
	switch a {
	case prefs.FollowSystem:
		return lang.L("Follow the system")
	case prefs.Light:
		return lang.L("Light")
	case prefs.Dark:
		return lang.L("Dark")
	}
	return string(a)
}

// closingName is how people know what closing the window does.
func closingName(c prefs.WhenClosed) string {
	switch c {
	case prefs.CloseAsks:
		return lang.L("Ask")
	case prefs.CloseKeepsGoing:
		return lang.L("Run in the background")
	case prefs.CloseStops:
		return lang.L("Stop")
	}
	return string(c)
}

// errTemplate marks a template that can't be used; the entry only shows a sign.
var errTemplate = errors.New("the template is empty or too long")

func templateProblem(text string) error {
	if strings.TrimSpace(text) == "" || utf8.RuneCountInString(text) > prefs.MaxTemplate {
		return errTemplate
	}
	return nil
}
