package settings

import (
	"context"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/download"
	prefs "sluice/service/settings"
)

func downloadsSection(m *Model) fyne.CanvasObject {
	label := lang.L("Downloads at a time")
	number := kit.NewText("", kit.TextStyle{})
	slider := kit.NewSlider(label, prefs.MinWorkers, prefs.MaxWorkers,
		func(n int) { number.SetText(strconv.Itoa(n)) },
		func(n int) { m.change(func(v *prefs.Values) { v.Downloads = n }) })
	folder := kit.NewText("", kit.TextStyle{Elide: kit.ElidePath})
	choose := kit.NewButton(lang.L("Change folder…"), kit.ButtonPlain, m.chooseFolder)
	usual := kit.NewFormNote(kit.NewLineUp(8, kit.NewLink(lang.L("Use the default folder"), kit.TextStyle{Size: kit.SizeSmall}, m.usualFolder)))
	note := newNote()
	below := kit.NewFormNote(note)
	show := func() {
		slider.Set(m.values.Downloads)
		number.SetText(strconv.Itoa(m.values.Downloads))
		folder.SetText(m.cfg.Format.Folder(m.downloadFolder()))
		setVisible(usual, m.values.DownloadFolder != "")
		note.Set(m.folderProblem, kit.ColorRed)
		setVisible(below, m.folderProblem != "")
	}
	m.watch(show)
	show()
	return kit.NewSection(lang.L("Downloads"),
		kit.NewFormRow(lang.L("Save to"), kit.NewLineUp(10, choose, folder)),
		below, usual,
		kit.NewFormRow(label, kit.NewLineUp(10, kit.NewField(180, slider), number)))
}

// downloadFolder is where downloads go as things are shown.
func (m *Model) downloadFolder() string {
	if m.values.DownloadFolder != "" {
		return m.values.DownloadFolder
	}
	return m.cfg.Session.UsualFolder()
}

// chooseFolder asks for another folder for downloads.
func (m *Model) chooseFolder() {
	m.cfg.PickFolder(lang.L("Choose where to download to"), m.useFolder)
}

// useFolder lets downloads go to a folder, once it is sure that they can.
func (m *Model) useFolder(folder string) {
	m.cfg.Act(func(context.Context) {
		err := download.CheckFolder(folder)
		m.onMain(func() {
			if m.folderProblem = ""; err != nil {
				m.folderProblem = m.folderWords(folder, service.AsError("", err))
				return
			}
			m.setFolder(folder)
		})
	})
}

// usualFolder lets downloads go to where this computer keeps them.
func (m *Model) usualFolder() {
	m.folderProblem = ""
	m.setFolder("")
}

func (m *Model) setFolder(folder string) {
	m.change(func(v *prefs.Values) { v.DownloadFolder = folder })
}
