package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
)

// The colours of Sluice by name. Widgets ask the theme for them, so that light
// and dark can be switched while the window is open.
const (
	ColorPage         fyne.ThemeColorName = "sluicePage"         // behind the cards
	ColorSidebar      fyne.ThemeColorName = "sluiceSidebar"      // behind the navigation
	ColorCard         fyne.ThemeColorName = "sluiceCard"         // cards, questions
	ColorMenu         fyne.ThemeColorName = "sluiceMenu"         // menus, which can stand above cards
	ColorInput        fyne.ThemeColorName = "sluiceInput"        // fields to write in, lists to choose from, tracks of sliders
	ColorField        fyne.ThemeColorName = "sluiceField"        // what can be typed into or chosen from
	ColorBorder       fyne.ThemeColorName = "sluiceBorder"       // lines between and around things
	ColorTrack        fyne.ThemeColorName = "sluiceTrack"        // the part of a bar not reached yet
	ColorTile         fyne.ThemeColorName = "sluiceTile"         // where a file has no picture
	ColorBlank        fyne.ThemeColorName = "sluiceBlank"        // the same on the page itself
	ColorText         fyne.ThemeColorName = "sluiceText"         // what is to be read first
	ColorSecondary    fyne.ThemeColorName = "sluiceSecondary"    // what is to be read next
	ColorPrimary      fyne.ThemeColorName = "sluicePrimary"      // fills: the main button, bars, switches
	ColorPrimaryHover fyne.ThemeColorName = "sluicePrimaryHover" // the same under the pointer
	ColorOnPrimary    fyne.ThemeColorName = "sluiceOnPrimary"    // text on such a fill
	ColorAccent       fyne.ThemeColorName = "sluiceAccent"       // green text and icons
	ColorSelected     fyne.ThemeColorName = "sluiceSelected"     // behind the chosen item
	ColorZone         fyne.ThemeColorName = "sluiceZone"         // the drop zone
	ColorDisc         fyne.ThemeColorName = "sluiceDisc"         // the drop zone's circle
	ColorButton       fyne.ThemeColorName = "sluiceButton"       // plain buttons
	ColorButtonHover  fyne.ThemeColorName = "sluiceButtonHover"  // the same under the pointer
	ColorRowHover     fyne.ThemeColorName = "sluiceRowHover"     // a row under the pointer
	ColorAmber        fyne.ThemeColorName = "sluiceAmber"        // trying again, paused
	ColorRed          fyne.ThemeColorName = "sluiceRed"          // failed, dangerous
)

// Names lists every colour name above.
func Names() []fyne.ThemeColorName {
	return []fyne.ThemeColorName{
		ColorPage, ColorSidebar, ColorCard, ColorMenu, ColorInput, ColorBorder, ColorTrack, ColorTile, ColorBlank, ColorText,
		ColorSecondary, ColorPrimary, ColorPrimaryHover, ColorOnPrimary, ColorAccent, ColorSelected,
		ColorZone, ColorDisc, ColorButton, ColorButtonHover, ColorRowHover, ColorAmber, ColorRed,
	}
}

// lightColor gives a colour of the light palette, nil for a name that is not ours.
func lightColor(name fyne.ThemeColorName) color.Color {
	switch name {
	case ColorPage:
		return rgb(0xF6F7F9)
	case ColorSidebar:
		return rgb(0xECEFF3)
	case ColorCard, ColorMenu, ColorInput, ColorField, ColorDisc, ColorOnPrimary:
		return rgb(0xFFFFFF)
	case ColorBorder, ColorTrack, ColorButtonHover:
		return rgb(0xDDE2E8)
	case ColorTile, ColorBlank, ColorButton:
		return rgb(0xE6EAEF)
	case ColorText:
		return rgb(0x1D242D)
	case ColorSecondary:
		return rgb(0x5E6875)
	case ColorPrimary:
		return rgb(0x138758)
	case ColorPrimaryHover:
		return rgb(0x0F744B)
	case ColorAccent:
		return rgb(0x10774E)
	case ColorSelected:
		return rgb(0xD8F0E5)
	case ColorZone:
		return rgb(0xE3F4EC)
	case ColorRowHover:
		return rgb(0xF7F8FA)
	case ColorAmber:
		return rgb(0x8A5F00)
	case ColorRed:
		return rgb(0xBE322C)
	}
	return nil
}

// darkColor gives a colour of the dark palette, nil for a name that is not ours.
func darkColor(name fyne.ThemeColorName) color.Color {
	switch name {
	case ColorPage, ColorDisc:
		return rgb(0x15191F)
	case ColorField:
		return rgb(0x191E25)
	case ColorSidebar:
		return rgb(0x1B2027)
	case ColorCard, ColorBlank:
		return rgb(0x222933)
	case ColorInput:
		return rgb(0x12161B)
	case ColorBorder, ColorTile:
		return rgb(0x2D3540)
	case ColorMenu:
		return rgb(0x303946)
	case ColorTrack:
		return rgb(0x3A4451)
	case ColorText:
		return rgb(0xE6EAF0)
	case ColorSecondary:
		return rgb(0x9DA8B6)
	case ColorPrimary, ColorAccent:
		return rgb(0x39C28A)
	case ColorPrimaryHover:
		return rgb(0x4FD39D)
	case ColorOnPrimary:
		return rgb(0x06251A)
	case ColorSelected:
		return rgb(0x1F3A33)
	case ColorZone:
		return rgb(0x1B2F2A)
	case ColorButton:
		return rgb(0x2A323D)
	case ColorButtonHover:
		return rgb(0x35404D)
	case ColorRowHover:
		return rgb(0x27303B)
	case ColorAmber:
		return rgb(0xE0A93B)
	case ColorRed:
		return rgb(0xF58780)
	}
	return nil
}

func rgb(hex uint32) color.Color {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF} //nolint:gosec // the bytes of a colour
}

// fade gives c with an alpha of its own, 0 to 255.
func fade(c color.Color, alpha uint8) color.Color {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	n.A = alpha
	return n
}
