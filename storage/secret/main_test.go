package secret

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

// helperMode names the environment variable that turns the test binary into a
// helper process, of the kind that its value tells.
const helperMode = "SLUICE_TEST_HELPER"

// pidDir names the folder into which helper processes write their ids.
const pidDir = "SLUICE_TEST_PIDS"

func TestMain(m *testing.M) {
	mode := os.Getenv(helperMode)
	if mode == "" {
		goleak.VerifyTestMain(m)
		return
	}
	noteProcess(os.Getpid())
	os.Exit(helperProcess(mode))
}

func noteProcess(pid int) {
	if dir := os.Getenv(pidDir); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(pid)), nil, 0o600); err != nil {
			panic(err)
		}
	}
}

// helperProcess is the real helper or one that goes wrong.
func helperProcess(mode string) int {
	switch mode {
	case "real":
		return Helper(os.Stdin, os.Stdout)
	case "program": // that starts a real helper and waits for it
		if err := os.Setenv(helperMode, "real"); err != nil {
			panic(err)
		}
		_, err := NewKeyring(os.Args).Get(context.Background(), "a")
		panic(err)
	}
	line, _ := bufio.NewReader(os.Stdin).ReadBytes('\n')
	switch mode {
	case "panic":
		panic("a defect in the library: " + string(line))
	case "garbage":
		fmt.Println("Usage: something else")
	case "flood":
		for {
			if _, err := fmt.Println("too much"); err != nil {
				return 1
			}
		}
	case "fail":
		return 7
	case "told":
		return tell(string(line))
	case "hang":
		select {}
	case "child": // as a keyring that starts a program of its own
		cmd := exec.Command("sleep", "1000") //nolint:noctx // is to outlive this
		cmd.Stdout = os.Stdout
		if err := cmd.Start(); err != nil {
			panic(err)
		}
		noteProcess(cmd.Process.Pid)
		select {}
	}
	return 0
}

// tell answers with what the process can be seen to have been told: arguments,
// environment and request.
func tell(request string) int {
	text := fmt.Sprint(os.Args, os.Environ())
	a := answer{Done: true, Secret: text}
	if request == "" {
		a.Problem = "no request came"
	}
	if json.NewEncoder(os.Stdout).Encode(a) != nil {
		return 1
	}
	return 0
}
