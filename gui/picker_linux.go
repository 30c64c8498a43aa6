package gui

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/url"
	"strings"

	"github.com/godbus/dbus/v5"
)

const (
	portalName = "org.freedesktop.portal.Desktop"
	portalPath = "/org/freedesktop/portal/desktop"
)

// portalPicker asks with the desktop's own dialog.
func portalPicker(ctx context.Context, what Picking) ([]string, error) {
	return portalAsk(ctx, "OpenFile", what.Title, map[string]dbus.Variant{
		"multiple":  dbus.MakeVariant(!what.One),
		"directory": dbus.MakeVariant(what.Folders),
	})
}

// portalSaver asks with the desktop's own dialog, which asks before it gives the
// path of a file that exists.
func portalSaver(ctx context.Context, title, name string) (string, error) {
	paths, err := portalAsk(ctx, "SaveFile", title, map[string]dbus.Variant{
		"current_name": dbus.MakeVariant(name),
	})
	if err != nil || len(paths) == 0 {
		return "", err
	}
	return paths[0], nil
}

// portalAsk opens a dialog of XDG's FileChooser portal. It has its own
// connection: with that, the portal takes the dialog away.
func portalAsk(ctx context.Context, method, title string, options map[string]dbus.Variant) ([]string, error) {
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(ctx))
	if err != nil {
		return nil, errNoDialog
	}
	defer conn.Close() //nolint:errcheck // nothing is lost
	token := "sluice" + strings.ToLower(rand.Text())
	// The answer can come before the call returns, so it is listened for first.
	sender := strings.ReplaceAll(strings.TrimPrefix(conn.Names()[0], ":"), ".", "_")
	request := dbus.ObjectPath(portalPath + "/request/" + sender + "/" + token)
	if err := conn.AddMatchSignalContext(ctx, dbus.WithMatchObjectPath(request),
		dbus.WithMatchInterface("org.freedesktop.portal.Request"), dbus.WithMatchMember("Response")); err != nil {
		return nil, errNoDialog
	}
	answers := make(chan *dbus.Signal, 4)
	conn.Signal(answers)
	options["handle_token"] = dbus.MakeVariant(token)
	call := conn.Object(portalName, portalPath).CallWithContext(ctx,
		"org.freedesktop.portal.FileChooser."+method, 0, "", title, options)
	if call.Err != nil {
		return nil, cmp.Or(ctx.Err(), errNoDialog) // no portal, or one without a chooser
	}
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case answer, ok := <-answers:
			if !ok {
				return nil, cmp.Or(ctx.Err(), errNoDialog)
			}
			if answer.Path == request && len(answer.Body) == 2 {
				return portalPaths(answer.Body[0], answer.Body[1])
			}
		}
	}
}

// portalPaths reads a chooser's answer: 0 means chosen, 1 means cancelled by
// the user, anything else that the dialog ended some other way.
func portalPaths(code, results any) ([]string, error) {
	switch n, ok := code.(uint32); {
	case ok && n == 0:
	case ok && n == 1:
		return nil, nil
	default:
		return nil, errNoDialog
	}
	values, _ := results.(map[string]dbus.Variant)
	var uris []string
	if v, ok := values["uris"]; !ok || v.Store(&uris) != nil {
		return nil, errNoDialog
	}
	paths := make([]string, 0, len(uris))
	for _, uri := range uris {
		u, err := url.Parse(uri)
		if err == nil && u.Scheme == "file" && u.Path != "" {
			paths = append(paths, u.Path)
		}
	}
	return paths, nil
}
