package files

import (
	"image"

	"sluice/service"
	"sluice/service/thumbnail"
)

// screenPictures gives the tiles their pictures, and the details their preview: it
// is wanted first.
type screenPictures struct{ s *Screen }

// Want is thumbnail.Loader's.
func (p screenPictures) Want(side int, wanted []thumbnail.Wanted) {
	p.s.side, p.s.wanted = side, wanted
	p.s.wantPreview()
}

// Get is thumbnail.Loader's.
func (p screenPictures) Get(id service.FileID, side int) (*image.RGBA, thumbnail.State) {
	if p.s.lib.Thumbs == nil {
		return nil, thumbnail.Coming
	}
	return p.s.lib.Thumbs.Get(id, side)
}

func (s *Screen) wantPreview() {
	if s.lib.Thumbs == nil {
		return
	}
	wanted := s.wanted
	if preview, ok := s.details.wanted(); ok {
		wanted = append([]thumbnail.Wanted{preview}, wanted...)
	}
	s.lib.Thumbs.Want(s.side, wanted)
}
