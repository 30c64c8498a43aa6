package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// top is the repository's folder, seen from this one.
const top = "../.."

// eachFile calls f for every file of the repository that could be committed,
// with its path from the top.
func eachFile(t *testing.T, f func(path string)) {
	t.Helper()
	ignored := []string{".git", "build", "artefacts"}
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		for _, dir := range ignored {
			if rel == dir && d.IsDir() {
				return filepath.SkipDir
			}
		}
		if d.Type().IsRegular() {
			f(filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(top, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// calls lists where a Go source calls one of the functions, named as they are
// written: "time.Sleep".
func calls(t *testing.T, name, source string, functions ...string) []string {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(functions, x.Name+"."+sel.Sel.Name) {
				found = append(found, fset.Position(n.Pos()).String())
			}
		}
		return true
	})
	return found
}

func TestTestsNeitherSleepNorSkip(t *testing.T) {
	t.Parallel()
	eachFile(t, func(path string) {
		if !strings.HasSuffix(path, "_test.go") {
			return
		}
		source := read(t, path)
		for _, at := range calls(t, path, source, "time.Sleep") {
			t.Errorf("%s sleeps: wait for an event, or use testing/synctest", at)
		}
		for _, at := range calls(t, path, source, "t.Skip", "t.Skipf", "t.SkipNow") {
			t.Errorf("%s skips: a test that is not run proves nothing", at)
		}
	})
	broken := "package x\nimport \"time\"\nfunc f() { time.Sleep(1); t.Skip() }"
	if got := calls(t, "x.go", broken, "time.Sleep", "t.Skip"); len(got) != 2 {
		t.Errorf("in a file made to break the rule: %v", got)
	}
}

// machinePath finds paths that exist on one machine only: the folders of a
// build machine, and this repository's own place.
func machinePath(t *testing.T) func(text string) string {
	t.Helper()
	here, err := filepath.Abs(top)
	if err != nil {
		t.Fatal(err)
	}
	fixed := regexp.MustCompile(`(?m)(^|[^A-Za-z0-9_.])/(work|root)/[^\n ]*`)
	return func(text string) string {
		if found := fixed.FindString(text); found != "" {
			return found
		}
		if strings.Contains(text, here+string(filepath.Separator)) {
			return here
		}
		return ""
	}
}

func TestNoMachinePaths(t *testing.T) {
	t.Parallel()
	find := machinePath(t)
	binary := map[string]bool{".png": true, ".jpg": true, ".webp": true, ".gif": true, ".sum": true}
	eachFile(t, func(path string) {
		if binary[filepath.Ext(path)] || filepath.Ext(path) == "" && !strings.Contains(path, "/") && path != "Makefile" {
			return // pictures, sums, and a program built at the top
		}
		if found := find(read(t, path)); found != "" {
			t.Errorf("%s names a path of one machine: %s", path, strings.TrimSpace(found))
		}
	})
	if find("see \"/root"+"/x\"") == "" {
		t.Error("finds nothing in a text made to break the rule")
	}
}

func TestReadmeNamesTheTwoCommands(t *testing.T) {
	t.Parallel()
	readme, makefile := read(t, "README.md"), read(t, "Makefile")
	for _, target := range []string{"run", "test"} {
		if !strings.Contains(readme, "make "+target) {
			t.Errorf("README.md does not name make %s", target)
		}
		if !strings.Contains(makefile, "\n"+target+":") {
			t.Errorf("the Makefile has no target %s", target)
		}
	}
	if ci := read(t, ".ci/run"); !strings.Contains(ci, "make test") {
		t.Error(".ci/run does not run the README's test command")
	}
}

// TestPicturesExist keeps the documents' pictures from going missing.
func TestPicturesExist(t *testing.T) {
	t.Parallel()
	picture := regexp.MustCompile(`!\[[^\]]*\]\(([^)]+)\)|<img[^>]+src="([^"]+)"`)
	seen := 0
	eachFile(t, func(path string) {
		if filepath.Ext(path) != ".md" {
			return
		}
		for _, m := range picture.FindAllStringSubmatch(read(t, path), -1) {
			seen++
			at := filepath.Join(top, filepath.Dir(path), m[1]+m[2])
			if _, err := os.Stat(at); err != nil {
				t.Errorf("%s shows a picture that is not there: %v", path, err)
			}
		}
	})
	if seen == 0 {
		t.Error("no document shows a picture")
	}
}
