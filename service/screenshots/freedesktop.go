package screenshots

import (
	"context"
	"net/url"
	"strings"

	"sluice/service/userdir"
)

// freedesktop: Linux and BSD. The settings of Spectacle (KDE), the screenshot
// programs of Xfce and older GNOME, and Flameshot; then the folder for pictures
// with what GNOME and KDE make in it.
func (s System) freedesktop(ctx context.Context) (paths, shared []string) {
	config := s.Getenv("XDG_CONFIG_HOME")
	if !strings.HasPrefix(config, "/") {
		config = s.Home + "/.config"
	}
	dirs := s.read(config + "/user-dirs.dirs")
	pictures := userdir.Freedesktop(dirs, s.Home, "PICTURES", "Pictures")
	spectacle := s.read(config + "/spectaclerc")
	paths = []string{
		s.folder(setting(spectacle, "ImageSave", "imageSaveLocation")),
		s.folder(setting(spectacle, "Save", "defaultSaveLocation")), // before 2024
		s.folder(setting(s.read(config+"/xfce4/xfce4-screenshooter"), "", "screenshot_dir")),
		s.folder(setting(s.read(config+"/flameshot/flameshot.ini"), "General", "savePath")),
	}
	if set, err := s.Output(ctx, "gsettings", "get", "org.gnome.gnome-screenshot", "auto-save-directory"); err == nil {
		paths = append(paths, s.folder(strings.Trim(strings.TrimSpace(set), "'")))
	}
	if name := setting(spectacle, "ImageSave", "translatedScreenshotsFolder"); name != "" {
		paths = append(paths, pictures+"/"+name)
	}
	for _, name := range translations() {
		paths = append(paths, pictures+"/"+name)
	}
	shared = []string{
		pictures, userdir.Freedesktop(dirs, s.Home, "DESKTOP", "Desktop"), userdir.Freedesktop(dirs, s.Home, "DOCUMENTS", "Documents"),
		userdir.Freedesktop(dirs, s.Home, "DOWNLOAD", "Downloads"), "/tmp",
	}
	return paths, shared
}

// translations are names of the folder that GNOME and KDE make in the user's
// language.
func translations() []string {
	return []string{
		"Screenshots", "Bildschirmfotos", "Captures d’écran", "Captures d'écran", "Capturas de pantalla", "Capturas de tela",
		"Capturas de ecrã", "Schermate", "Schermafdrukken", "Skärmbilder", "Skjermbilder", "Skærmbilleder", "Zrzuty ekranu",
		"Snímky obrazovky", "Képernyőképek", "Ekran Görüntüleri", "Снимки экрана", "Знімки екрана", "スクリーンショット", "屏幕截图", "截图",
	}
}

func (s System) read(path string) string {
	b, err := s.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(b)
}

// setting reads one value of an .ini file. KDE marks keys whose values hold
// variables with [$e].
func setting(file, section, key string) string {
	here := ""
	for line := range strings.Lines(file) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") {
			here = line[1 : len(line)-1]
			continue
		}
		name, value, is := strings.Cut(line, "=")
		if is && here == section && strings.TrimSuffix(strings.TrimSpace(name), "[$e]") == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// folder reads a setting that is a path or a file address, "" for what is
// neither.
func (s System) folder(value string) string {
	rest, is := strings.CutPrefix(value, "file:")
	if !is {
		return s.expand(value)
	}
	path, err := url.PathUnescape(strings.TrimLeft(strings.TrimPrefix(rest, "//localhost/"), "/"))
	if err != nil {
		return ""
	}
	if strings.HasPrefix(path, "$") {
		return s.expand(path)
	}
	return "/" + path
}

// expand puts the home folder in the place of its short names.
func (s System) expand(path string) string {
	for _, short := range []string{"~", "$HOME", "${HOME}"} {
		if rest, is := strings.CutPrefix(path, short); is && (rest == "" || rest[0] == '/') {
			return s.Home + rest
		}
	}
	return path
}
