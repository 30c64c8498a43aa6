package gui

import (
	"context"
	"errors"
	"os/exec"
	"syscall"
)

// reveal has Explorer show a file in its folder. Its exit code says nothing.
func reveal(ctx context.Context, path string) error {
	cmd := exec.CommandContext(ctx, "explorer.exe")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `explorer.exe /select,"` + path + `"`}
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); exited {
		return nil
	}
	return err
}
