package watch

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// chaos does things to a watched folder, at random but repeatably, and keeps
// account of what has to be on the server in the end.
type chaos struct {
	*rig
	random *rand.Rand
	id     FolderID
	away   string            // where the folder is while it is away, "" = in its place
	live   map[string]string // content by name, of what is there
	must   map[string]string // hash → name, of all that stood still once
	n      int
}

func (c *chaos) where() string {
	if c.away != "" {
		return c.away
	}
	return c.dir
}

func (c *chaos) some() string {
	names := make([]string, 0, len(c.live))
	for i := range c.n {
		for _, dir := range chaosDirs() {
			if name := filepath.Join(dir, fmt.Sprintf("f%d.txt", i)); c.live[name] != "" {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return ""
	}
	return names[c.random.IntN(len(names))]
}

func chaosDirs() []string {
	return []string{".", "a", filepath.Join("a", "b"), "c", filepath.Join("c", "d", "e")}
}

func (c *chaos) create() {
	dirs := chaosDirs()
	name := filepath.Join(dirs[c.random.IntN(len(dirs))], fmt.Sprintf("f%d.txt", c.n))
	content := fmt.Sprintf("file %d %d", c.n, c.random.Uint64())
	c.n++
	path := filepath.Join(c.where(), name)
	c.ok(os.MkdirAll(filepath.Dir(path), 0o755))
	switch c.random.IntN(3) {
	case 0:
		c.ok(os.WriteFile(path, []byte(content), 0o600))
	case 1:
		c.ok(errors.Join(os.WriteFile(path+".tmp", []byte(content), 0o600), os.Rename(path+".tmp", path)))
	default:
		f, err := os.Create(path)
		c.ok(err)
		c.ok(errors.Join(slowly(f, time.Millisecond, content[:5], content[5:]), f.Close()))
	}
	c.live[name] = content
}

func (c *chaos) refuse() {
	dir := c.where()
	c.n++
	switch c.random.IntN(3) {
	case 0:
		c.ok(os.WriteFile(filepath.Join(dir, fmt.Sprintf("f%d.part", c.n)), []byte("never"), 0o600))
	case 1:
		c.ok(os.WriteFile(filepath.Join(dir, fmt.Sprintf(".f%d", c.n)), []byte("never"), 0o600))
	default:
		c.ok(os.Symlink("/etc/hostname", filepath.Join(dir, fmt.Sprintf("l%d.txt", c.n))))
	}
}

func (c *chaos) rename() {
	name := c.some()
	if name == "" {
		return
	}
	next := filepath.Join(filepath.Dir(name), fmt.Sprintf("f%d.txt", c.n))
	c.n++
	c.ok(os.Rename(filepath.Join(c.where(), name), filepath.Join(c.where(), next)))
	c.live[next] = c.live[name]
	delete(c.live, name)
}

func (c *chaos) edit() {
	if name := c.some(); name != "" {
		c.live[name] += fmt.Sprintf(" and %d", c.random.Uint64())
		c.ok(os.WriteFile(filepath.Join(c.where(), name), []byte(c.live[name]), 0o600))
	}
}

func (c *chaos) remove() {
	if name := c.some(); name != "" {
		c.ok(os.Remove(filepath.Join(c.where(), name)))
		delete(c.live, name)
	}
}

// moveDir renames a subfolder and back, with a file made in between.
func (c *chaos) moveDir() {
	from, to := filepath.Join(c.where(), "a"), filepath.Join(c.where(), "moved")
	if os.Rename(from, to) != nil {
		return // there is none yet
	}
	name := fmt.Sprintf("f%d.txt", c.n)
	c.n++
	c.ok(os.WriteFile(filepath.Join(to, name), []byte("in "+name), 0o600))
	c.ok(os.Rename(to, from))
	c.live[filepath.Join("a", name)] = "in " + name
}

// goOrCome takes the folder away or back.
func (c *chaos) goOrCome() {
	if c.away != "" {
		c.ok(os.Rename(c.away, c.dir))
		c.away = ""
		return
	}
	c.away = c.dir + " away"
	c.ok(os.Rename(c.dir, c.away))
}

// begin empties the folder by making it anew.
func (c *chaos) begin() {
	if c.away != "" {
		return
	}
	c.ok(os.RemoveAll(c.dir))
	c.mkdir("")
	clear(c.live)
}

func (c *chaos) forbid() {
	c.ok(os.Chmod(c.where(), 0))
	c.ok(os.Chmod(c.where(), 0o755))
}

// kill ends the program with its database torn away, and starts it again.
func (c *chaos) kill() {
	c.ok(c.cfg.DB.Close())
	c.sub.Close()
	c.ok(c.w.Close())
	c.open()
}

func (c *chaos) act() {
	switch n := c.random.IntN(100); {
	case n < 40:
		c.create()
	case n < 50:
		c.rename()
	case n < 62:
		c.edit()
	case n < 70:
		c.remove()
	case n < 76:
		c.refuse()
	case n < 82:
		c.moveDir()
	case n < 90:
		c.goOrCome()
	case n < 92:
		c.begin()
	case n < 95:
		c.forbid()
	case n < 97:
		c.kill()
	default:
		c.settle()
	}
}

// settle waits until all that is there is on the server.
func (c *chaos) settle() {
	c.t.Helper()
	if c.away != "" {
		c.goOrCome()
	}
	mark := fmt.Sprintf("mark%d.txt", c.n)
	c.n++
	c.write(mark, mark)
	c.live[mark] = mark
	for name, content := range c.live {
		c.must[sumOf([]byte(content))] = name
	}
	c.until("everything on the server", func() bool {
		have := make(map[string]bool)
		for _, f := range c.server.sent() {
			have[f.sum] = true
		}
		for _, content := range c.live {
			if !have[sumOf([]byte(content))] {
				return false
			}
		}
		card := c.cards[c.id]
		return card.State == Watching && card.Pending == 0 && card.Queued == 0
	})
}

func runChaos(t *testing.T, seed uint64, steps int) {
	t.Helper()
	r := newRig(t)
	t.Logf("seed %d", seed)
	c := &chaos{rig: r, random: rand.New(rand.NewPCG(seed, 1)), live: make(map[string]string), must: make(map[string]string)}
	opts := deepOptions()
	opts.Edited = true
	c.id = r.watch(opts)
	for range steps {
		c.act()
	}
	c.settle()
	seen := make(map[string]bool)
	for _, f := range c.server.sent() {
		if seen[f.sum] {
			t.Errorf("%s is there twice", f.path)
		}
		seen[f.sum] = true
		if f.sum == sumOf([]byte("never")) || filepath.Ext(f.path) != ".txt" {
			t.Errorf("%s should have been skipped", f.path)
		}
	}
	for sum, name := range c.must {
		if !seen[sum] {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestChaos(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { runChaos(t, seed, 150) })
	}
}
