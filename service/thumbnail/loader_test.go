package thumbnail_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
	"sluice/service/thumbnail"
	"sluice/storage/thumbs"
)

// sizes notes which sizes a sandbox is asked for.
type sizes struct {
	mu  sync.Mutex
	all []string
}

func recordSizes(s *sandbox.Server) *sizes {
	r := &sizes{}
	s.Clear()
	s.Inject(sandbox.Fault{Times: -1, Match: func(req *http.Request) bool {
		if strings.HasSuffix(req.URL.Path, "/thumbnail") {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.all = append(r.all, req.URL.Query().Get("width"))
		}
		return false
	}})
	return r
}

func (r *sizes) count(side string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.all {
		if s == side {
			n++
		}
	}
	return n
}

func (r *sizes) total() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.all)
}

// checkPictures looks whether every file has the picture that is its own.
func checkPictures(t *testing.T, w *watch, side int, wanted []thumbnail.Wanted) {
	t.Helper()
	for _, one := range wanted {
		img, state := w.Get(one.File, side)
		if !thumbnail.Possible(one.MIME, one.Name) {
			if state != thumbnail.None {
				t.Errorf("%s, %s: %s", one.File, one.MIME, state)
			}
			continue
		}
		if state != thumbnail.Ready || img.Bounds() != image.Rect(0, 0, side, side) || sandbox.PictureID(img) != one.File {
			t.Errorf("%s, %s: %s, a wrong picture", one.File, one.MIME, state)
		}
	}
}

func TestEveryFileGetsItsOwnPicture(t *testing.T) {
	for dialect, sides := range map[int][]int{sandbox.Dialect2020: {160}, sandbox.Dialect2026: {108, 160}} {
		s, wanted := gallery(t, 36, dialect, 0)
		for _, side := range sides {
			asked := recordSizes(s)
			w := start(t, thumbnail.Config{Disk: newDisk(t)})
			w.Use(newClient(t, s))
			for range 5 { // wanting again changes nothing
				w.Want(side, wanted)
			}
			w.awaitAll(t, side, wanted)
			w.Want(side, wanted)
			checkPictures(t, w, side, wanted)
			if n := len(pictured(wanted)); asked.total() != n || n == 0 {
				t.Errorf("%d requests for %d files", asked.total(), n)
			}
			asked.check(t, dialect, side)
			w.Close()
		}
	}
}

// check looks whether nobody was asked for more than it is known to make.
func (r *sizes) check(t *testing.T, dialect, side int) {
	t.Helper()
	plain, large := r.count(""), r.count("256")
	switch {
	case side <= 128:
		if r.count("128") != r.total() {
			t.Errorf("asked for %v at %d", r.all, side)
		}
	case dialect == sandbox.Dialect2020:
		if plain != r.total() {
			t.Errorf("asked the old service for %v", r.all)
		}
	case plain < 1 || large < 1 || plain+large != r.total():
		t.Errorf("asked the new service for %v", r.all)
	}
}

func TestWhatIsOnTheDiskNeedsNoService(t *testing.T) {
	s, wanted := gallery(t, 12, sandbox.Dialect2026, 0)
	broken := upload(t, newClient(t, s), "broken.mp4", []byte("this is no video"))
	wanted = append(wanted, broken)
	disk := newDisk(t)
	client := newClient(t, s)
	w := start(t, thumbnail.Config{Disk: disk})
	w.Use(client)
	w.Want(108, wanted)
	w.awaitAll(t, 108, wanted)
	w.Close()
	before := s.Stats().Begun
	s.Inject(sandbox.Fault{Kind: sandbox.Reset, Times: -1}) // out of reach

	w = start(t, thumbnail.Config{Disk: disk})
	w.Use(client)
	for _, side := range []int{108, 90, 216} { // the last is larger than what is there
		w.Want(side, wanted)
		w.awaitAll(t, side, wanted)
		checkPictures(t, w, side, wanted[:12])
		if _, state := w.Get(broken.File, side); state != thumbnail.None {
			t.Errorf("a file without thumbnail: %s", state)
		}
		if n := s.Stats().Begun - before; side < 128 && n != 0 {
			t.Errorf("%d requests for what is on the disk", n)
		}
	}
}

