package watch

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

func TestRules(t *testing.T) {
	t.Parallel()
	shots := Rules{Kinds: []Kind{Images, Videos}, Include: []string{"Screen*", "cam/*"}, Exclude: []string{"*secret*"}}
	for _, c := range []struct {
		rules Rules
		rel   string
		want  Reason
	}{
		{Rules{}, "a", ""},
		{Rules{}, "a.b/c.d", ""},
		{Rules{}, ".a", ReasonHidden},
		{Rules{}, "x/.git/a", ReasonHidden},
		{Rules{}, "a.PART", ReasonTemporary},
		{Rules{}, "a.crdownload", ReasonTemporary},
		{Rules{}, "a.txt~", ReasonTemporary},
		{Rules{}, "~$a.docx", ReasonTemporary},
		{Rules{}, "Thumbs.db", ReasonTemporary},
		{Rules{}, "x.part/a.txt", ""},
		{Rules{}, "film.mp4.ytdl", ReasonTemporary},
		{Rules{}, "Unconfirmed 12345.crdownload", ReasonTemporary},
		{Rules{}, "film.mp4.part-Frag12", ReasonTemporary},
		{Rules{}, "film.mp4.part-Frag12.part", ReasonTemporary},
		{Rules{}, "film.part-fragment", ""},
		{Rules{}, "film.f137.mp4.part", ReasonTemporary},
		{Rules{}, "film.temp.mp4", ReasonTemporary},
		{Rules{}, "temp.mp4", ""},
		{Rules{}, "film.temporal.mp4", ""},
		{Rules{}, "film.part1.rar", ""},
		{Rules{}, "notes.txt.sb-1a2b3c4d-Xy7z8w", ReasonTemporary},
		{Rules{}, "notes.sb-1a2b", ""},
		{Rules{}, ".notes.txt.swp", ReasonHidden},
		{Rules{}, ".photo.jpg.Xy7z8w", ReasonHidden}, // rsync
		{Rules{}, ".~lock.a.odt#", ReasonHidden},
		{Rules{}, "$RECYCLE.BIN/S-1-5/$R1.png", ReasonHidden},
		{Rules{}, "x/lost+found/a", ReasonHidden},
		{Rules{}, "lost+found.txt", ""},
		{Rules{}, "Film.zip.download/Film.zip", ReasonTemporary},
		{Rules{}, "downloads/Film.zip", ""},
		{Rules{}, "a\xff", ReasonName},
		{Rules{}, strings.Repeat("ä", 255), ""},
		{Rules{}, strings.Repeat("ä", 256), ReasonName},
		{shots, "Screenshot 1.PNG", ""},
		{shots, "deep/screen.mp4", ""},
		{shots, "cam/a.jpeg", ""},
		{shots, "x/cam/a.jpeg", ReasonInclude},
		{shots, "Screenshot.txt", ReasonKind},
		{shots, "Screenshot", ReasonKind},
		{shots, "photo.png", ReasonInclude},
		{shots, "Screen Secret.png", ReasonExclude},
	} {
		if got := c.rules.Name(filepath.FromSlash(c.rel)); got != c.want {
			t.Errorf("%q: %q, want %q", c.rel, got, c.want)
		}
	}
	sizes := Rules{MinSize: 10, MaxSize: 20}
	if sizes.Size(9) != ReasonSmall || sizes.Size(10) != "" || sizes.Size(20) != "" || sizes.Size(21) != ReasonLarge || (Rules{}).Size(1<<60) != "" {
		t.Error("wrong sizes")
	}
	for _, bad := range []Rules{{Kinds: []Kind{"x"}}, {Include: []string{"["}}, {Exclude: []string{""}}, {Exclude: []string{"/"}}, {MinSize: -1}, {MinSize: 5, MaxSize: 4}} {
		if bad.Check() == nil {
			t.Errorf("%+v: no error", bad)
		}
	}
	if err := shots.Check(); err != nil {
		t.Error(err)
	}
}

func TestPieces(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"A film [x1].f137.mp4": "A film [x1]", "a.f251-drc.webm": "a", "a.f140.m4a": "a",
		"a.mp4": "", "a.f.mp4": "", "a.fin.mp4": "", "a.f28.jpg": "", "f137.mp4": "", "a.f137": "",
	} {
		if title, ok := piece(name); ok != (want != "") || ok && title != want {
			t.Errorf("%q: %q, %v", name, title, ok)
		}
	}
}

