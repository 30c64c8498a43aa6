//go:build !windows && !darwin

package gui

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"

	"sluice/service/bus"
)

// revealLimit is how long a file manager may take to answer.
const revealLimit = 5 * time.Second

// reveal has the desktop's file manager show a file in its folder
// (freedesktop.org, "File Manager D-Bus Interface").
func reveal(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, revealLimit)
	defer cancel()
	conn, err := bus.Dial(ctx, bus.Session(), func(*dbus.Signal, func()) {})
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Object("org.freedesktop.FileManager1", "/org/freedesktop/FileManager1").
		CallWithContext(ctx, "org.freedesktop.FileManager1.ShowItems", 0, []string{fileURL(path).String()}, "").Err
}
