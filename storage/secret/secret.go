// Package secret keeps a secret in the keyring of the operating system.
//
// A keyring may ask its user for a password and wait for ever, and the library
// that talks to it can't be interrupted. So each operation runs in a process
// of its own, the same program in another mode (see Helper), that is killed
// when the caller gives up. The secret goes over a pipe: never into arguments,
// the environment or a file.
package secret

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

// What operations fail with; test with errors.Is.
var (
	// ErrNotFound says that the keyring answered and holds no such secret.
	ErrNotFound = errors.New("the keyring has no such secret")
	// ErrUnavailable says that nobody knows what the keyring holds: there is
	// none, it is locked, it failed, or it did not answer in time. The text
	// after it tells which. It never means that a secret is gone.
	ErrUnavailable = errors.New("the keyring can't be used")
)

const (
	// serviceName is what keyring programs list the secrets under.
	serviceName = "Sluice"

	maxMessage = 32 << 10 // bytes; a pipe takes that in one go
	waitDelay  = time.Second
)

// The operations of a request.
const (
	opGet    = "get"
	opSet    = "set"
	opDelete = "delete"
)

// request is the line that a helper reads.
type request struct {
	Op      string `json:"op"`
	Account string `json:"account"`
	Secret  string `json:"secret,omitempty"`
}

// answer is the line that a helper writes. Done is there to tell an answer
// from the output of some other program.
type answer struct {
	Done     bool   `json:"done"`
	NotFound bool   `json:"not_found,omitempty"`
	Problem  string `json:"problem,omitempty"` // why it failed; never with the secret in it
	Secret   string `json:"secret,omitempty"`
}

// Keyring reaches the keyring through helper processes. Its methods may be
// called from any goroutine and return soon after ctx ends; a context without
// an end waits as long as the keyring does.
type Keyring struct {
	helper []string
}

// NewKeyring uses helper, the command line that runs Helper.
func NewKeyring(helper []string) *Keyring {
	return &Keyring{helper: slices.Clone(helper)}
}

// Get gives the secret of an account.
func (k *Keyring) Get(ctx context.Context, account string) (string, error) {
	a, err := k.run(ctx, request{Op: opGet, Account: account})
	return a.Secret, err
}

// Set keeps the secret of an account in place of the one before, and reads it
// back before it returns without an error.
func (k *Keyring) Set(ctx context.Context, account, secret string) error {
	_, err := k.run(ctx, request{Op: opSet, Account: account, Secret: secret})
	return err
}

// Delete removes the secret of an account. That there is none is no error.
func (k *Keyring) Delete(ctx context.Context, account string) error {
	_, err := k.run(ctx, request{Op: opDelete, Account: account})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func unavailable(reason string) error { return fmt.Errorf("%w: %s", ErrUnavailable, reason) }

// run has one helper do the request.
func (k *Keyring) run(ctx context.Context, r request) (answer, error) {
	if len(k.helper) == 0 {
		return answer{}, unavailable("there is no program to reach it with")
	}
	message, err := json.Marshal(r)
	if err != nil || len(message) >= maxMessage {
		return answer{}, unavailable("the secret is too long")
	}
	output, err := k.talk(ctx, append(message, '\n'))
	a := answer{}
	if json.Unmarshal(output, &a) == nil && a.Done {
		return a, a.err()
	}
	switch {
	case ctx.Err() != nil:
		return answer{}, fmt.Errorf("%w: it did not answer in time: %w", ErrUnavailable, ctx.Err())
	case err != nil:
		return answer{}, fmt.Errorf("%w: the program that reaches it failed: %w", ErrUnavailable, err)
	}
	return answer{}, unavailable("the program that reaches it gave no answer")
}

func (a answer) err() error {
	switch {
	case a.NotFound:
		return ErrNotFound
	case a.Problem != "":
		return unavailable(a.Problem)
	}
	return nil
}

// talk starts a helper, gives it the message and waits for its end. The pipe
// stays open meanwhile: its end tells the helper that nobody waits any more.
func (k *Keyring) talk(ctx context.Context, message []byte) (output []byte, err error) {
	in, ours, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, ours.Close()) }()
	if _, err := ours.Write(message); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	ctx, kill := context.WithCancel(ctx)
	defer kill()
	out := limited{full: kill}
	cmd := exec.CommandContext(ctx, k.helper[0], k.helper[1:]...)
	cmd.Stdin, cmd.Stdout = in, &out
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "SLUICE_API_KEY=") })
	cmd.WaitDelay = waitDelay
	ownGroup(cmd)
	err = cmd.Start()
	if closeErr := in.Close(); err == nil {
		err = errors.Join(closeErr, cmd.Wait())
	}
	return out.data, err
}

// limited takes what a helper writes, up to a limit at which it calls full.
type limited struct {
	data []byte
	full func()
}

// Write implements io.Writer.
func (l *limited) Write(p []byte) (int, error) {
	if len(l.data)+len(p) > maxMessage {
		l.full()
		return 0, errors.New("the answer is too long")
	}
	l.data = append(l.data, p...)
	return len(p), nil
}
