package kit

import (
	"bytes"
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/font/opentype/tables"
	"github.com/go-text/typesetting/fontscan"
)

// Glyphs knows which characters the window's fonts can draw: those that come
// with Fyne, and those of the computer. What none of them has must not be given
// to Fyne, which then adds one more font to try, whatever it is, each time that it
// measures or draws the character: soon every text takes milliseconds.
//
// It belongs to the interface goroutine. Nil takes every character for drawable.
type Glyphs struct {
	bundled []font.Cmap // the first is that of Fyne's font for texts
	system  []fontscan.Footprint
	asked   map[rune]bool // what was found before

	bold           fyne.Resource // see font
	tall, tallBold fyne.Resource // see tallTab; nil: not needed yet
	anyFont        bool          // see anyFontFits
}

// FindGlyphs looks through the fonts of the computer. What it learns is kept in
// the folder dir for the next start, and in the process for Fyne, which would
// otherwise look for itself, on the interface goroutine, when it measures the
// first text. It may be called on any goroutine, before that text. With an error
// only the fonts that come with Fyne are used.
func FindGlyphs(dir string) (g *Glyphs, err error) {
	defer func() {
		if cause := recover(); cause != nil { // a font that is damaged badly
			g, err = newGlyphs(nil), fmt.Errorf("look through the fonts: %v", cause)
		}
	}()
	system, err := fontscan.SystemFonts(quietLog{}, dir)
	if err != nil {
		err = fmt.Errorf("look through the fonts: %w", err)
	}
	return newGlyphs(system), err
}

// ReadFonts has Fyne read the fonts that the window uses, which it otherwise does
// when it measures the first text of each: a good part of the time that the window
// takes to open. It may be called on any goroutine while no other one measures or
// draws a text.
func (g *Glyphs) ReadFonts() {
	for _, style := range []fyne.TextStyle{{}, {Bold: true}} {
		measure(g, "M", SizeBody, style)
	}
}

// newGlyphs adds fonts of the computer to those that come with Fyne.
func newGlyphs(system []fontscan.Footprint) *Glyphs {
	g := &Glyphs{system: system, asked: map[rune]bool{}, bold: boldFont(), anyFont: anyFontFits(userLocale())}
	for _, r := range []fyne.Resource{theme.DefaultTextFont(), theme.DefaultEmojiFont(), theme.DefaultSymbolFont()} {
		if r == nil { // the program may be built without emoji
			continue
		}
		if c, err := cmapOf(r.Content()); err == nil {
			g.bundled = append(g.bundled, c)
		}
	}
	return g
}

// cmapOf reads of a font only which characters it has; the rest takes long.
func cmapOf(data []byte) (font.Cmap, error) {
	loader, err := opentype.NewLoader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("open a font: %w", err)
	}
	raw, err := loader.RawTable(opentype.MustNewTag("cmap"))
	if err != nil {
		return nil, fmt.Errorf("read a font: %w", err)
	}
	table, _, err := tables.ParseCmap(raw)
	if err != nil {
		return nil, fmt.Errorf("read a font's characters: %w", err)
	}
	c, _, err := font.ProcessCmap(table, 0)
	if err != nil {
		return nil, fmt.Errorf("read a font's characters: %w", err)
	}
	return c, nil
}

// Has reports whether a font has the character.
func (g *Glyphs) Has(r rune) bool {
	const latin = 0x17F // the bundled fonts have all of it
	if g == nil || r <= latin {
		return true
	}
	has, ok := g.asked[r]
	if !ok {
		has = g.find(r)
		g.asked[r] = has
	}
	return has
}

func (g *Glyphs) find(r rune) bool {
	if g.bundles(r) {
		return true
	}
	for i := range g.system {
		if g.system[i].Runes.Contains(r) {
			return true
		}
	}
	return false
}

// letters reports whether Fyne's font for texts has the character.
func (g *Glyphs) letters(r rune) bool {
	if len(g.bundled) == 0 {
		return false
	}
	_, ok := g.bundled[0].Lookup(r)
	return ok
}

// bundles reports whether a font that comes with Fyne has the character.
func (g *Glyphs) bundles(r rune) bool {
	for _, c := range g.bundled {
		if _, ok := c.Lookup(r); ok {
			return true
		}
	}
	return false
}

type quietLog struct{}

func (quietLog) Printf(string, ...any) {}

// currentGlyphs are those of the theme in use, nil when it is not ours.
func currentGlyphs() *Glyphs {
	if a := fyne.CurrentApp(); a != nil {
		if t, ok := a.Settings().Theme().(*Theme); ok {
			return t.glyphs
		}
	}
	return nil
}
