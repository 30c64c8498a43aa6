package files

import (
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2/lang"

	"sluice/gui/kit"
	"sluice/service"
	"sluice/service/settings"
)

// shownName is a file's name as it can be shown. One without a name is told by
// its id.
func shownName(f *service.File) string {
	if f.Name == "" {
		return kit.PlainName(string(f.ID))
	}
	return kit.PlainName(f.Name)
}

// KindLabel is what stands in a tile that has no picture: "PDF". It is the
// name's extension, or else what the type says.
func KindLabel(f *service.File) string {
	ext := strings.TrimPrefix(filepath.Ext(f.Name), ".")
	if len(ext) > 0 && len(ext) <= 5 && plainWord(ext) {
		return strings.ToUpper(ext)
	}
	major, _, _ := strings.Cut(f.MIME, "/")
	switch major {
	case "image":
		return lang.L("IMAGE")
	case "video":
		return lang.L("VIDEO")
	case "audio":
		return lang.L("AUDIO")
	case "text":
		return lang.L("TEXT")
	}
	return lang.L("FILE")
}

func plainWord(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return true
}

// Facts is the line below a file's name: "1.4 MB · 202 views".
func Facts(format *kit.Format, f *service.File) string {
	return facts(format, f, format.Number(f.Views))
}

// briefFacts is Facts where that has no room: "1.4 MB · 17k views".
func briefFacts(format *kit.Format, f *service.File) string {
	return facts(format, f, format.Brief(max(0, f.Views)))
}

func facts(format *kit.Format, f *service.File, number string) string {
	views := int(min(max(0, f.Views), 1<<31-1))
	return lang.N("{{.Size}} · {{.Views}} views", views, map[string]any{"Size": format.Size(f.Size), "Views": number})
}

func orderName(o settings.FilesOrder) string {
	switch o {
	case settings.NewestFirst:
		return lang.L("Newest first")
	case settings.OldestFirst:
		return lang.L("Oldest first")
	case settings.NameFirst:
		return lang.L("Name, A to Z")
	case settings.NameLast:
		return lang.L("Name, Z to A")
	case settings.LargestFirst:
		return lang.L("Largest first")
	case settings.SmallestFirst:
		return lang.L("Smallest first")
	case settings.TypeFirst:
		return lang.L("Type")
	case settings.TypeLast:
		return lang.L("Type, reversed")
	case settings.MostViewed:
		return lang.L("Most viewed")
	case settings.LeastViewed:
		return lang.L("Least viewed")
	case settings.MostLoaded:
		return lang.L("Most downloaded")
	case settings.LeastLoaded:
		return lang.L("Least downloaded")
	}
	return string(o)
}
