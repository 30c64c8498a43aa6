package session

import (
	"testing"

	"sluice/service"
	"sluice/service/library"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

func TestRename(t *testing.T) {
	for name, dialect := range map[string]int{"2020": sandbox.Dialect2020, "2026": sandbox.Dialect2026} {
		t.Run(name, func(t *testing.T) {
			server := sandboxtest.New(t, func(c *sandbox.Config) { c.Files, c.Dialect = 20, dialect })
			s := enter(t, Config{Home: newHome(t), Keyring: newRing(), APIURL: server.APIURL(), Key: sandboxtest.Key, OnOpen: func() {}})
			l := browse(t, s)
			untilListed(t, l, listed(20))
			f := server.Files()[7]
			before, _ := l.Catalogue.File(f.ID)
			called := func(name string) func(library.Status) bool {
				return func(library.Status) bool {
					f, ok := l.Catalogue.File(f.ID)
					return ok && f.Name == name
				}
			}
			if !l.CanRename() {
				t.Fatal("nothing was asked yet, and it is said that the service can't rename")
			}
			err := l.Rename(t.Context(), f.ID, "another name.jpg")
			if dialect == sandbox.Dialect2020 {
				if e := service.AsError("", err); e == nil || e.Value != service.ReasonNoMethod || l.CanRename() {
					t.Errorf("%v, and it can rename: %v", err, l.CanRename())
				}
				untilListed(t, l, called(before.Name))
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			untilListed(t, l, called("another name.jpg"))
			if now, err := server.File(f.ID); err != nil || now.Name != "another name.jpg" {
				t.Errorf("the service has %q, %v", now.Name, err)
			}
			if now, _ := l.Catalogue.File(f.ID); now.SHA256 != before.SHA256 || now.Size != before.Size || !now.Uploaded.Equal(before.Uploaded) {
				t.Errorf("more than the name has changed: %+v", now)
			}
			l.Catalogue.Refresh()
			untilListed(t, l, func(s library.Status) bool { return listed(20)(s) && called("another name.jpg")(s) })

			if err := l.Rename(t.Context(), "nothing1", "x"); service.KindOf(err) != service.NotFound {
				t.Errorf("a file that is not there: %v", err)
			}
			if !l.CanRename() {
				t.Error("a missing file is taken for a missing method")
			}
		})
	}
}
