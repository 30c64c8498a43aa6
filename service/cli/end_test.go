package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"sluice/service"
	"sluice/service/handoff"
	"sluice/service/session"
	"sluice/storage"
)

func TestEnds(t *testing.T) {
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	accepted := handoff.Reply{Accepted: 3}
	two := handoff.Reply{Progress: &handoff.Progress{Files: 2}}
	one := handoff.Reply{Result: &handoff.Result{Job: 1, Path: "/a", URL: "u", Status: handoff.StatusUploaded}}
	failed := handoff.Reply{Result: &handoff.Result{Job: 2, Path: "/b", Status: handoff.StatusFailed, Failure: &service.Error{Value: "x"}}}
	album := handoff.Reply{Result: &handoff.Result{Album: "T", Status: handoff.StatusFailed, Failure: &service.Error{Value: "x"}}}
	stay := "kept in the queue; continue with: sluice upload -resume"
	for name, c := range map[string]struct {
		ctx     context.Context //nolint:containedctx // the one that has ended or not
		replies []handoff.Reply
		err     error
		own     bool
		code    int
		says    string
		not     string
	}{
		"all have links":        {t.Context(), []handoff.Reply{accepted, two, one}, nil, true, 0, "1 uploaded.", "queue"},
		"one failed":            {t.Context(), []handoff.Reply{accepted, two, one, failed}, nil, true, 1, "1 uploaded, 1 failed.", "queue"},
		"the album failed":      {t.Context(), []handoff.Reply{accepted, one, album}, nil, true, 1, "Album T: said x", "queue"},
		"nothing was left":      {t.Context(), nil, nil, true, 0, "Nothing is left", "queue"},
		"interrupted":           {interrupted, []handoff.Reply{accepted, two, one}, context.Canceled, true, 1, "Stopped. 1 file is " + stay, ""},
		"interrupted beside":    {interrupted, []handoff.Reply{accepted, two}, context.Canceled, false, 1, "2 files are left to the running Sluice", "resume"},
		"interrupted at once":   {interrupted, nil, context.Canceled, true, 1, "Nothing was accepted", "resume"},
		"interrupted, resuming": {interrupted, []handoff.Reply{two}, context.Canceled, true, 1, stay, ""},
		"closed output":         {t.Context(), []handoff.Reply{accepted, two}, fmt.Errorf("%w: x", errOutput), true, 1, "standard output can't be written", ""},
		"no key":                {t.Context(), nil, &service.Error{Kind: service.Unauthorized, Value: "no_key"}, true, 3, "said no_key", "queue"},
		"a wrong key":           {t.Context(), []handoff.Reply{accepted, two}, &service.Error{Kind: service.Unauthorized, Value: "bad"}, true, 3, stay, ""},
		"offline":               {t.Context(), []handoff.Reply{accepted, two}, &service.Error{Kind: service.Offline, Value: "off"}, true, 1, stay, ""},
		"another version":       {t.Context(), nil, handoff.ErrVersion, false, 1, "Another version", ""},
		"a holder that hangs":   {t.Context(), nil, fmt.Errorf("%w: x", handoff.ErrNotRunning), false, 1, "not responding", ""},
		"a newer database":      {t.Context(), nil, fmt.Errorf("open: %w", storage.ErrNewer), false, 1, "newer version", ""},
		"a full disk":           {t.Context(), nil, fmt.Errorf("open: %w", storage.ErrFull), false, 1, "disk is full", ""},
		"a read-only folder":    {t.Context(), nil, fmt.Errorf("open: %w", storage.ErrReadOnly), false, 1, "can't be written", ""},
		"something else":        {t.Context(), nil, errors.New("odd"), false, 1, "odd", ""},
	} {
		var out, errs bytes.Buffer
		r := newReport(&out, newProgress(&errs, false, still()), false, reasons)
		for _, reply := range c.replies {
			if err := r.take(reply); err != nil {
				t.Fatal(err)
			}
		}
		code := r.end(c.ctx, c.err, c.own)
		if code != c.code || !strings.Contains(errs.String(), c.says) || c.not != "" && strings.Contains(errs.String(), c.not) {
			t.Errorf("%s: exit %d, says %q", name, code, errs.String())
		}
	}
}

func TestEndsOfAStartWithoutAWindow(t *testing.T) {
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	noWindow := &service.Error{Kind: service.Invalid, Value: session.ReasonNoWindow}
	for name, c := range map[string]struct {
		ctx   context.Context //nolint:containedctx // the one that has ended or not
		err   error
		files bool
		code  int
		says  string
	}{
		"handed over":         {t.Context(), nil, true, 0, ""},
		"interrupted":         {interrupted, context.Canceled, true, 1, ""},
		"files for a command": {t.Context(), noWindow, true, 0, "will send the files"},
		"beside a command":    {t.Context(), noWindow, false, 1, "said no_window"},
		"another version":     {t.Context(), handoff.ErrVersion, true, 1, "Another version"},
	} {
		var errs bytes.Buffer
		r := newReport(&errs, newProgress(&errs, false, still()), false, reasons)
		code := r.opened(c.ctx, c.err, c.files)
		if code != c.code || !strings.Contains(errs.String(), c.says) || (c.says == "") != (errs.Len() == 0) {
			t.Errorf("%s: exit %d, says %q", name, code, errs.String())
		}
	}
}
