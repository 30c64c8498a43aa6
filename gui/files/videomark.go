package files

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"sluice/gui/kit"
	"sluice/service/library"
)

// videoMark tells a video from a photo: a triangle in a corner of its picture. A
// tile makes one when it first shows a video.
type videoMark struct {
	back *canvas.Rectangle
	icon *kit.Icon
}

const (
	videoWide float32 = 24
	videoHigh float32 = 18
)

// showVideo shows the mark where the tile has a video's picture.
func (t *tile) showVideo() {
	video := !t.picture.Hidden && !strings.HasPrefix(t.file.MIME, "image/") && library.KindOf(&t.file) == library.Video
	if t.video == nil {
		if !video {
			return
		}
		t.video = &videoMark{&canvas.Rectangle{CornerRadius: 5}, kit.NewIcon(kit.IconPlay, kit.ColorText, 12)}
		t.objects = append(t.objects, t.video.back, t.video.icon)
		t.colorVideo()
		t.placeVideo()
	}
	if t.video.back.Hidden == video {
		t.video.back.Hidden, t.video.icon.Hidden = !video, !video
		t.colorVideo()
		t.video.icon.Refresh() // the theme may have changed meanwhile
	}
}

// placeVideo puts the mark as far from the picture's edges as the tick is.
func (t *tile) placeVideo() {
	if t.video == nil {
		return
	}
	at := fyne.NewPos(tilePad+tickInset, tilePad+t.look.picture-tickInset-videoHigh)
	for _, o := range []fyne.CanvasObject{t.video.back, t.video.icon} {
		o.Resize(fyne.NewSize(videoWide, videoHigh))
		o.Move(at)
	}
}

func (t *tile) colorVideo() {
	if t.video != nil {
		t.video.back.FillColor = theme.ColorForWidget(kit.ColorPage, t)
	}
}
