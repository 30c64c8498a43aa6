package service_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"sluice/service"
)

func TestKindNamesRoundTrip(t *testing.T) {
	seen := map[string]bool{}
	for k := service.Internal; k <= service.Server; k++ {
		name := k.String()
		if name == "" || name == "unknown" || seen[name] {
			t.Errorf("kind %d has no name of its own: %q", k, name)
		}
		seen[name] = true
		if got := service.ParseKind(name); got != k {
			t.Errorf("%q reads back as %v", name, got)
		}
	}
	if got := service.ParseKind("from a newer version"); got != service.Internal {
		t.Errorf("an unknown name reads as %v", got)
	}
}

func TestErrorCarriesItsCause(t *testing.T) {
	e := &service.Error{Op: "upload", Path: "a\nb", Kind: service.Server, Value: "writing", Status: 500, Err: context.DeadlineExceeded}
	want := `upload "a\nb": server (writing), status 500: context deadline exceeded`
	if e.Error() != want {
		t.Errorf("got %s, want %s", e.Error(), want)
	}
	wrapped := fmt.Errorf("outer: %w", e)
	if !errors.Is(wrapped, context.DeadlineExceeded) || service.KindOf(wrapped) != service.Server {
		t.Error("the cause or the kind is lost in wrapping")
	}
	if service.AsError("x", wrapped) != e || service.AsError("x", nil) != nil {
		t.Error("AsError does not give the error in the chain")
	}
	if got := service.AsError("open", errors.New("odd")); got.Kind != service.Internal || got.Op != "open" {
		t.Errorf("a foreign error became %+v", got)
	}
}
