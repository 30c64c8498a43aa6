package kit

import (
	"encoding/binary"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Fyne gives the line of a text the height of its own font, and puts all fonts
// in it on the baseline of the one that rises highest: letters of another font
// stand lower than those beside them, and their feet are cut off. So a text
// with letters of the computer's fonts is drawn in Fyne's font with a line that
// is higher by one size, and deeper, and is moved up by as much.
//
// tallTab is how the theme is told: the width of tabs, which no text has.
const tallTab = 61

func tallStyle(style fyne.TextStyle) bool { return style.TabWidth == tallTab }

// FillText gives a text object what is drawn of a text, in its place.
func FillText(o *canvas.Text, text string) {
	text = Drawn(text)
	if o.Text == text {
		return
	}
	o.Text = text
	setFont(o)
	o.Refresh()
}

// PlaceText moves a text object to where a text of Fyne's own font would stand.
func PlaceText(o *canvas.Text, pos fyne.Position) {
	if tallStyle(o.TextStyle) {
		pos.Y -= o.TextSize
	}
	o.Move(pos)
}

// setTall chooses the height of the object's line.
func setTall(o *canvas.Text) {
	was, pos := tallStyle(o.TextStyle), o.Position()
	if was {
		pos.Y += o.TextSize
	}
	o.TextStyle.TabWidth = 0
	if currentGlyphs().needs(o.Text).computer {
		o.TextStyle.TabWidth = tallTab
	}
	if was != tallStyle(o.TextStyle) {
		PlaceText(o, pos)
	}
}

// tallFont gives a font the higher line. A font that it does not understand
// stays as it is.
func tallFont(font fyne.Resource) fyne.Resource {
	data := slices.Clone(font.Content())
	head, hhea, os2 := tableOf(data, "head", 20), tableOf(data, "hhea", 8), tableOf(data, "OS/2", 78)
	if head == nil || hhea == nil || os2 == nil {
		return font
	}
	size := int16(min(binary.BigEndian.Uint16(head[18:]), 4096)) //nolint:gosec // bounded
	add := func(at []byte, n int16) {
		binary.BigEndian.PutUint16(at, binary.BigEndian.Uint16(at)+uint16(n)) //nolint:gosec // two's complement, as fonts have it
	}
	add(hhea[4:], size)
	add(hhea[6:], -size/2)
	add(os2[68:], size)
	add(os2[70:], -size/2)
	add(os2[74:], size)
	add(os2[76:], size/2)
	return oneFont(data)
}

// tableOf finds a table in a font that has at least so many bytes.
func tableOf(font []byte, tag string, least int) []byte {
	const header, record = 12, 16
	if len(font) < header {
		return nil
	}
	for i := range int(binary.BigEndian.Uint16(font[4:])) {
		at := header + record*i
		if at+record > len(font) {
			return nil
		}
		begin := int(binary.BigEndian.Uint32(font[at+8:]))
		if string(font[at:at+4]) == tag && begin+least <= len(font) {
			return font[begin:]
		}
	}
	return nil
}
