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

// tree does things to a watched folder, at random but repeatably, and keeps
// account of what has to be on the server in the end.
type tree struct {
	t      *testing.T
	dir    string
	random *rand.Rand
	away   string            // where the folder is while it is away, "" = in its place
	locked bool              // nobody but root may read the folder
	locks  bool              // it may stay so
	live   map[string]string // content by name, of what is there
	must   map[string]string // hash → name, of all that stood still once
	ever   map[string]bool   // hashes of all that was ever written to its end
	n      int
}

func newTree(t *testing.T, dir string, seed uint64) *tree {
	t.Helper()
	t.Logf("seed %d", seed)
	return &tree{t: t, dir: dir, random: rand.New(rand.NewPCG(seed, 1)), live: make(map[string]string), must: make(map[string]string), ever: make(map[string]bool)}
}

func (c *tree) ok(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *tree) where() string {
	if c.away != "" {
		return c.away
	}
	return c.dir
}

func (c *tree) some() string {
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

func (c *tree) create() {
	dirs := chaosDirs()
	name := filepath.Join(dirs[c.random.IntN(len(dirs))], fmt.Sprintf("f%d.txt", c.n))
	content := fmt.Sprintf("file %d %d", c.n, c.random.Uint64())
	c.n++
	c.ever[sumOf([]byte(content))] = true
	path := filepath.Join(c.where(), name)
	c.ok(os.MkdirAll(filepath.Dir(path), 0o755))
	switch c.random.IntN(3) {
	case 0:
		c.ok(os.WriteFile(path, []byte(content), 0o644))
	case 1:
		c.ok(errors.Join(os.WriteFile(path+".tmp", []byte(content), 0o644), os.Rename(path+".tmp", path)))
	default:
		f, err := os.Create(path)
		c.ok(err)
		c.ok(errors.Join(slowly(f, time.Millisecond, content[:5], content[5:]), f.Close()))
	}
	c.live[name] = content
}

func (c *tree) refuse() {
	dir := c.where()
	c.n++
	switch c.random.IntN(3) {
	case 0:
		c.ok(os.WriteFile(filepath.Join(dir, fmt.Sprintf("f%d.part", c.n)), []byte("never"), 0o644))
	case 1:
		c.ok(os.WriteFile(filepath.Join(dir, fmt.Sprintf(".f%d", c.n)), []byte("never"), 0o644))
	default:
		c.ok(os.Symlink("/etc/hostname", filepath.Join(dir, fmt.Sprintf("l%d.txt", c.n))))
	}
}

func (c *tree) rename() {
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

func (c *tree) edit() {
	if name := c.some(); name != "" {
		c.live[name] += fmt.Sprintf(" and %d", c.random.Uint64())
		c.ever[sumOf([]byte(c.live[name]))] = true
		c.ok(os.WriteFile(filepath.Join(c.where(), name), []byte(c.live[name]), 0o644))
	}
}

func (c *tree) remove() {
	if name := c.some(); name != "" {
		c.ok(os.Remove(filepath.Join(c.where(), name)))
		delete(c.live, name)
	}
}

// moveDir renames a subfolder and back, with a file made in between.
func (c *tree) moveDir() {
	from, to := filepath.Join(c.where(), "a"), filepath.Join(c.where(), "moved")
	if os.Rename(from, to) != nil {
		return // there is none yet
	}
	name := fmt.Sprintf("f%d.txt", c.n)
	c.n++
	c.ok(os.WriteFile(filepath.Join(to, name), []byte("in "+name), 0o644))
	c.ok(os.Rename(to, from))
	c.live[filepath.Join("a", name)] = "in " + name
	c.ever[sumOf([]byte("in "+name))] = true
}

// goOrCome takes the folder away or back.
func (c *tree) goOrCome() {
	if c.away != "" {
		c.ok(os.Rename(c.away, c.dir))
		c.away = ""
		return
	}
	c.away = c.dir + " away"
	c.ok(os.Rename(c.dir, c.away))
}

// begin empties the folder by making it anew.
func (c *tree) begin() {
	if c.away != "" {
		return
	}
	err := os.RemoveAll(c.dir)
	for range 100 { // the watcher's test file may come in between
		if err == nil {
			break
		}
		err = os.RemoveAll(c.dir)
	}
	c.ok(err)
	c.ok(os.Mkdir(c.dir, 0o755))
	c.locked = false
	clear(c.live)
}

// forbid takes the permission to read the folder, or gives it back.
func (c *tree) forbid() {
	if c.locked = !c.locked; c.locked {
		c.ok(os.Chmod(c.where(), 0))
	}
	if !c.locks {
		c.locked = false
	}
	if !c.locked {
		c.ok(os.Chmod(c.where(), 0o755))
	}
}

// act does one thing of many; false for what only whoever runs the watcher can
// do.
func (c *tree) act(n int) bool {
	switch {
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
	default:
		return false
	}
	return true
}

// calm brings the folder back, with one more file in it, and notes that all
// that is there has to arrive.
func (c *tree) calm() {
	if c.away != "" {
		c.goOrCome()
	}
	if c.locked {
		c.forbid()
	}
	mark := fmt.Sprintf("mark%d.txt", c.n)
	c.n++
	c.ok(os.WriteFile(filepath.Join(c.dir, mark), []byte(mark), 0o644))
	c.live[mark] = mark
	c.ever[sumOf([]byte(mark))] = true
	for name, content := range c.live {
		c.must[sumOf([]byte(content))] = name
	}
}

// arrived reports whether all that is there is on the server.
func (c *tree) arrived(files []sent) bool {
	have := make(map[string]bool)
	for _, f := range files {
		have[f.sum] = true
	}
	for _, content := range c.live {
		if !have[sumOf([]byte(content))] {
			return false
		}
	}
	return true
}

// judge checks what the server has in the end.
func (c *tree) judge(files []sent) {
	c.t.Helper()
	seen := make(map[string]bool)
	for _, f := range files {
		if seen[f.sum] {
			c.t.Errorf("%s is there twice", f.path)
		}
		seen[f.sum] = true
		if f.sum == sumOf([]byte("never")) || filepath.Ext(f.path) != ".txt" {
			c.t.Errorf("%s should have been skipped", f.path)
		}
		if !c.ever[f.sum] {
			c.t.Errorf("%s was never as it is on the server", f.path)
		}
	}
	for sum, name := range c.must {
		if !seen[sum] {
			c.t.Errorf("%s is missing", name)
		}
	}
}

// chaos is a tree with a watcher in this process.
type chaos struct {
	*rig
	tree *tree
	id   FolderID
}

// kill ends the program with its database torn away, and starts it again.
func (c *chaos) kill() {
	c.ok(c.cfg.DB.Close())
	c.sub.Close()
	c.ok(c.w.Close())
	c.open()
}

// settle waits until all that is there is on the server.
func (c *chaos) settle() {
	c.t.Helper()
	c.tree.calm()
	c.until("everything on the server", func() bool {
		card := c.cards[c.id]
		return c.tree.arrived(c.server.sent()) && card.State == Watching && card.Pending == 0 && card.Queued == 0
	})
}

func runChaos(t *testing.T, seed uint64, steps int) {
	t.Helper()
	r := newRig(t)
	c := &chaos{rig: r, tree: newTree(t, r.dir, seed)}
	opts := deepOptions()
	opts.Edited = true
	c.id = r.watch(opts)
	for range steps {
		switch n := c.tree.random.IntN(100); {
		case c.tree.act(n):
		case n < 97:
			c.kill()
		default:
			c.settle()
		}
	}
	c.settle()
	c.tree.judge(c.server.sent())
	t.Attr("figures", fmt.Sprintf("%d operations; %d files stood still, all of them among the %d sent", steps, len(c.tree.must), len(c.server.sent())))
}

func TestChaos(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { runChaos(t, seed, 150) })
	}
}
