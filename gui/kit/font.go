package kit

import (
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"github.com/go-text/typesetting/fontscan"
	"golang.org/x/text/language"
)

// For each style that is drawn, Fyne reads its font, another one behind that, the
// emoji, and a font of the computer's, and keeps all of it: 7 to 9 MiB a style. Most
// texts need one font of these. So where that is known to be enough, a text gets it
// as a font of its own, behind which Fyne looks for single letters in the
// computer's fonts.

// needs is what it takes to draw a text beside Fyne's font.
type needs struct {
	computer bool // fonts of the computer's
	emoji    bool // Fyne's fonts of emoji and symbols
}

func (g *Glyphs) needs(text string) (n needs) {
	if g == nil || plainASCII(text) {
		return needs{}
	}
	for _, r := range text {
		switch {
		case r < 0x300:
		case variationSelector(r):
			n.emoji = true
		case unseenRune(r) || g.letters(r):
		case g.bundles(r):
			n.emoji = true
		default:
			n.computer = true
		}
	}
	return n
}

// font gives the one font that a text of a style needs, nil where it takes all
// that Fyne has for the style.
func (g *Glyphs) font(text string, style fyne.TextStyle) fyne.Resource {
	if g == nil || !style.Bold && !tallStyle(style) {
		return nil
	}
	n := g.needs(text)
	switch {
	case n.emoji:
		return nil
	case tallStyle(style):
		if g.anyFont {
			return g.tallFont(style.Bold)
		}
		return nil
	case n.computer:
		return nil
	}
	return g.bold
}

// tallFont is made when it is first needed.
func (g *Glyphs) tallFont(bold bool) fyne.Resource {
	if bold {
		if g.tallBold == nil {
			g.tallBold = tallFont(theme.DefaultTextBoldFont())
		}
		return g.tallBold
	}
	if g.tall == nil {
		g.tall = tallFont(theme.DefaultTextFont())
	}
	return g.tall
}

// oneFont names a font by the family in which Fyne looks for what it lacks.
func oneFont(data []byte) fyne.Resource { return fyne.NewStaticResource(fontscan.SansSerif, data) }

// boldFont is Fyne's own, nil where people have set another.
func boldFont() fyne.Resource {
	if os.Getenv("FYNE_FONT") != "" {
		return nil
	}
	return oneFont(theme.DefaultTextBoldFont().Content())
}

// anyFontFits reports whether letters that Fyne's font has not may come from any
// font of the computer's. The user's own language has one that comes before others.
func anyFontFits(locale string) bool {
	tag, err := language.Parse(locale)
	if err != nil {
		return false
	}
	script, _ := tag.Script()
	switch script.String() {
	case "Latn", "Cyrl", "Grek":
		return true
	}
	return false
}

func userLocale() string { return lang.SystemLocale().String() }

// NewBold makes a text object with bold letters in the middle, for FillText.
func NewBold(size float32) *canvas.Text {
	o := &canvas.Text{TextSize: size, TextStyle: fyne.TextStyle{Bold: true}, Alignment: fyne.TextAlignCenter}
	setFont(o)
	return o
}

// setFont chooses the font for the object's text and style.
func setFont(o *canvas.Text) {
	setTall(o)
	o.FontSource = currentGlyphs().font(o.Text, o.TextStyle)
}

// MeasureText is Fyne's, of a text as it is drawn.
func MeasureText(text string, size float32, style fyne.TextStyle) fyne.Size {
	return measure(currentGlyphs(), Drawn(text), size, style)
}

func measure(g *Glyphs, drawn string, size float32, style fyne.TextStyle) fyne.Size {
	s, _ := fyne.CurrentApp().Driver().RenderedTextSize(drawn, size, style, g.font(drawn, style))
	return s
}
