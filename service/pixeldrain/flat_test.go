package pixeldrain

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// checkFlat makes sure that the quick way of reading a file says what
// encoding/json says, or leaves it to it.
func checkFlat(t *testing.T, text []byte) (quick bool) {
	t.Helper()
	var got, want wireFile
	if quick = got.readFlat(text); !quick {
		if got != (wireFile{}) {
			t.Fatalf("%q was left to encoding/json, but gave %+v", text, got)
		}
		return false
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatalf("%q is no JSON: %v", text, err)
	}
	if want.Success != nil && !*want.Success {
		t.Fatalf("%q reports a failure", text)
	}
	want.Success = nil
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%q gave %+v, want %+v", text, got, want)
	}
	return true
}

func FuzzFlat(f *testing.F) {
	for _, text := range flatTexts() {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) { checkFlat(t, text) })
}

func flatTexts() []string {
	return []string{
		`{"success":true,"id":"abc"}`, ` { "id" : "a" , "size" : -5 } `, `{}`, `{"name":"ä","can_edit":false,"views":null}`,
		`{"id":"a","id":"b"}`, `{"date_upload":"2020-02-04T18:34:05.706801Z","date_last_view":""}`, `{"date_upload":"yesterday"}`,
	}
}

// TestFlatReadsUsualAnswers makes sure that the quick way is taken.
func TestFlatReadsUsualAnswers(t *testing.T) {
	for _, text := range flatTexts() {
		if !checkFlat(t, []byte(text)) {
			t.Errorf("%s was left to encoding/json", text)
		}
	}
	paths, err := filepath.Glob("testdata/20*/p*_file.*.json")
	if err != nil || len(paths) != 4 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !checkFlat(t, text) {
			t.Errorf("%s was left to encoding/json", path)
		}
	}
}

// TestFlatLeavesTheRest has what only encoding/json may judge.
func TestFlatLeavesTheRest(t *testing.T) {
	for _, text := range []string{
		``, `[]`, `null`, `{`, `{"id"`, `{"id":`, `{"id":"a"`, `{"id":"a",}`, `{"views":true,"id":"",`, `{"id":"a"} x`, `{,}`, `{"id" "a"}`,
		`{"success":false,"value":"internal"}`, `{"success":1}`, `{"ID":"a"}`, `{"Size":1}`, `{"id":5}`, `{"size":"5"}`, `{"size":1.0}`,
		`{"size":01}`, `{"size":-0}`, `{"size":1e3}`, `{"size":99999999999999999999}`, `{"size":--1}`, `{"size":-}`, `{"id":"a\u0062"}`,
		"{\"id\":\"a\nb\"}", "{\"id\":\"\xff\"}", `{"files":[]}`, `{"extra":{}}`, `{"views":tru}`, `{"views":nul`,
		`{"date_upload":5}`, "{\"\u017fize\":1}",
	} {
		if checkFlat(t, []byte(text)) {
			t.Errorf("%s was not left to encoding/json", text)
		}
	}
}
