// Package arch_test checks what no compiler does: which package may import
// which, and a few house rules. See docs/ARCHITECTURE.md.
package arch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// graph gives the direct imports of every package of the program and of all
// that it pulls in, tests left out.
type graph map[string][]string

// rule forbids imports. from and to choose packages by their import paths.
type rule struct {
	name       string
	from, to   func(pkg string) bool
	transitive bool // also by way of other packages
	reason     string
}

func rules() []rule {
	return []rule{
		{
			"the services know no window", below("sluice/service"), below("sluice/gui", "fyne.io", "github.com/fyne-io"), true,
			"uploads run without a window: from the command line, in tests, one day as a daemon",
		},
		{
			"storage knows no window", below("sluice/storage"), below("sluice/gui", "fyne.io", "github.com/fyne-io"), true,
			"what is kept must outlive every change of the interface",
		},
		{
			"storage knows no service", below("sluice/storage"), below("sluice/service"), true,
			"storage has its own row types, so that the database changes by migrations and never by renaming a field",
		},
		{
			"storage does no network", below("sluice/storage"), is("net/http"), false,
			"a key or a file name leaves the computer through one package only: service/pixeldrain",
		},
		{
			"the window does no network", below("sluice/gui"), is("net/http"), false,
			"the interface's goroutine never waits for a network",
		},
		{
			"the window asks the services", below("sluice/gui"), below("sluice/storage"), false,
			"state is read through a service, which orders changes; a screen beside it would show something older",
		},
		{
			"the vocabulary needs nothing", is("sluice/service"), not(std), true,
			"every package speaks it: what it imports, all import",
		},
		{
			"the client needs the vocabulary only", is("sluice/service/pixeldrain"),
			both(below("sluice"), not(is("sluice/service", "sluice/service/pixeldrain"))), true,
			"one method per API method: queueing, retrying and keeping are the engine's",
		},
		{
			"nothing starts the sandbox but main", both(below("sluice"), not(either(is("sluice"), below("sluice/service/sandbox")))),
			below("sluice/service/sandbox"), false,
			"a program part that knows the sandbox would behave differently there, and prove nothing",
		},
		{
			"the kit knows no service", below("sluice/gui/kit"), both(below("sluice"), not(below("sluice/gui/kit"))), true,
			"widgets emit intents and are used by every screen",
		},
		{
			"nothing imports the program", below("sluice/"), is("sluice"), false,
			"main wires the rest and is the only one to know it all",
		},
	}
}

// noTestCode holds for the released program: with the tag ci, Fyne's own
// application is its test driver.
func noTestCode() rule {
	return rule{
		"no test code in the program", is("sluice"), either(is("testing"), below("sluice/gui/guitest", "go.uber.org/goleak", "pgregory.net")), true,
		"test helpers register flags and weigh on the start of the program",
	}
}

// screens are the packages that each hold one screen; they must not import
// each other: what two share goes to gui/kit or up to gui.
func screens() []string {
	return []string{"uploads", "files", "albums", "watched", "settings", "welcome", "history"}
}

// released are the tags of the program that people get.
const released = "tags=migrated_fynedo"

func TestImports(t *testing.T) {
	t.Parallel()
	for _, env := range [][]string{
		{"tags=ci,migrated_fynedo", "GOOS=linux"},
		{released, "GOOS=linux"},
		{released, "GOOS=windows"},
		{released, "GOOS=darwin"},
	} {
		t.Run(strings.Join(env, " "), func(t *testing.T) {
			t.Parallel()
			g := load(t, env)
			all := rules()
			if env[0] == released {
				all = append(all, noTestCode())
			}
			for _, r := range all {
				for _, chain := range g.violations(r) {
					t.Errorf("%s: %s\n\tbecause %s", r.name, strings.Join(chain, " → "), r.reason)
				}
			}
			for _, a := range screens() {
				for _, b := range screens() {
					r := rule{from: below("sluice/gui/" + a), to: below("sluice/gui/" + b), transitive: true}
					if chains := g.violations(r); a != b && len(chains) > 0 {
						t.Errorf("screens do not import each other: %s", strings.Join(chains[0], " → "))
					}
				}
			}
		})
	}
}

