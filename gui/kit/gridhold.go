package kit

import "fyne.io/fyne/v2"

// mostHeld is how many events are kept; it takes people seconds to make them.
const mostHeld = 500

// gridHold is what people have done while the grid was on hold.
type gridHold struct {
	on   bool
	kept func() // told when something is kept
	acts []func()
}

// Hold keeps what people do with items, but for scrolling, until Release: its
// source does not know all items yet. Kept is told when there is something.
func (g *Grid) Hold(kept func()) { g.held.on, g.held.kept = true, kept }

// Release ends that, and does what was kept, in its order, or forgets it.
func (g *Grid) Release(do bool) {
	acts := g.held.acts
	g.held = gridHold{}
	for _, act := range acts {
		if do {
			act()
		}
	}
}

// Later keeps f while the grid is on hold, with the modifiers held now, and reports
// whether it did.
func (g *Grid) Later(f func()) bool {
	if !g.held.on {
		return false
	}
	if len(g.held.acts) < mostHeld {
		held := g.keys()
		g.held.acts = append(g.held.acts, func() {
			now := g.keys
			g.keys = func() fyne.KeyModifier { return held }
			f()
			g.keys = now
		})
	}
	g.held.kept()
	return true
}
