package userdir

import "golang.org/x/sys/windows"

func known() string {
	path, err := windows.KnownFolderPath(windows.FOLDERID_Downloads, 0)
	if err != nil {
		return ""
	}
	return path
}
