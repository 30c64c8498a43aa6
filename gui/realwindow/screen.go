//go:build realwindow

package realwindow

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"time"

	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/xproto"
)

// Image is what the window shows now.
func (w *Window) Image() (*image.RGBA, error) {
	size, err := w.Size()
	if err != nil {
		return nil, err
	}
	return w.part(image.Rectangle{Max: size})
}

// part is what a part of the window shows, from (0, 0).
func (w *Window) part(of image.Rectangle) (*image.RGBA, error) {
	img := image.NewRGBA(image.Rectangle{Max: of.Size()})
	data, err := w.pixels(of)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(img.Pix); i += 4 { // BGRX to RGBA
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = data[i+2], data[i+1], data[i], 0xff
	}
	return img, nil
}

// pixels gives a part of the window as the X server has it: four bytes a pixel,
// blue, green, red, and one that means nothing.
func (w *Window) pixels(part image.Rectangle) ([]byte, error) {
	reply, err := xproto.GetImage(w.display.conn, xproto.ImageFormatZPixmap, xproto.Drawable(w.id),
		int16(part.Min.X), int16(part.Min.Y), uint16(part.Dx()), uint16(part.Dy()), ^uint32(0)).Reply()
	if err != nil {
		return nil, fmt.Errorf("read the window: %w", err)
	}
	if len(reply.Data) < 4*part.Dx()*part.Dy() {
		return nil, fmt.Errorf("part %v of the window gave %d bytes", part, len(reply.Data))
	}
	return reply.Data, nil
}

// SavePNG writes a picture to a file, making its folder.
func SavePNG(path string, img image.Image) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("folder for screenshots: %w", err)
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("screenshot: %w", err)
	}
	quick := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := quick.Encode(f, img); err != nil {
		_ = f.Close()
		return fmt.Errorf("screenshot %s: %w", path, err)
	}
	return f.Close()
}

// Await looks at the window now and after each change of its pixels, until
// done accepts what it shows, and gives that.
func (w *Window) Await(ctx context.Context, done func(*image.RGBA) bool) (*image.RGBA, error) {
	watch, err := w.watchPixels()
	if err != nil {
		return nil, err
	}
	defer watch.close()
	for {
		img, err := w.Image()
		if err != nil {
			return nil, err
		}
		if done(img) {
			return img, nil
		}
		if err := watch.next(ctx); err != nil {
			return img, err
		}
	}
}

// Settled waits until the pixels have not changed for quiet although the program
// has answered meanwhile, and gives them.
func (w *Window) Settled(ctx context.Context, quiet time.Duration) (*image.RGBA, error) {
	defer w.display.step("wait until nothing moves")()
	watch, err := w.watchPixels()
	if err != nil {
		return nil, err
	}
	defer watch.close()
	for {
		moved, err := watch.within(ctx, quiet)
		if err == nil && !moved {
			err = w.Answered(ctx)
		}
		if err == nil && !moved {
			moved, err = watch.within(ctx, 0)
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("the window never stands still: %w", ctx.Err())
		}
		if err != nil {
			return nil, err
		}
		if !moved {
			return w.Image()
		}
	}
}

// pixelWatch tells of changes to a window's pixels (X Damage extension).
type pixelWatch struct {
	window *Window
	id     damage.Damage
	events *inbox
}

func (w *Window) watchPixels() (*pixelWatch, error) {
	conn := w.display.conn
	id, err := damage.NewDamageId(conn)
	if err != nil {
		return nil, fmt.Errorf("damage id: %w", err)
	}
	p := &pixelWatch{window: w, id: id, events: w.display.subscribe()}
	if err := damage.CreateChecked(conn, id, xproto.Drawable(w.id), damage.ReportLevelNonEmpty).Check(); err != nil {
		p.events.close()
		return nil, fmt.Errorf("watch the window's pixels: %w", err)
	}
	return p, nil
}

func (p *pixelWatch) close() {
	p.events.close()
	_ = damage.DestroyChecked(p.window.display.conn, p.id).Check()
}

// within reports whether there is a change in a time. It takes no longer, and
// sees in any case what has come already.
func (p *pixelWatch) within(ctx context.Context, limit time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := p.next(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return false, nil
	}
	return err == nil, err
}

// next waits for a change since the last call (or since the watch began).
func (p *pixelWatch) next(ctx context.Context) error {
	for {
		event, err := p.events.next(ctx)
		if err != nil {
			return fmt.Errorf("waiting for the window to change: %w", err)
		}
		switch e := event.(type) {
		case damage.NotifyEvent:
			if e.Damage != p.id {
				continue
			}
			// From here the next change gives the next event.
			if err := damage.SubtractChecked(p.window.display.conn, p.id, 0, 0).Check(); err != nil {
				return fmt.Errorf("watch the window's pixels: %w", err)
			}
			return nil
		case xproto.DestroyNotifyEvent:
			if e.Window == p.window.id {
				return errors.New("the window was closed")
			}
		}
	}
}
