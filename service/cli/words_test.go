package cli

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"sluice/service"
)

// constants gives the values of the root package's Reason constants.
func constants(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Reason") || len(spec.Values) != 1 {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
			value, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			found[spec.Names[0].Name] = value
		}
		return true
	})
	return found
}

func TestEveryReasonHasItsSentence(t *testing.T) {
	all := constants(t)
	if len(all) < 20 {
		t.Fatalf("found only %d reasons", len(all))
	}
	shared := map[string]bool{ // one sentence for all of these, or words of the Kind
		service.ReasonHTML: true, service.ReasonBadAnswer: true, service.ReasonEmptyAnswer: true,
		service.ReasonHugeAnswer: true, service.ReasonThumbnailSize: true,
	}
	seen := map[string]string{}
	for name, value := range all {
		text := Say(&service.Error{Op: "upload", Kind: service.Invalid, Value: value})
		if !shared[value] {
			if text == Say(&service.Error{Kind: service.Invalid}) {
				t.Errorf("%s has no sentence", name)
			}
			if other, ok := seen[text]; ok {
				t.Errorf("%s and %s say the same: %s", name, other, text)
			}
		}
		seen[text] = name
	}
}

func TestEveryKindHasItsSentence(t *testing.T) {
	seen := map[string]bool{}
	for k := service.Internal; k <= service.Server; k++ {
		text := Say(&service.Error{Kind: k})
		if seen[text] || !strings.HasSuffix(text, ".") || strings.Contains(text, "\n") {
			t.Errorf("%v says %q", k, text)
		}
		seen[text] = true
	}
}

func TestUnknownValuesAreNamed(t *testing.T) {
	got := Say(&service.Error{Kind: service.Forbidden, Value: "new_\x1brule", Status: 403})
	if !strings.HasPrefix(got, "The service refuses") || !strings.Contains(got, `"new_\x1brule"`) || !strings.Contains(got, "403") {
		t.Errorf("says %q", got)
	}
	got = Say(&service.Error{Kind: service.Server, Status: 502})
	if !strings.Contains(got, "502") {
		t.Errorf("says %q", got)
	}
	got = Say(&service.Error{Kind: service.Offline, Err: errors.New("connection\nrefused")})
	if !strings.Contains(got, `connection\nrefused`) || strings.Contains(got, "\n") {
		t.Errorf("says %q", got)
	}
}