func TestRulesCanFail(t *testing.T) {
	t.Parallel()
	g := graph{
		"sluice":                    {"sluice/gui", "sluice/service/sandbox", "example.org/x"},
		"example.org/x":             {"testing"},
		"sluice/gui":                {"sluice/gui/kit", "sluice/storage", "net/http", "sluice"},
		"sluice/gui/kit":            {"sluice/service"},
		"sluice/service":            {"example.org/y"},
		"sluice/service/pixeldrain": {"sluice/service/upload"},
		"sluice/service/upload":     {"fyne.io/fyne/v2", "sluice/service/sandbox"},
		"sluice/storage":            {"sluice/service/upload", "net/http"},
	}
	for _, r := range append(rules(), noTestCode()) {
		if len(g.violations(r)) == 0 {
			t.Errorf("%s: finds nothing in a graph made to break it", r.name)
		}
	}
	fine := graph{"sluice/service/upload": {"sluice/storage", "sluice/service"}, "sluice/service": {"time"}}
	for _, r := range append(rules(), noTestCode()) {
		if chains := fine.violations(r); len(chains) > 0 {
			t.Errorf("%s: wrongly finds %v", r.name, chains)
		}
	}
}

// load asks the go command. Only the import lines are read: nothing is built.
func load(t *testing.T, env []string) graph {
	t.Helper()
	args := []string{"list", "-deps", "-json=ImportPath,Imports"}
	set := os.Environ()
	for _, e := range env {
		if tags, ok := strings.CutPrefix(e, "tags="); ok {
			args = append(args, "-tags", tags)
		} else {
			set = append(set, e)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", append(args, "sluice/...")...)
	cmd.Env = append(set, "CGO_ENABLED=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	g := graph{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return g
		} else if err != nil {
			t.Fatal(err)
		}
		g[p.ImportPath] = p.Imports
	}
}

// violations gives one chain of imports for each package that breaks the rule.
func (g graph) violations(r rule) [][]string {
	var found [][]string
	for pkg := range g {
		if !r.from(pkg) {
			continue
		}
		if chain := g.chain(pkg, r); chain != nil {
			found = append(found, chain)
		}
	}
	slices.SortFunc(found, slices.Compare)
	return found
}

// chain gives the shortest way from pkg to a forbidden package, or nil.
func (g graph) chain(pkg string, r rule) []string {
	via := map[string]string{pkg: ""}
	for queue := []string{pkg}; len(queue) > 0; queue = queue[1:] {
		for _, next := range g[queue[0]] {
			if _, seen := via[next]; seen {
				continue
			}
			via[next] = queue[0]
			if r.to(next) {
				var chain []string
				for at := next; at != ""; at = via[at] {
					chain = append(chain, at)
				}
				slices.Reverse(chain)
				return chain
			}
			if r.transitive {
				queue = append(queue, next)
			}
		}
	}
	return nil
}

func is(pkgs ...string) func(string) bool {
	return func(pkg string) bool { return slices.Contains(pkgs, pkg) }
}

// below chooses the packages and everything in folders under them.
func below(roots ...string) func(string) bool {
	return func(pkg string) bool {
		return slices.ContainsFunc(roots, func(root string) bool {
			return pkg == root || strings.HasPrefix(pkg, strings.TrimSuffix(root, "/")+"/")
		})
	}
}

// std chooses the standard library: no dot in the first element, not ours.
func std(pkg string) bool {
	first, _, _ := strings.Cut(pkg, "/")
	return first != "sluice" && !strings.Contains(first, ".")
}

func not(f func(string) bool) func(string) bool { return func(p string) bool { return !f(p) } }

func both(a, b func(string) bool) func(string) bool {
	return func(p string) bool { return a(p) && b(p) }
}

func either(a, b func(string) bool) func(string) bool {
	return func(p string) bool { return a(p) || b(p) }
}
