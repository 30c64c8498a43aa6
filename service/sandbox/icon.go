package sandbox

import (
	"image"
	"image/color"
	"net/http"
	"strings"

	"golang.org/x/image/draw"
)

// iconPath is where the icons of types are, beside the API.
const iconPath = "res/img/mime"

// iconName gives the icon of a type.
func iconName(mimeType string) string {
	t, _, _ := strings.Cut(mimeType, ";")
	switch major, _, _ := strings.Cut(t, "/"); major {
	case "image", "video", "audio", "text":
		return major
	}
	switch {
	case t == "application/pdf":
		return "pdf"
	case strings.Contains(t, "document") || strings.Contains(t, "epub"):
		return "document"
	case strings.Contains(t, "zip") || strings.Contains(t, "7z") || strings.Contains(t, "-xz") || strings.Contains(t, "rar"):
		return "archive"
	}
	return "empty"
}

// iconColour is the colour of an icon's band; false means that there is no
// such icon.
func iconColour(name string) (color.NRGBA, bool) {
	switch name {
	case "image":
		return color.NRGBA{0x3f, 0x9b, 0x5f, 255}, true
	case "video":
		return color.NRGBA{0x8e, 0x4a, 0xb8, 255}, true
	case "audio":
		return color.NRGBA{0xd9, 0x7a, 0x1f, 255}, true
	case "text":
		return color.NRGBA{0x5a, 0x6b, 0x7d, 255}, true
	case "pdf":
		return color.NRGBA{0xc8, 0x37, 0x37, 255}, true
	case "document":
		return color.NRGBA{0x2f, 0x6f, 0xc4, 255}, true
	case "archive":
		return color.NRGBA{0xb8, 0x95, 0x2c, 255}, true
	case "empty":
		return color.NRGBA{0x88, 0x88, 0x88, 255}, true
	}
	return color.NRGBA{}, false
}

// iconFile serves an icon that a thumbnail redirects to.
func (s *Server) iconFile(c *call, file string) error {
	b, err := icon(strings.TrimSuffix(file, ".png"), 128, 128)
	if err != nil {
		return err
	}
	return c.answerBytes(http.StatusOK, "image/png", b)
}

// icon draws a sheet of paper with a folded corner, lines, and a band in the
// colour of the type.
func icon(name string, width, height int) ([]byte, error) {
	band, ok := iconColour(name)
	if !ok {
		return nil, errNoMethod()
	}
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	side := min(width, height)
	unit := func(n int) int { return n * side / 16 }
	left, top := (width-side)/2, (height-side)/2
	box := func(x0, y0, x1, y1 int, c color.NRGBA) {
		r := image.Rect(left+unit(x0), top+unit(y0), left+unit(x1), top+unit(y1))
		draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
	}
	line := color.NRGBA{0xc4, 0xca, 0xd0, 255}
	box(3, 1, 13, 15, color.NRGBA{0xee, 0xf0, 0xf2, 255})
	for y := 3; y < 9; y += 2 {
		box(5, y, 9+y/3, y+1, line)
	}
	box(3, 10, 13, 13, band)
	for y := range unit(3) { // the folded corner
		for x := unit(10) + y; x < unit(13); x++ {
			img.SetNRGBA(left+x, top+unit(1)+y, color.NRGBA{})
		}
		for x := unit(10); x < unit(10)+y; x++ {
			img.SetNRGBA(left+x, top+unit(1)+y, line)
		}
	}
	return encodePNG(img)
}