func FuzzRules(f *testing.F) {
	f.Add("a/b.png", "*.png", "c*", int64(5))
	f.Add(".x", "", "[a-z]?", int64(-1))
	f.Fuzz(func(t *testing.T, rel, include, exclude string, size int64) {
		r := Rules{Kinds: []Kind{Images}, Include: []string{include}, Exclude: []string{exclude}}
		got := r.Name(rel)
		_ = r.Size(size)
		if r.Check() != nil {
			return
		}
		slashed := filepath.ToSlash(rel)
		if (hidden(slashed) || temporary(path.Base(slashed))) && got == "" {
			t.Errorf("%q was taken", rel)
		}
		if got == "" && r.Name(strings.ToUpper(rel)) == ReasonKind {
			t.Errorf("%q depends on upper and lower case", rel)
		}
		free := r
		free.Exclude = nil
		if got == "" && free.Name(rel) != "" {
			t.Errorf("%q is taken only because of what is excluded", rel)
		}
	})
}

func riff(n int) []byte {
	b := append([]byte("RIFF\x00\x00\x00\x00WEBP"), bytes.Repeat([]byte("x"), n)...)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

func TestComplete(t *testing.T) {
	t.Parallel()
	bmp := append([]byte("BM\x28\x00\x00\x00"), bytes.Repeat([]byte("x"), 34)...)
	for name, whole := range map[string][]byte{
		"png":  []byte(picture(t, 20)),
		"jpeg": append([]byte("\xff\xd8\xff\xe0"), append(make([]byte, 100), 0xff, 0xd9)...),
		"gif":  append([]byte("GIF89a"), append(make([]byte, 100), 0, ';')...),
		"webp": riff(100),
		"bmp":  bmp,
	} {
		is := func(b []byte) bool { return complete(bytes.NewReader(b), int64(len(b))) }
		if !is(whole) {
			t.Errorf("%s: a whole one is not", name)
		}
		for n := range whole {
			if is(whole[:n]) {
				t.Errorf("%s: %d of %d bytes are taken for all", name, n, len(whole))
			}
			if hollow := append(bytes.Clone(whole[:n]), make([]byte, len(whole)-n)...); n < len(whole)-12 && is(hollow) {
				t.Errorf("%s: filled to %d of %d bytes is taken for all", name, n, len(whole))
			}
		}
	}
	if text := []byte(strings.Repeat("text ", 20)); complete(bytes.NewReader(text), int64(len(text))) {
		t.Error("a text knows no end")
	}
}

func FuzzComplete(f *testing.F) {
	f.Add([]byte("GIF89a"), int64(6))
	f.Add(riff(9), int64(21))
	f.Fuzz(func(t *testing.T, b []byte, size int64) {
		if complete(bytes.NewReader(b), size) && size > int64(len(b)) {
			t.Error("complete beyond its end")
		}
	})
}

func TestLookInto(t *testing.T) {
	r := newRig(t)
	r.mkdir("sub/.git")
	for name, content := range map[string]string{"b.png": "12345", "a.png": "123", "c.txt": "1", "d.png": "", "e.part": "1", "sub/f.png": "1", "sub/.git/g.png": "1"} {
		r.write(name, content)
	}
	opts := DefaultOptions()
	opts.Rules.Kinds = []Kind{Images}
	p, err := LookInto(t.Context(), r.dir, opts, 1, nil)
	r.ok(err)
	if p.Files != 2 || p.Bytes != 8 || len(p.Names) != 1 || p.Names[0] != "a.png" ||
		p.Skipped[ReasonKind] != 1 || p.Skipped[ReasonEmpty] != 1 || p.Skipped[ReasonTemporary] != 1 {
		t.Errorf("%+v", p)
	}
	opts.Subfolders = true
	if p, err = LookInto(t.Context(), r.dir, opts, 9, nil); err != nil || p.Files != 3 || p.Names[2] != filepath.Join("sub", "f.png") {
		t.Errorf("%+v, %v", p, err)
	}
	if _, err := LookInto(t.Context(), r.path("none"), opts, 1, nil); err == nil {
		t.Error("no error")
	}
}

func TestLookIntoTellsHowFarItIs(t *testing.T) {
	r := newRig(t)
	for i := range 2 * tellEvery {
		r.write(fmt.Sprintf("%04d.png", i), "12")
	}
	var told []int
	p, err := LookInto(t.Context(), r.dir, DefaultOptions(), 1, func(files int, bytes int64) {
		if bytes != 2*int64(files) {
			t.Errorf("%d files of %d bytes", files, bytes)
		}
		told = append(told, files)
	})
	r.ok(err)
	if p.Files != 2*tellEvery || len(told) != 2 || told[0] >= told[1] {
		t.Errorf("%d files, told %v", p.Files, told)
	}
	if OnNetwork(r.dir) {
		t.Error("a folder for tests is on the network")
	}
}
