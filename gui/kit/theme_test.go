package kit

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// luminance is the relative luminance of WCAG 2.
func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	part := func(v uint32) float64 {
		s := float64(v) / 0xFFFF
		if s <= 0.03928 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrastFormula(t *testing.T) {
	if c := contrast(color.White, color.Black); math.Abs(c-21) > 0.01 {
		t.Errorf("white on black is %.2f, want 21", c)
	}
	if c := contrast(rgb(0x777777), color.White); c > 4.5 || c < 4.4 {
		t.Errorf("#777 on white is %.2f, want 4.48", c)
	}
}

func TestTextCanBeRead(t *testing.T) {
	areas := []fyne.ThemeColorName{ColorPage, ColorSidebar, ColorCard, ColorRowHover, ColorSelected, ColorZone, ColorButton}
	inks := map[fyne.ThemeColorName][]fyne.ThemeColorName{
		ColorText:      append([]fyne.ThemeColorName{ColorButtonHover, ColorTile, ColorDisc, ColorInput, ColorField, ColorMenu}, areas...),
		ColorSecondary: append([]fyne.ThemeColorName{ColorTile, ColorBlank, ColorInput, ColorField, ColorMenu}, areas...),
		ColorAccent:    append([]fyne.ThemeColorName{ColorDisc, ColorMenu}, areas...),
		ColorAmber:     {ColorPage, ColorCard, ColorSidebar, ColorRowHover, ColorSelected},
		ColorRed:       {ColorPage, ColorCard, ColorSidebar, ColorRowHover, ColorSelected, ColorButton},
		ColorOnPrimary: {ColorPrimary, ColorPrimaryHover},
		ColorPage:      {ColorText}, // tips
	}
	for _, a := range []Appearance{AppearanceLight, AppearanceDark} {
		th := NewTheme(a)
		for ink, behind := range inks {
			for _, area := range behind {
				got := contrast(th.Color(ink, theme.VariantLight), th.Color(area, theme.VariantLight))
				if got < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f, want 4.5", a, ink, area, got)
				}
			}
		}
	}
}

// A field that can be written in does not look like a button that can't be
// pressed.
func TestFieldsAreNoButtons(t *testing.T) {
	for _, a := range []Appearance{AppearanceLight, AppearanceDark} {
		th := NewTheme(a)
		field, button := th.Color(ColorInput, 0), th.Color(ColorButton, 0)
		if got := contrast(field, button); got < 1.15 {
			t.Errorf("%s: a field on a button has a contrast of %.2f", a, got)
		}
	}
}

func TestShapesStandOut(t *testing.T) {
	for _, a := range []Appearance{AppearanceLight, AppearanceDark} {
		th := NewTheme(a)
		for _, area := range []fyne.ThemeColorName{ColorTrack, ColorCard, ColorSidebar} {
			if got := contrast(th.Color(ColorPrimary, 0), th.Color(area, 0)); got < 3 {
				t.Errorf("%s: a bar on %s has a contrast of %.2f, want 3", a, area, got)
			}
		}
	}
}

// A shadow can't be seen on something dark: a menu there is lighter than what it
// stands above.
func TestDarkMenusStandOut(t *testing.T) {
	th := NewTheme(AppearanceDark)
	menu := luminance(th.Color(theme.ColorNameMenuBackground, 0))
	for _, area := range []fyne.ThemeColorName{ColorPage, ColorSidebar, ColorCard, ColorButton} {
		if menu <= luminance(th.Color(area, 0)) {
			t.Errorf("a menu can't be told from %s", area)
		}
	}
}

func TestThemeForcesItsVariant(t *testing.T) {
	for _, test := range []struct {
		look   Appearance
		system fyne.ThemeVariant
		dark   bool
	}{
		{AppearanceLight, theme.VariantDark, false},
		{AppearanceDark, theme.VariantLight, true},
		{AppearanceSystem, theme.VariantDark, true},
		{AppearanceSystem, theme.VariantLight, false},
		{"nonsense", theme.VariantDark, true},
	} {
		th := NewTheme(test.look)
		for _, name := range append(Names(), theme.ColorNameBackground, theme.ColorNameForeground, theme.ColorNameHeaderBackground) {
			want := lightColor
			if test.dark {
				want = darkColor
			}
			w := want(name)
			if w == nil {
				w = fyneColor(name, want)
			}
			if got := th.Color(name, test.system); got != w {
				t.Errorf("%s on a system of variant %d: %s is %v, want %v", test.look, test.system, name, got, w)
			}
		}
	}
}

func TestEveryColorIsInBothPalettes(t *testing.T) {
	for _, name := range Names() {
		if lightColor(name) == nil || darkColor(name) == nil {
			t.Errorf("%s is missing in a palette", name)
		}
	}
}
