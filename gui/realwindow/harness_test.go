//go:build realwindow

package realwindow

import (
	"image"
	"image/color"
	"image/draw"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/software"
	"github.com/godbus/dbus/v5"
)

// The harness itself: what it says it saw must have been there.

func TestClipboardOfAnySize(t *testing.T) {
	d := StartDisplay(t, 400, 300)
	if text, err := d.Clipboard(t.Context()); err == nil {
		t.Errorf("an empty clipboard gave %q", text)
	}
	for _, want := range []string{"", "Füße", strings.Repeat("ä", pieceSize/2), strings.Repeat("0123456789", 100_000)} {
		d.SetClipboard(t, want)
		got, err := d.Clipboard(t.Context())
		if err != nil || got != want {
			t.Errorf("%d bytes came back as %d: %v", len(want), len(got), err)
		}
	}
	d.OwnClipboard(t, map[string][]byte{"image/png": []byte("png")})
	targets, err := d.ClipboardTargets(t.Context())
	if err != nil || !slices.Contains(targets, "image/png") || !slices.Contains(targets, "TARGETS") {
		t.Errorf("targets %q, %v", targets, err)
	}
	if text, err := d.Clipboard(t.Context()); err == nil {
		t.Errorf("a clipboard with a picture gave text %q", text)
	}
}

func TestReaderTellsWordsApart(t *testing.T) {
	for _, scale := range []float32{1, 2} {
		r := NewReader(t, scale, nil, 12, 14)
		img := drawn(scale, color.NRGBA{0x16, 0x82, 0x5d, 0xff}, color.NRGBA{0xe3, 0xf4, 0xeb, 0xff}, "Nothing dropped", "Already there")
		for text, want := range map[string]bool{
			"Nothing dropped": true, "Already there": true, "Already": true,
			"Nothing drapped": false, "Already theme": false, "Uploaded": false, "Alroady there": false,
		} {
			if got := r.Has(img, text); got != want {
				t.Errorf("scale %v: %q found: %v", scale, text, got)
			}
		}
		first, second := r.Find(img, "Nothing dropped"), r.Find(img, "Already there")
		if len(first) != 1 || len(second) != 1 || first[0].Max.Y > second[0].Min.Y {
			t.Errorf("scale %v: found at %v and %v", scale, first, second)
		}
	}
}

// drawn paints lines of text as the program would.
func drawn(scale float32, ink, ground color.Color, lines ...string) *image.RGBA {
	box := container.NewVBox()
	for _, line := range lines {
		text := canvas.NewText(line, ink)
		text.TextSize = 14
		box.Add(text)
	}
	c := software.NewCanvas()
	c.SetScale(scale)
	c.SetContent(container.NewStack(canvas.NewRectangle(ground), box))
	c.Resize(fyne.NewSize(300, 200))
	captured := c.Capture()
	img := image.NewRGBA(captured.Bounds())
	draw.Draw(img, img.Bounds(), captured, image.Point{}, draw.Src)
	return img
}

func TestKeyringIsReal(t *testing.T) {
	bus := StartBus(t)
	k := StartKeyring(t, bus)
	if k.Locked(t) || len(k.Secrets(t.Context(), t)) != 0 {
		t.Fatal("a new keyring is not open and empty")
	}
	conn := bus.connect(t)
	var output dbus.Variant
	var session, item, prompt dbus.ObjectPath
	call(t.Context(), t, conn, secretsPath, serviceInterface+".OpenSession", []any{"plain", dbus.MakeVariant("")}, &output, &session)
	secret := struct {
		Session           dbus.ObjectPath
		Parameters, Value []byte
		ContentType       string
	}{session, nil, []byte("open sesame"), "text/plain"}
	properties := map[string]dbus.Variant{
		itemInterface + ".Label":      dbus.MakeVariant("cave"),
		itemInterface + ".Attributes": dbus.MakeVariant(map[string]string{"who": "Ali"}),
	}
	call(t.Context(), t, conn, loginPath, collectionInterface+".CreateItem", []any{properties, secret, true}, &item, &prompt)
	got := k.Secrets(t.Context(), t)
	if len(got) != 1 || got[0].Value != "open sesame" || got[0].Label != "cave" || got[0].Attributes["who"] != "Ali" {
		t.Errorf("the keyring holds %+v", got)
	}
	k.Lock(t)
	if !k.Locked(t) {
		t.Error("the keyring stays open")
	}
}
