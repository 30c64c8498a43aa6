package gui

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"sluice/service"
)

// apiValues is section 3 of the notes on the API in practice, with the older
// document's names.
func apiValues() []string {
	return []string{
		"authentication_required", "authentication_failed", "forbidden",
		"no_file", "file_too_large", "missing_field", "string_out_of_range", "name_contains_illegal_character",
		"error_reading_input", "too_many_files", "user_out_of_space", "email_address_not_verified", "ip_banned",
		"account_banned", "writing", "internal", "name_too_long",
		"file_rate_limited_captcha_required", "virus_detected_captcha_required", "ip_download_limited_captcha_required",
		"server_overload_captcha_required", "hotlink_detected", "max_concurrent_downloads", "transfer_limit_exceeded",
		"unavailable_for_legal_reasons",
		"json_parse_failed", "list_file_not_found", "title_too_long", "description_too_long", "cannot_create_empty_list",
		"not_found", "file_not_found", "list_not_found", "ip_rate_limit_reached", "read_only_mode_enabled", "multiple_errors",
	}
}

// reasons lists the values of all constants Reason… below service.
func reasons(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../service/*.go")
	if err != nil {
		t.Fatal(err)
	}
	below, err := filepath.Glob("../service/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, name := range append(files, below...) {
		elsewhere := strings.Contains(name, "/cli/") || strings.Contains(name, "/session/") // told on the command line
		if strings.HasSuffix(name, "_test.go") || elsewhere {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok {
				values = append(values, reasonValues(t, spec)...)
			}
			return true
		})
	}
	return values
}

// reasonValues gives the values of errors among constants. Those with a type of
// their own are told elsewhere.
func reasonValues(t *testing.T, spec *ast.ValueSpec) (values []string) {
	t.Helper()
	if spec.Type != nil {
		return nil
	}
	for i, name := range spec.Names {
		lower := strings.ToLower(name.Name)
		if !strings.HasPrefix(lower, "reason") || i >= len(spec.Values) {
			continue
		}
		if literal, ok := spec.Values[i].(*ast.BasicLit); ok {
			value, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, value)
		}
	}
	return values
}

func TestEveryReasonHasItsOwnWords(t *testing.T) {
	own := reasons(t)
	if len(own) < 25 || !slices.Contains(own, service.ReasonEmptyFile) {
		t.Fatalf("only %v found: the scan is broken", own)
	}
	fallback := wordsFor(&service.Error{Kind: service.Internal})
	for _, value := range append(own, apiValues()...) {
		err := &service.Error{Kind: service.Internal, Value: value}
		w := wordsFor(err)
		if w == fallback {
			t.Errorf("%s has no words of its own", value)
			continue
		}
		checkWords(t, value, w)
	}
}

func checkWords(t *testing.T, value string, w errorWords) {
	t.Helper()
	if n := utf8.RuneCountInString(w.short); n > 40 || strings.HasSuffix(w.short, ".") {
		t.Errorf("%s: %q is too long for a row, or a sentence", value, w.short)
	}
	// What happened, what was kept, what to do: three sentences, or two that
	// say it.
	if n := strings.Count(w.long, ". ") + strings.Count(w.long, "; ") + 1; n < 2 || !strings.HasSuffix(w.long, ".") {
		t.Errorf("%s: %q does not say what happened, what was kept and what to do", value, w.long)
	}
	for _, s := range []string{w.short, w.long} {
		if strings.ContainsAny(s, "\n_{}") || strings.TrimSpace(s) != s {
			t.Errorf("%s: %q is not for people", value, s)
		}
	}
}

func TestWordsAreNotUsedTwice(t *testing.T) {
	seen := map[errorWords]string{}
	same := map[string]bool{ // two names for one thing
		"name_invalid name_contains_illegal_character": true, "no_key authentication_required": true,
		"address_invalid bad_address": true, "file_not_found not_found": true, "list_not_found not_found": true,
	}
	for _, value := range append(reasons(t), apiValues()...) {
		w := wordsFor(&service.Error{Value: value})
		if other, ok := seen[w]; ok && other != value && !same[other+" "+value] && !same[value+" "+other] &&
			!strings.HasSuffix(value, "not_found") {
			t.Errorf("%s and %s are told with the same words", other, value)
		}
		seen[w] = value
	}
}

func TestEveryKindHasWords(t *testing.T) {
	for k := service.Internal; k <= service.Server; k++ {
		for _, status := range []int{0, 500, 502, 503} {
			err := &service.Error{Kind: k, Value: "something_new", Status: status}
			checkWords(t, k.String(), wordsFor(err))
			if k != service.Internal && wordsFor(err) == wordsFor(&service.Error{Kind: service.Internal}) {
				t.Errorf("%s is told like a defect of ours", k)
			}
		}
	}
	if got := ErrorShort(&service.Error{Kind: service.Server, Status: 503}); got != "Server busy (503)" {
		t.Errorf("503 is told as %q", got)
	}
}

func TestWordsTellNoSecret(t *testing.T) {
	err := &service.Error{
		Op: "upload", Path: "/home/me/secret", Kind: service.Server, Status: 500, Value: "key_abc",
		Err: errors.New("key_abc"),
	}
	if got := ErrorText(err) + ErrorShort(err); strings.Contains(got, "key_abc") || strings.Contains(got, "secret") {
		t.Errorf("%q", got)
	}
	if ErrorText(nil) != "" || ErrorShort(nil) != "" {
		t.Error("nothing went wrong, but something is told")
	}
}
