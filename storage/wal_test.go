package storage

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// killedDatabase gives the files of a database whose program was killed, with
// n transactions in the log, and what it held.
func killedDatabase(t *testing.T, n int) (dir string, want contents) {
	t.Helper()
	source, dir := quickDir(t), quickDir(t)
	d := open(t, source)
	for i := range n {
		must(d.AddJobs(t.Context(), 0, []Job{{Path: fmt.Sprint("/", i), Name: fmt.Sprint(i), Finished: at(i)}}))(t)
	}
	rawCopy(t, source, dir)
	return dir, read(t, d)
}

func TestLogInGoodOrder(t *testing.T) {
	dir, want := killedDatabase(t, 100)
	if err := checkLog(filepath.Join(dir, fileName+"-wal")); err != nil {
		t.Error(err)
	}
	d := open(t, dir)
	if jobs, _ := kept(read(t, d), want); jobs != 100 || d.Opening().MovedAside != "" {
		t.Errorf("%d jobs, %+v", jobs, d.Opening())
	}
}

// TestLogThatStartedOver: after a checkpoint the log starts over with a new
// header; frames of before stay behind it.
func TestLogThatStartedOver(t *testing.T) {
	source, dir := quickDir(t), quickDir(t)
	d := open(t, source)
	for i := range 40 {
		must(d.AddJobs(t.Context(), 0, []Job{{Path: fmt.Sprint("/", i), Finished: at(i)}}))(t)
		if i != 30 {
			continue
		}
		rawCopy(t, source, dir)
		err := d.write(t.Context(), "checkpoint", func(w *writer) error {
			if _, err := w.exec("COMMIT"); err != nil {
				return err
			}
			_, err := w.exec("PRAGMA wal_checkpoint(RESTART)")
			return errors.Join(err, w.begin())
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	log := filepath.Join(dir, fileName+"-wal")
	before, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	rawCopy(t, source, dir)
	if err := checkLog(log); err != nil {
		t.Errorf("with new frames: %v", err)
	}
	// Killed between writing the header and the first frame.
	after, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if string(after[16:24]) == string(before[16:24]) {
		t.Fatal("the log did not start over")
	}
	if err := os.WriteFile(log, append(after[:walHeader:walHeader], before[walHeader:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := checkLog(log); err != nil {
		t.Errorf("without new frames: %v", err)
	}
}

func TestLogHalfWrittenAtItsEndIsNoDamage(t *testing.T) {
	dir, want := killedDatabase(t, 20)
	log := filepath.Join(dir, fileName+"-wal")
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	for cut := 1; cut < frameHeader+pageSize; cut += 333 {
		if err := os.WriteFile(log, data[:len(data)-cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := checkLog(log); err != nil {
			t.Errorf("%d bytes cut off: %v", cut, err)
		}
	}
	// Of the last transaction only the end came to the disk.
	data[len(data)-frameHeader-pageSize-5] ^= 1
	if err := os.WriteFile(log, data, 0o600); err != nil {
		t.Fatal(err)
	}
	d := open(t, dir)
	if jobs, _ := kept(read(t, d), want); jobs != 19 || d.Opening().MovedAside != "" {
		t.Errorf("%d jobs, %+v", jobs, d.Opening())
	}
}

func TestLogBrokenInTheMiddleLosesLittle(t *testing.T) {
	const n = 80
	source, want := killedDatabase(t, n)
	sound, err := os.ReadFile(filepath.Join(source, fileName+"-wal"))
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	for round := range 18 {
		dir := quickDir(t)
		rawCopy(t, source, dir)
		data := append([]byte{}, sound...)
		at := random.IntN(len(data) * 3 / 4)
		if round < 6 {
			at = random.IntN(walHeader + frameHeader)
		}
		data[at] ^= byte(1 + random.IntN(255))
		if round >= 12 { // the number of the page that a frame is of
			frame := walHeader + random.IntN(len(data)/(2*(frameHeader+pageSize)))*(frameHeader+pageSize)
			data[frame+random.IntN(4)] ^= byte(1 + random.IntN(255))
		}
		if err := os.WriteFile(filepath.Join(dir, fileName+"-wal"), data, 0o600); err != nil {
			t.Fatal(err)
		}
		d, got := openDamagedCopy(t, dir, fmt.Sprintf("round %d of seed %d, byte %d", round, seed, at))
		if jobs, _ := kept(got, want); jobs < n-20 {
			t.Errorf("round %d of seed %d: byte %d left only %d of %d jobs, %+v", round, seed, at, jobs, n, d.Opening())
		}
		closeAll(t, d)
	}
}

func TestLogThatIsNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	for _, data := range [][]byte{nil, []byte("x"), make([]byte, 10_000), make([]byte, 100_000)} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := checkLog(path); err != nil {
			t.Errorf("%d bytes: %v", len(data), err)
		}
	}
	if err := checkLog(filepath.Dir(path)); err == nil || errors.Is(err, errDamaged) {
		t.Errorf("a folder as log: %v", err)
	}
}
