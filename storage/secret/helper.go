package secret

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"

	"github.com/zalando/go-keyring"
)

// The exit codes of Helper.
const (
	helped    = 0
	abandoned = 1 // nobody waits for the answer
	notAsked  = 2 // what came in is no request
)

// Helper reads one request from in, does it, writes the answer to out and
// gives the exit code for the process. It returns early when in ends, because
// then the asking program is gone; the process must end right after.
func Helper(in io.Reader, out io.Writer) int {
	lines := bufio.NewReaderSize(io.LimitReader(in, maxMessage), maxMessage)
	line, err := lines.ReadBytes('\n')
	if err != nil {
		return notAsked
	}
	var r request
	if json.Unmarshal(line, &r) != nil {
		return notAsked
	}
	answers := make(chan answer, 1)
	go func() { answers <- do(r) }()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(io.Discard, in) // its end is what matters
	}()
	select {
	case a := <-answers:
		if json.NewEncoder(out).Encode(a) != nil {
			return abandoned
		}
		return helped
	case <-gone:
		return abandoned
	}
}

// do runs the operation in this process.
func do(r request) answer {
	if err := findBus(); err != nil {
		return answer{Done: true, Problem: err.Error()}
	}
	var secret string
	var err error
	switch r.Op {
	case opGet:
		secret, err = keyring.Get(serviceName, r.Account)
	case opSet:
		err = setAndCheck(r.Account, r.Secret)
	case opDelete:
		err = deleteAndCheck(r.Account)
	default:
		err = errors.New("there is no such operation")
	}
	a := answer{Done: true, Secret: secret}
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		a.NotFound = true
	case err != nil:
		a.Problem = err.Error()
	}
	return a
}

// setAndCheck keeps a secret and reads it back.
func setAndCheck(account, secret string) error {
	if err := keyring.Set(serviceName, account, secret); err != nil {
		return err
	}
	kept, err := keyring.Get(serviceName, account)
	if err != nil {
		return errors.New("what was kept could not be read back: " + err.Error())
	}
	if kept != secret {
		return errors.New("it gives back something else than it was given")
	}
	return nil
}

// deleteAndCheck removes a secret and looks whether it is gone: the library
// takes a refused confirmation for a success.
func deleteAndCheck(account string) error {
	if err := keyring.Delete(serviceName, account); err != nil {
		return err
	}
	_, err := keyring.Get(serviceName, account)
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return nil
	case err != nil:
		return errors.New("whether the key is gone could not be read back: " + err.Error())
	}
	return errors.New("it still has the key")
}
