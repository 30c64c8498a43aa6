//go:build !linux

package gui

import "context"

// portalPicker is for Linux only; elsewhere zenity opens the native dialog.
func portalPicker(context.Context, Picking) ([]string, error) { return nil, errNoDialog }

// portalSaver is for Linux only too.
func portalSaver(context.Context, string, string) (string, error) { return "", errNoDialog }
