package files

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"sluice/service"
)

// What the card copies by its small buttons can be had from the menu, too, which
// has keys.
func TestMenuCopiesWhatTheCardDoes(t *testing.T) {
	o := openScreen(t, 3)
	s := o.screen
	o.paint()
	hash := strings.Repeat("e3b0", 16)
	o.catalogue.Added(service.File{ID: "new", Name: "new.pdf", SHA256: hash, Uploaded: time.Now()})
	o.Until("the file", func() bool { return s.model.list.Len() == 4 && s.model.list.ID(0) == "new" })
	copied := ""
	s.cfg.Outside.Text = func(text string) { copied = text }
	entries := func() map[string]func() {
		found := map[string]func(){}
		for _, item := range s.menuItems() {
			if item.ChildMenu == nil {
				continue
			}
			for _, child := range item.ChildMenu.Items {
				found[child.Label] = child.Action
			}
		}
		return found
	}
	s.tiles.Select(func(sel *Selection) { sel.Go(0, false, false) })
	for label, want := range map[string]string{"SHA-256": hash, "Id": "new"} {
		if entries()[label](); copied != want {
			t.Errorf("%s copies %q", label, copied)
		}
	}
	s.tiles.Select(func(sel *Selection) { sel.Go(1, false, true) })
	if entries()["Id"] != nil {
		t.Error("two files have one id")
	}
}

// A name is shown whole in the card, and so is what stands in the way of the file;
// what comes below them makes room.
func TestDetailsAreWhole(t *testing.T) {
	o := openScreen(t, 3)
	s := o.screen
	o.paint()
	odd := service.File{
		ID: "odd", Name: strings.Repeat("a long name of a file ", 11) + "end.pdf", MIME: "application/pdf", Uploaded: time.Now(),
		Availability: "virus_detected_captcha_required", AvailabilityMessage: strings.Repeat("The scanner has found malware. ", 4),
	}
	o.catalogue.Added(odd)
	o.Until("the file", func() bool { return s.model.list.Len() == 4 && s.model.list.ID(0) == odd.ID })
	plain := func() fyne.Size {
		s.tiles.Select(func(sel *Selection) { sel.Go(1, false, false) })
		return s.details.rows.Size()
	}
	before := plain()
	s.tiles.Select(func(sel *Selection) { sel.Go(0, false, false) })
	name, state := s.details.name, s.details.rows.Objects[0].(*fyne.Container).Objects[1]
	line := s.details.rows.Objects[1].Size().Height
	if high := name.Size().Height; high < 8*line || name.HeightFor(name.Size().Width) > high {
		t.Errorf("the name is %v high", high)
	}
	if high := state.Size().Height; high < 3*line || state.MinSize().Height > high {
		t.Errorf("the state is %v high", high)
	}
	if top, below := state.Size().Height, s.details.rows.Objects[1].Position().Y; below < top {
		t.Errorf("the next fact begins at %v, the state is %v high", below, top)
	}
	if high := s.details.rows.Size().Height; high < before.Height+2*line || s.details.rows.MinSize().Height > high {
		t.Errorf("the facts are %v high, those of a plain file %v", high, before.Height)
	}
	if after := plain(); after != before {
		t.Errorf("a plain file's facts are %v after, %v before", after, before)
	}
}
