package uploads

import (
	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
)

// Action is something that can be done with an item.
type Action uint8

// The actions.
const (
	ActionFront Action = iota
	ActionRetry
	ActionCopy
	ActionOpen
	ActionPause
	ActionResume
	ActionFile   // open what was downloaded
	ActionShow   // show it in its folder
	ActionCancel // stop it
	ActionRemove // take the row away
)

// Label names an action, as its button's tip and in the menu.
func (a Action) Label() string {
	switch a {
	case ActionFront:
		return lang.L("Upload next")
	case ActionFile:
		return lang.L("Open the file")
	case ActionShow:
		return lang.L("Show in folder")
	case ActionRetry:
		return lang.L("Try again")
	case ActionCopy:
		return lang.L("Copy link")
	case ActionOpen:
		return lang.L("Open in the browser")
	case ActionPause:
		return lang.L("Pause")
	case ActionResume:
		return lang.L("Resume")
	case ActionCancel:
		return lang.L("Cancel")
	case ActionRemove:
		return lang.L("Remove from the list")
	}
	return ""
}

// Icon is the drawing on an action's button.
func (a Action) Icon() kit.IconName {
	switch a {
	case ActionFront:
		return kit.IconFront
	case ActionRetry:
		return kit.IconRetry
	case ActionCopy:
		return kit.IconCopy
	case ActionOpen:
		return kit.IconOpen
	case ActionPause:
		return kit.IconPause
	case ActionResume:
		return kit.IconPlay
	case ActionFile:
		return kit.IconFile
	case ActionShow:
		return kit.IconFolder
	case ActionCancel, ActionRemove:
		return kit.IconCross
	}
	return ""
}

// Label names an action on a row, as its button's tip and in the menu.
func (r *Row) Label(a Action) string {
	if _, down := r.ID.Download(); down && a == ActionFront {
		return lang.L("Download next")
	}
	return a.Label()
}
