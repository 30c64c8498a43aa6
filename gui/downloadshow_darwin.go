package gui

import (
	"context"
	"os/exec"
)

// reveal has the Finder show a file in its folder.
func reveal(ctx context.Context, path string) error {
	return exec.CommandContext(ctx, "open", "-R", path).Run()
}