func TestABetterPictureReplacesARoughOne(t *testing.T) {
	s, wanted := gallery(t, 12, sandbox.Dialect2026, 0)
	wanted = pictured(wanted)[:5]
	disk, client := newDisk(t), newClient(t, s)
	w := start(t, thumbnail.Config{Disk: disk})
	w.Use(client)
	w.Want(100, wanted)
	w.awaitAll(t, 100, wanted)
	asked := recordSizes(s)
	held := s.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, Times: -1, PathPrefix: "/api/file/"})
	w.Want(200, wanted)
	w.awaitAll(t, 200, wanted)
	checkPictures(t, w, 200, wanted)
	rough, _ := w.Get(wanted[0].File, 200)
	if err := held.Wait(t.Context(), len(wanted)); err != nil {
		t.Fatal(err)
	}
	held.Release()
	w.await(t, "a better picture", func() bool {
		img, state := w.Get(wanted[0].File, 200)
		return state == thumbnail.Ready && img != rough
	})
	if got := asked.total(); got != len(wanted) {
		t.Errorf("%d requests", got)
	}
}

func TestScrollingAwayEndsTheRequestsUnderWay(t *testing.T) {
	s, wanted := gallery(t, 80, sandbox.Dialect2026, 0)
	wanted = pictured(wanted)
	client, before := newClient(t, s), s.Stats().Begun
	held := s.Inject(sandbox.Fault{Kind: sandbox.SlowFinish, Times: -1, PathPrefix: "/api/file/", Match: func(r *http.Request) bool {
		return !strings.Contains(r.URL.Path, string(wanted[40].File)) // all but the one that is wanted next
	}})
	w := start(t, thumbnail.Config{Fetchers: 5, Settle: -1})
	w.Use(client)
	w.Want(108, wanted[:20])
	if err := held.Wait(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	if got := s.Stats().Begun - before; got != 5 {
		t.Errorf("%d requests under way", got)
	}
	w.Want(108, wanted[40:41]) // all five fetchers are free for it
	w.awaitAll(t, 108, wanted[40:41])
	checkPictures(t, w, 108, wanted[40:41])
	if got := s.Stats().Begun - before; got != 6 {
		t.Errorf("%d requests begun", got)
	}
	if err := s.Await(t.Context(), func(st sandbox.Stats) bool { return st.Held == 0 }); err != nil {
		t.Errorf("requests that were given up are still open: %v", err)
	}
}

func TestFilesWithoutThumbnailAreNotAskedForAgain(t *testing.T) {
	for _, dialect := range []int{sandbox.Dialect2020, sandbox.Dialect2026} {
		s := sandboxtest.New(t, func(c *sandbox.Config) { c.Dialect = dialect })
		client := newClient(t, s)
		wanted := []thumbnail.Wanted{
			upload(t, client, "broken.mp4", []byte("not a video")),
			upload(t, client, "broken too.mp4", []byte("no video either")),
			upload(t, client, "broken.jpg", []byte("\xff\xd8\xff no photo")),
			upload(t, client, "text.txt", []byte("a text")),
			{File: "missing1", MIME: "image/png"},
		}
		for i := range wanted[:2] {
			wanted[i].MIME = "video/mp4"
		}
		asked := recordSizes(s)
		disk := newDisk(t)
		for range 2 {
			w := start(t, thumbnail.Config{Disk: disk})
			w.Use(client)
			for range 3 {
				w.Want(108, wanted)
				w.awaitAll(t, 108, wanted)
				w.Want(200, wanted)
				w.awaitAll(t, 200, wanted)
				w.Want(108, nil)
			}
			if n := w.states(108, wanted)[thumbnail.None]; n != len(wanted) {
				t.Errorf("dialect %d: %d of %d have none", dialect, n, len(wanted))
			}
			w.Close()
		}
		if got := asked.total(); got != len(wanted)-1 {
			t.Errorf("dialect %d: %d requests for %d files", dialect, got, len(wanted)-1)
		}
	}
}

// A service that answers with an icon in place of a thumbnail gives itself away
// by giving the same for other contents.
func TestTheSameIconForTwoFilesIsTakenBack(t *testing.T) {
	s := sandboxtest.New(t)
	client := newClient(t, s)
	var wanted []thumbnail.Wanted
	for _, text := range []string{"one", "two", "three"} {
		w := upload(t, client, text+".png", []byte("\x89PNG\r\n\x1a\n broken "+text))
		w.MIME = "image/png" // may be transparent
		wanted = append(wanted, w)
	}
	w := start(t, thumbnail.Config{Disk: newDisk(t)})
	w.Use(client)
	w.Want(108, wanted[:1])
	w.awaitAll(t, 108, wanted[:1])
	if _, state := w.Get(wanted[0].File, 108); state != thumbnail.Ready {
		t.Errorf("the first: %s", state)
	}
	w.Want(108, wanted)
	w.await(t, "all to have none", func() bool { return w.states(108, wanted)[thumbnail.None] == 3 })
}

func TestAnswersThatAreNoThumbnails(t *testing.T) {
	var wide bytes.Buffer
	if err := jpeg.Encode(&wide, image.NewRGBA(image.Rect(0, 0, 4000, 10)), nil); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string][]byte{
		"cut":        dot(t, 7, 100)[:120],
		"wide":       wide.Bytes(),
		"huge":       append(dot(t, 7, 100), make([]byte, 2<<20)...),
		"svg":        []byte("<svg xmlns='http://www.w3.org/2000/svg'/>"),
		"page":       []byte("<!DOCTYPE html><title>Log in</title>"),
		"bytes":      {0, 1, 2, 3},
		"claims":     []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\x00\x00\x00"),
		"other kind": []byte("%PDF-1.7 not a picture"),
	} {
		s, wanted := gallery(t, 12, sandbox.Dialect2026, 0)
		wanted = pictured(wanted)[:3]
		s.Inject(sandbox.Fault{Kind: sandbox.Answer, Status: http.StatusOK, Body: body, Type: "image/png", Times: -1, PathPrefix: "/api/file/" + string(wanted[0].File)})
		w := start(t, thumbnail.Config{})
		w.Use(newClient(t, s))
		w.Want(200, wanted)
		w.awaitAll(t, 200, wanted)
		if _, state := w.Get(wanted[0].File, 200); state != thumbnail.None {
			t.Errorf("%s: %s", name, state)
		}
		checkPictures(t, w, 200, wanted[1:])
	}
}

