package handoff

import (
	"bufio"
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"net"
	"time"
)

// Times of a caller.
const (
	dialTime  = 2 * time.Second
	patience  = 30 * time.Second // for a holder that starts or stops
	firstWait = 10 * time.Millisecond
	longWait  = 250 * time.Millisecond
	maxAnswer = 16 << 20 // bytes of one line
)

// Call asks the instance that runs for dir, and gives its replies to onReply
// in order, on the calling goroutine, until the conversation ends. An error of
// onReply ends it and is returned. The errors are ErrNotRunning, ErrVersion,
// ErrStopped, ErrBroken, that of ctx, or the *service.Error of the other side.
func Call(ctx context.Context, dir string, req Request, onReply func(Reply) error) error {
	a, err := readAddress(dir)
	if err != nil {
		return err
	}
	dialer := net.Dialer{Timeout: dialTime}
	conn, err := dialer.DialContext(ctx, "tcp", a.Addr)
	if err != nil {
		return first(ctx.Err(), fmt.Errorf("%w: %w", ErrNotRunning, err))
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Now()) })
	defer stop()
	r := bufio.NewReader(conn)
	if err := present(ctx, conn, r, a.Token, req); err != nil {
		return first(ctx.Err(), err)
	}
	return listen(ctx, r, onReply)
}

// present makes sure of the holder, and asks. Until the ask is sent whole the
// holder has done nothing, so that every failure here is ErrNotRunning.
func present(ctx context.Context, conn net.Conn, r *bufio.Reader, token []byte, req Request) error {
	if err := conn.SetDeadline(time.Now().Add(greetingTime)); err != nil {
		return fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	if err := ctx.Err(); err != nil { // the deadline may just have undone that of ctx
		return err
	}
	mine := nonce()
	if err := writeLine(conn, hello{Nonce: mine}); err != nil {
		return fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	var w welcome
	if err := readLine(r, maxGreeting, &w); err != nil {
		return fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	if len(w.Nonce) != nonceSize || !hmac.Equal(w.Proof, proof(token, "holder", mine, w.Nonce)) {
		return fmt.Errorf("%w: another program has its port", ErrNotRunning)
	}
	a := ask{Proof: proof(token, "caller", mine, w.Nonce), Version: version, Request: &req}
	if err := writeLine(conn, a); err != nil {
		return fmt.Errorf("%w: %w", ErrNotRunning, err)
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return nil
}

func listen(ctx context.Context, r *bufio.Reader, onReply func(Reply) error) error {
	for {
		var a answer
		if err := readLine(r, maxAnswer, &a); err != nil {
			return first(ctx.Err(), fmt.Errorf("%w: %w", ErrBroken, err))
		}
		if a.End != nil {
			return a.End.outcome()
		}
		if a.Reply == nil {
			continue
		}
		if err := onReply(*a.Reply); err != nil {
			return err
		}
	}
}

func (e *end) outcome() error {
	switch {
	case e.Version:
		return ErrVersion
	case e.Stopped:
		return ErrStopped
	case e.Failure != nil:
		return e.Failure.fromWire()
	default:
		return nil
	}
}

// Enter does one of two things: it claims dir for this process and gives the
// instance, or passes req to the process that has it, and gives nil once that
// has answered to the end. It waits while the other starts or stops. Exactly
// one of several processes that enter at once gets the instance.
func Enter(ctx context.Context, dir string, serve Serve, req Request, onReply func(Reply) error) (*Instance, error) {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for wait := firstWait; ; wait = min(2*wait, longWait) {
		in, err := Claim(ctx, dir, serve)
		if !errors.Is(err, ErrTaken) {
			return in, err
		}
		if err = Call(ctx, dir, req, onReply); !errors.Is(err, ErrNotRunning) {
			return nil, err
		}
		again := time.NewTimer(wait)
		select {
		case <-again.C:
		case <-limit.C:
			again.Stop()
			return nil, err
		case <-ctx.Done():
			again.Stop()
			return nil, ctx.Err()
		}
	}
}

// first gives the first error that is not nil.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
