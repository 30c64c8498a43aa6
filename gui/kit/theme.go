// Package kit is what Sluice's window is built from: the theme, widgets that
// several screens share, icons, and the formats of sizes, speeds and times. It
// knows Fyne and no service. Everything in it is used on the interface
// goroutine only, unless it says otherwise.
package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Appearance says whether the window is light or dark. Its values are kept in
// the settings.
type Appearance string

// The appearances.
const (
	AppearanceSystem Appearance = "system" // as the computer is set
	AppearanceLight  Appearance = "light"
	AppearanceDark   Appearance = "dark"
)

// Text sizes, in Fyne's units.
const (
	SizeTitle   float32 = 20 // the name of a screen
	SizeBrand   float32 = 17 // the program's name
	SizeSection float32 = 16 // the drop zone's first line
	SizeName    float32 = 14 // names of rows, navigation, card titles
	SizeBody    float32 = 13 // buttons, forms
	SizeSmall   float32 = 12 // what stands below a name
)

// Theme is Sluice's look. The zero value follows the system.
type Theme struct {
	appearance Appearance
	glyphs     *Glyphs
}

// NewTheme makes the theme of an appearance; an unknown one follows the system.
// To switch, set a new theme on the app's settings.
func NewTheme(a Appearance) *Theme { return &Theme{appearance: a} }

// With says which characters can be drawn, and gives the theme back.
func (t *Theme) With(g *Glyphs) *Theme {
	t.glyphs = g
	return t
}

// Appearance is what the theme was made for.
func (t *Theme) Appearance() Appearance { return t.appearance }

// Variant gives the variant that is shown when the system has the given one.
func (t *Theme) Variant(system fyne.ThemeVariant) fyne.ThemeVariant {
	switch t.appearance {
	case AppearanceLight:
		return theme.VariantLight
	case AppearanceDark:
		return theme.VariantDark
	case AppearanceSystem:
		return system
	}
	return system
}

// Color gives the colour of a name, ours or one of Fyne's.
func (t *Theme) Color(name fyne.ThemeColorName, system fyne.ThemeVariant) color.Color {
	variant := t.Variant(system)
	own := lightColor
	if variant == theme.VariantDark {
		own = darkColor
	}
	if c := own(name); c != nil {
		return c
	}
	if c := fyneColor(name, own); c != nil {
		return c
	}
	return theme.DefaultTheme().Color(name, variant)
}

// fyneColor gives Fyne's own widgets the colours of the palette.
func fyneColor(name fyne.ThemeColorName, own func(fyne.ThemeColorName) color.Color) color.Color {
	switch name {
	case theme.ColorNameBackground, theme.ColorNameHeaderBackground:
		return own(ColorPage)
	case theme.ColorNameForeground:
		return own(ColorText)
	case theme.ColorNamePlaceHolder:
		return own(ColorSecondary)
	case theme.ColorNameDisabled:
		return fade(own(ColorSecondary), 0xA0)
	case theme.ColorNamePrimary:
		return own(ColorPrimary)
	case theme.ColorNameHyperlink, theme.ColorNameSuccess:
		return own(ColorAccent)
	case theme.ColorNameForegroundOnPrimary, theme.ColorNameForegroundOnSuccess:
		return own(ColorOnPrimary)
	case theme.ColorNameButton, theme.ColorNameDisabledButton:
		return own(ColorButton)
	case theme.ColorNameInputBackground:
		return own(ColorInput)
	case theme.ColorNameMenuBackground:
		return own(ColorMenu)
	case theme.ColorNameOverlayBackground:
		return own(ColorCard)
	case theme.ColorNameInputBorder, theme.ColorNameSeparator:
		return own(ColorBorder)
	case theme.ColorNameScrollBar:
		return fade(own(ColorSecondary), 0x90)
	case theme.ColorNameScrollBarBackground:
		return color.Transparent
	case theme.ColorNameHover:
		return fade(own(ColorText), 0x0F)
	case theme.ColorNamePressed:
		return fade(own(ColorText), 0x26)
	case theme.ColorNameFocus:
		return fade(own(ColorPrimary), 0x40)
	case theme.ColorNameSelection:
		return fade(own(ColorPrimary), 0x48)
	case theme.ColorNameError:
		return own(ColorRed)
	case theme.ColorNameWarning:
		return own(ColorAmber)
	case theme.ColorNameShadow:
		return color.NRGBA{A: 0x18}
	}
	return nil
}

// Font gives Fyne's bundled fonts. What they lack Fyne draws with the emoji font
// that it has and with the computer's fonts, which Glyphs knows.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	if tallStyle(style) && t.glyphs != nil {
		return t.glyphs.tallFont(style.Bold)
	}
	return theme.DefaultTheme().Font(style)
}

// Icon gives Fyne's icons; ours are drawn by Icon.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource {
	return theme.DefaultTheme().Icon(name)
}

// Size gives the measures of Fyne's own widgets.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return SizeBody
	case theme.SizeNameCaptionText:
		return SizeSmall
	case theme.SizeNameSubHeadingText:
		return SizeSection
	case theme.SizeNameHeadingText:
		return SizeTitle
	case theme.SizeNamePadding:
		return 4
	case theme.SizeNameInnerPadding:
		return 7
	case theme.SizeNameInputRadius, theme.SizeNameButtonRadius, theme.SizeNameMenuRadius, theme.SizeNamePopupRadius:
		return 8
	case theme.SizeNameCardRadius, theme.SizeNameDialogRadius:
		return radiusCard
	case theme.SizeNameSelectionRadius:
		return 4
	case theme.SizeNameScrollBar:
		return 10
	case theme.SizeNameScrollBarSmall:
		return 4
	case theme.SizeNameInlineIcon:
		return 16
	}
	return theme.DefaultTheme().Size(name)
}

// Rounded corners.
const (
	radiusCard   float32 = 12
	radiusButton float32 = 8
	radiusTile   float32 = 6
)