func TestLocalPicturesNeedNoRequest(t *testing.T) {
	s := sandboxtest.New(t)
	client := newClient(t, s)
	dir := t.TempDir()
	paths := map[service.FileID]string{}
	var wanted []thumbnail.Wanted
	for n := range 6 {
		data := dot(t, 1000*n, 300)
		w := upload(t, client, "picture.png", data)
		paths[w.File] = filepath.Join(dir, string(w.File))
		if err := os.WriteFile(paths[w.File], data, 0o600); err != nil {
			t.Fatal(err)
		}
		wanted = append(wanted, w)
	}
	// One is gone and one is broken by now: these are asked for.
	if err := os.Remove(paths[wanted[0].File]); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(paths[wanted[1].File], []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	asked := recordSizes(s)
	disk := newDisk(t)
	cfg := thumbnail.Config{Disk: disk, Local: func(id service.FileID) (string, bool) { return paths[id], paths[id] != "" }}
	for range 2 {
		w := start(t, cfg)
		w.Use(client)
		w.Want(100, wanted)
		w.awaitAll(t, 100, wanted)
		for n, one := range wanted {
			img, state := w.Get(one.File, 100)
			if state != thumbnail.Ready {
				t.Fatalf("%d: %s", n, state)
			}
			c := img.RGBAAt(50, 50)
			if got, want := int(c.R)+int(c.G)<<8, 1000*n&0xffff; abs(got&255-want&255) > 6 || abs(got>>8-want>>8) > 6 {
				t.Errorf("%d: the colour is %v", n, c)
			}
		}
		w.Close()
		cfg.Local = nil // the second time it is on the disk
	}
	if got := asked.total(); got != 2 {
		t.Errorf("%d requests, want those of the two that can't be read", got)
	}
}

func TestLargeLocalPictures(t *testing.T) {
	dir := t.TempDir()
	large := encodePNG(t, image.NewNRGBA(image.Rect(0, 0, 1500, 1500)))
	var data [][]byte
	for range 3 {
		data = append(data, large)
	}
	huge := bytes.Replace(large, []byte("\x00\x00\x05\xdc\x00\x00\x05\xdc"), []byte("\x00\x00\x55\xdc\x00\x00\x55\xdc"), 1)
	at := bytes.Index(huge, []byte("IHDR"))
	binary.BigEndian.PutUint32(huge[at+17:], crc32.ChecksumIEEE(huge[at:at+17]))
	data = append(data, huge)
	wanted := photos(len(data))
	for i, one := range wanted {
		wanted[i].MIME = "image/png"
		if err := os.WriteFile(filepath.Join(dir, string(one.File)), data[i], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := slow(t)
	w := start(t, thumbnail.Config{Decoders: 4, Local: func(id service.FileID) (string, bool) {
		return filepath.Join(dir, string(id)), true
	}})
	w.Use(f)
	w.Want(100, wanted)
	w.awaitAll(t, 100, wanted)
	if got := w.states(100, wanted)[thumbnail.Ready]; got != len(wanted) {
		t.Errorf("%d of %d", got, len(wanted))
	}
	if asks := f.asks(); len(asks) != 1 || asks[0].file != wanted[3].File {
		t.Errorf("requests: %v", asks)
	}
}

// A camera's own small picture is there before its large one is decoded; here
// that never is, because it is cut.
func TestACamerasPreviewIsShownFirst(t *testing.T) {
	photo := func(c color.Color, width, height int) []byte {
		img := image.NewRGBA(image.Rect(0, 0, width, height))
		draw.Draw(img, img.Rect, image.NewUniform(c), image.Point{}, draw.Src)
		var b bytes.Buffer
		if err := jpeg.Encode(&b, img, nil); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	large, small := photo(color.White, 2000, 1500), photo(color.RGBA{200, 0, 0, 255}, 160, 120)
	exif := "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08" + "\x00\x00" + "\x00\x00\x00\x0e" + // no field; the second directory
		"\x00\x02" + "\x02\x01\x00\x04\x00\x00\x00\x01\x00\x00\x00\x2c" + "\x02\x02\x00\x04\x00\x00\x00\x01"
	segment := binary.BigEndian.AppendUint32([]byte(exif), uint32(len(small)))
	segment = append(append(segment, 0, 0, 0, 0), small...)
	data := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(segment)+2))
	data = append(append(data, segment...), large[2:len(large)/2]...)
	data = append(data, make([]byte, 300<<10)...) // previews are taken of large files only
	path := filepath.Join(t.TempDir(), "photo")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	w := start(t, thumbnail.Config{Local: func(service.FileID) (string, bool) { return path, true }})
	w.Want(80, photos(1))
	w.await(t, "the preview", func() bool {
		img, state := w.Get("photo0", 80)
		return state == thumbnail.Ready && img.RGBAAt(40, 40).R > 190 && img.RGBAAt(40, 40).G < 10
	})
}

func abs(n int) int { return max(n, -n) }

func TestAnotherServiceHasOtherPictures(t *testing.T) {
	one, wanted := gallery(t, 12, sandbox.Dialect2026, 0)
	two := sandboxtest.New(t)
	wanted = pictured(wanted)
	w := start(t, thumbnail.Config{Disk: newDisk(t)})
	w.Want(108, wanted)
	if n := w.states(108, wanted)[thumbnail.Ready]; n != 0 {
		t.Errorf("%d pictures from nowhere", n)
	}
	w.Use(newClient(t, one))
	w.awaitAll(t, 108, wanted)
	checkPictures(t, w, 108, wanted)
	w.Use(newClient(t, two)) // has none of the files
	w.await(t, "no picture", func() bool { return w.states(108, wanted)[thumbnail.None] == len(wanted) })
	w.Use(newClient(t, one))
	w.await(t, "all pictures", func() bool { return w.states(108, wanted)[thumbnail.Ready] == len(wanted) })
	checkPictures(t, w, 108, wanted)
	w.Use(nil)
	w.await(t, "no service", func() bool { return w.states(108, wanted)[thumbnail.None] == len(wanted) })
}

func TestADamagedDiskIsNoHindrance(t *testing.T) {
	s, wanted := gallery(t, 12, sandbox.Dialect2026, 0)
	dir := t.TempDir()
	for range 2 {
		disk, err := thumbs.Open(t.Context(), thumbs.Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		w := start(t, thumbnail.Config{Disk: disk})
		w.Use(newClient(t, s))
		w.Want(108, wanted)
		w.awaitAll(t, 108, wanted)
		checkPictures(t, w, 108, wanted)
		w.Close()
		if err := disk.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "thumbs.db"), bytes.Repeat([]byte("damage"), 9999), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Whoever wants what, and however quickly it changes: never a wrong picture,
// and in the end all of them.
func TestWildScrolling(t *testing.T) {
	s, wanted := gallery(t, 400, sandbox.Dialect2026, time.Millisecond)
	w := start(t, thumbnail.Config{Disk: newDisk(t), Settle: -1, Memory: 4 << 20})
	client := newClient(t, s)
	w.Use(client)
	sides := []int{60, 100, 150}
	var wg sync.WaitGroup
	for n := range 3 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(n), 5))
			for range 60 {
				at := r.IntN(len(wanted) - 40)
				w.Want(sides[r.IntN(len(sides))], wanted[at:at+40])
				for range 200 {
					one, side := wanted[r.IntN(len(wanted))], sides[r.IntN(len(sides))]
					if img, state := w.Get(one.File, side); state == thumbnail.Ready && sandbox.PictureID(img) != one.File {
						t.Error("a wrong picture")
					}
				}
				if r.IntN(40) == 0 {
					w.Use(client)
				}
			}
		})
	}
	wg.Wait()
	last := wanted[100:140]
	w.Want(108, last)
	w.awaitAll(t, 108, last)
	checkPictures(t, w, 108, last)
}

