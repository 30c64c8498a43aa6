//go:build bench

package figure

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Memory is what a process holds, in bytes.
type Memory struct {
	Resident int64 // all that is in memory, shared or not
	Share    int64 // the same, what is shared divided among those who share it
	Own      int64 // written by the process and nobody else's: what ends with it
	Peak     int64 // the most that Resident ever was
}

// MemoryOf asks the kernel what a process holds. See smaps_rollup in proc(5).
func MemoryOf(pid int) (m Memory, err error) {
	at := "/proc/" + strconv.Itoa(pid)
	err = fields(at+"/smaps_rollup", map[string]*int64{"Rss": &m.Resident, "Pss": &m.Share, "Private_Dirty": &m.Own})
	if err != nil {
		return Memory{}, err
	}
	if err := fields(at+"/status", map[string]*int64{"VmHWM": &m.Peak}); err != nil {
		return Memory{}, err
	}
	return m, nil
}

// ResidentNow is what this process holds, and the most that it ever held.
func ResidentNow() (now, peak int64, err error) {
	err = fields("/proc/self/status", map[string]*int64{"VmRSS": &now, "VmHWM": &peak})
	return now, peak, err
}

// fields reads sizes in kB from a file of lines such as "VmRSS:  12 kB".
func fields(file string, wanted map[string]*int64) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	left := len(wanted)
	lines := bufio.NewScanner(bytes.NewReader(data))
	for lines.Scan() {
		name, rest, _ := bytes.Cut(lines.Bytes(), []byte(":"))
		to := wanted[string(name)]
		words := bytes.Fields(rest)
		if to == nil || len(words) != 2 || string(words[1]) != "kB" {
			continue
		}
		kilobytes, err := strconv.ParseInt(string(words[0]), 10, 64)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		*to = kilobytes << 10
		left--
	}
	if left > 0 {
		return fmt.Errorf("%s: not all of %v", file, wanted)
	}
	return nil
}

// ProcessorTime is what a process has used so far, all its threads together.
func ProcessorTime(pid int) (time.Duration, error) {
	const scheduled = 2                      // CPUCLOCK_SCHED, of a whole process
	return clock(int32(^pid)<<3 | scheduled) //nolint:gosec // as clock_getcpuclockid makes it
}

// MainThreadTime is what the first thread of a process has used so far. In a
// program with a window that is the interface goroutine's.
func MainThreadTime(pid int) (time.Duration, error) {
	id := strconv.Itoa(pid)
	data, err := os.ReadFile("/proc/" + id + "/task/" + id + "/schedstat")
	if err != nil {
		return 0, err
	}
	text, _, _ := strings.Cut(string(data), " ")
	ran, err := strconv.ParseInt(text, 10, 64)
	return time.Duration(ran), err
}

// ThreadTime is what the calling thread has used so far.
func ThreadTime() (time.Duration, error) { return clock(unix.CLOCK_THREAD_CPUTIME_ID) }

func clock(id int32) (time.Duration, error) {
	var now unix.Timespec
	if err := unix.ClockGettime(id, &now); err != nil {
		return 0, fmt.Errorf("processor time: %w", err)
	}
	return time.Duration(now.Nano()), nil
}
