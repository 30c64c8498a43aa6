package gui

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"
)

var update = flag.Bool("update", false, "write missing words into translations/en.json and take unused ones out")

// wordsInSource lists the keys of all calls of lang.L, X, N and XN below gui;
// the value says whether the key has plural forms.
func wordsInSource(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				addWord(t, path, call, found)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func addWord(t *testing.T, path string, call *ast.CallExpr, found map[string]bool) {
	t.Helper()
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	pkg, ok := sel.X.(*ast.Ident)
	if !ok || pkg.Name != "lang" || !slices.Contains([]string{"L", "X", "N", "XN"}, sel.Sel.Name) {
		return
	}
	literal, ok := call.Args[0].(*ast.BasicLit)
	if !ok {
		t.Errorf("%s: lang.%s without a literal key can't be translated", path, sel.Sel.Name)
		return
	}
	key, err := strconv.Unquote(literal.Value)
	if err != nil {
		t.Fatal(err)
	}
	found[key] = strings.HasSuffix(sel.Sel.Name, "N")
}

func TestEveryWordCanBeTranslated(t *testing.T) {
	source := wordsInSource(t)
	if len(source) < 100 {
		t.Fatalf("only %d words found: the scan is broken", len(source))
	}
	const file = "translations/en.json"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]any{}
	if err := json.Unmarshal(data, &have); err != nil {
		t.Fatal(err)
	}
	if *update {
		writeWords(t, file, source, have)
	}
	for _, key := range slices.Sorted(maps.Keys(source)) {
		checkWord(t, key, source[key], have[key])
	}
	for key := range have {
		if _, ok := source[key]; !ok {
			t.Errorf("%s has %q, which nothing uses (go test ./gui -run Translated -update)", file, key)
		}
	}
}

func checkWord(t *testing.T, key string, plural bool, value any) {
	t.Helper()
	switch forms := value.(type) {
	case nil:
		t.Errorf("%q is not in en.json (go test ./gui -run Translated -update)", key)
	case string:
		if plural {
			t.Errorf("%q counts something, so it needs {\"one\": …, \"other\": …}", key)
		}
		sameFields(t, key, forms)
	case map[string]any:
		if forms["one"] == nil || forms["other"] == nil || forms["one"] == forms["other"] {
			t.Errorf("%q needs two different forms, one and other: %v", key, forms)
		}
		for _, form := range forms {
			sameFields(t, key, form.(string))
		}
	}
}

// sameFields fails when a translation is no template.
func sameFields(t *testing.T, key, text string) {
	t.Helper()
	if _, err := template.New("").Parse(text); err != nil {
		t.Errorf("%q: %v", key, err)
	}
}

func writeWords(t *testing.T, file string, source map[string]bool, have map[string]any) {
	t.Helper()
	for key := range have {
		if _, ok := source[key]; !ok {
			delete(have, key)
		}
	}
	for key, plural := range source {
		if have[key] != nil {
			continue
		}
		have[key] = key
		if plural {
			have[key] = map[string]any{"one": key, "other": key}
		}
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(have); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