// At rest the pictures that are wanted stay, the others come from the disk; where
// there is none, all of them stay.
func TestSparePicturesAreThoseOutOfSight(t *testing.T) {
	s, wanted := gallery(t, 24, sandbox.Dialect2026, 0)
	wanted = pictured(wanted)
	far, near := wanted[:len(wanted)/2], wanted[len(wanted)/2:]
	for name, disk := range map[string]*thumbs.Store{"disk": newDisk(t), "none": nil} {
		w := start(t, thumbnail.Config{Disk: disk})
		w.Use(newClient(t, s))
		for _, some := range [][]thumbnail.Wanted{far, near} {
			w.Want(108, some)
			w.awaitAll(t, 108, some)
		}
		w.Spare()
		want := map[thumbnail.State]int{thumbnail.Ready: len(far)}
		if disk != nil {
			want = map[thumbnail.State]int{thumbnail.Coming: len(far)}
		}
		if got := w.states(108, far); !maps.Equal(got, want) {
			t.Errorf("%s: of those out of sight %v, want %v", name, got, want)
		}
		checkPictures(t, w, 108, near)
		asked := s.Stats().Begun
		w.Want(108, far)
		w.awaitAll(t, 108, far)
		checkPictures(t, w, 108, far)
		if got := s.Stats().Begun; got != asked {
			t.Errorf("%s: the service was asked %d times for what was spare", name, got-asked)
		}
		w.Close()
	}
}
