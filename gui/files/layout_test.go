package files

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"sluice/gui/kit"
)

// Only the first line of chips leaves room for what stands beside them.
func TestChipsTakeTheWholeWidthBelowTheSlider(t *testing.T) {
	flow := &flowLayout{gap: 10, beside: 200}
	chips := container.New(flow)
	for range 7 {
		chip := &canvas.Rectangle{}
		chip.SetMinSize(fyne.NewSize(90, 24))
		chips.Add(chip)
	}
	chips.Resize(fyne.NewSize(400, 100))
	lines := []int{}
	for _, chip := range chips.Objects {
		lines = append(lines, int(chip.Position().Y))
	}
	if want := []int{0, 0, 34, 34, 34, 34, 68}; !slices.Equal(lines, want) {
		t.Errorf("the chips stand at %v, want %v", lines, want)
	}
	if high := flow.heightFor(chips.Objects, 400); high != 92 {
		t.Errorf("they are %v high", high)
	}
}

// In the sheet no name runs below the button that closes it.
func TestNameBesideTheClosingButton(t *testing.T) {
	objects := make([]fyne.CanvasObject, 4)
	for i := range objects {
		objects[i] = canvas.NewRectangle(nil)
	}
	(&fileLayout{}).Layout(objects, fyne.NewSize(600, 400))
	right := objects[1].Position().X + objects[1].Size().Width
	if free := 600 - right; free < kit.IconButtonSize-8 {
		t.Errorf("%v is free", free)
	}
}
