//go:build !windows

package secret

import (
	"os/exec"
	"syscall"
)

// ownGroup makes the end of the command's context kill it with everything that
// it started.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
