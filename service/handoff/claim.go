package handoff

import (
	"bufio"
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"sluice/service"
)

// Serve answers one request. It runs on a goroutine of its own for every
// caller and may take as long as it likes; ctx ends when the caller goes away
// or the instance closes. What it returns, nil or an error, ends the
// conversation. reply is not to be called after it returns; it waits while the
// caller does not read.
type Serve func(ctx context.Context, req Request, reply func(Reply) error) error

// Instance is the claim of this process on a folder.
type Instance struct {
	dir      string
	lock     *flock.Flock
	listener net.Listener
	token    []byte
	serve    Serve

	ctx    context.Context //nolint:containedctx // ends every conversation when the instance closes
	cancel context.CancelFunc
	all    sync.WaitGroup // the accepting goroutine and every conversation
	stop   sync.Once
	close  sync.Once
}

// maxGreetings is how many callers that have not proved anything are heard at
// a time; more wait to be accepted.
const maxGreetings = 32

// Claim makes this process the one that runs for dir, which exists, and serves
// callers until Close. It gives ErrTaken when another process does already.
func Claim(ctx context.Context, dir string, serve Serve) (*Instance, error) {
	lock := flock.New(filepath.Join(dir, lockName))
	locked, err := lock.TryLock()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the folder %q: %w", dir, err), lock.Close())
	}
	if !locked {
		return nil, errors.Join(ErrTaken, lock.Close())
	}
	in := &Instance{dir: dir, lock: lock, token: nonce(), serve: serve}
	if err := in.listen(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("listen for other starts of Sluice: %w", err), lock.Close())
	}
	in.ctx, in.cancel = context.WithCancel(context.WithoutCancel(ctx))
	in.all.Go(in.accept)
	return in, nil
}

func (in *Instance) listen(ctx context.Context) error {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		var err6 error
		if listener, err6 = lc.Listen(ctx, "tcp", "[::1]:0"); err6 != nil {
			return errors.Join(err, err6)
		}
	}
	a := address{Version: version, Addr: listener.Addr().String(), Token: in.token, PID: os.Getpid()}
	if err := a.write(in.dir); err != nil {
		return errors.Join(err, listener.Close())
	}
	in.listener = listener
	return nil
}

// Stop serves nobody new, ends the conversations under way, which tells their
// callers ErrStopped, and waits for them. The folder stays claimed.
func (in *Instance) Stop() {
	in.stop.Do(func() {
		in.leave()
		in.cancel()
		in.all.Wait()
	})
}

// Drain serves nobody new and waits until every conversation under way has
// ended by itself or ctx ends. Stop or Close is still to be called.
func (in *Instance) Drain(ctx context.Context) {
	in.leave()
	ended := make(chan struct{})
	go func() { // ends with the conversations, for which Stop waits
		defer close(ended)
		in.all.Wait()
	}()
	select {
	case <-ended:
	case <-ctx.Done():
	}
}

// leave makes the instance unreachable.
func (in *Instance) leave() {
	_ = os.Remove(filepath.Join(in.dir, addressName)) // a file that stays is found to be stale
	_ = in.listener.Close()
}

// Close stops and gives the folder free. It is the last thing to do, after
// everything else in the folder is closed.
func (in *Instance) Close() error {
	in.Stop()
	var err error
	in.close.Do(func() { err = in.lock.Close() })
	return err
}

func (in *Instance) accept() {
	greetings := make(chan struct{}, maxGreetings)
	for {
		select {
		case greetings <- struct{}{}:
		case <-in.ctx.Done():
			return
		}
		conn, err := in.listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) || !in.pause() {
				return
			}
			<-greetings
			continue
		}
		in.all.Go(func() {
			defer func() { _ = conn.Close() }()
			in.talk(conn, func() { <-greetings })
		})
	}
}

// pause lets a moment pass after a failure such as "too many open files". It
// reports false when the instance closes.
func (in *Instance) pause() bool {
	timer := time.NewTimer(50 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-in.ctx.Done():
		return false
	}
}

// talk has one conversation. greeted is called once the caller has proved
// itself, or failed to.
func (in *Instance) talk(conn net.Conn, greeted func()) {
	stop := context.AfterFunc(in.ctx, func() { _ = conn.SetReadDeadline(time.Now()) })
	defer stop()
	r := bufio.NewReader(conn)
	req, err := in.greet(conn, r)
	greeted()
	if errors.Is(err, ErrVersion) {
		_ = writeLine(conn, answer{End: &end{Version: true}})
		return
	}
	if err != nil {
		return // not one of us, or gone: there is nobody to tell
	}
	err = in.answer(conn, r, *req)
	bye := &end{Stopped: in.ctx.Err() != nil && err != nil}
	if err != nil && !bye.Stopped {
		bye.Failure = toWire(service.AsError(string(req.Op), err))
	}
	_ = conn.SetWriteDeadline(time.Now().Add(goodbyeTime))
	_ = writeLine(conn, answer{End: bye})
}

// greet proves this side, checks the other, and reads what it asks for.
func (in *Instance) greet(conn net.Conn, r *bufio.Reader) (*Request, error) {
	if err := conn.SetWriteDeadline(time.Now().Add(greetingTime)); err != nil {
		return nil, err
	}
	if err := conn.SetReadDeadline(time.Now().Add(greetingTime)); err != nil {
		return nil, err
	}
	if err := in.ctx.Err(); err != nil { // the deadline may just have undone that of talk
		return nil, err
	}
	var h hello
	if err := readLine(r, maxGreeting, &h); err != nil {
		return nil, err
	}
	if len(h.Nonce) != nonceSize {
		return nil, errors.New("a hello without a nonce")
	}
	mine := nonce()
	w := welcome{Nonce: mine, Proof: proof(in.token, "holder", h.Nonce, mine)}
	if err := writeLine(conn, w); err != nil {
		return nil, err
	}
	var a ask
	if err := readLine(r, maxAsk, &a); err != nil {
		return nil, err
	}
	if !hmac.Equal(a.Proof, proof(in.token, "caller", h.Nonce, mine)) {
		return nil, errors.New("a wrong proof")
	}
	if a.Version != version || a.Request == nil {
		return nil, ErrVersion
	}
	return a.Request, conn.SetDeadline(time.Time{})
}

// answer runs the callback with a ctx that ends when the caller hangs up.
func (in *Instance) answer(conn net.Conn, r *bufio.Reader, req Request) error {
	ctx, cancel := context.WithCancel(in.ctx)
	defer cancel()
	// A caller that does not read must not hold up Stop.
	stop := context.AfterFunc(ctx, func() {
		_ = conn.SetWriteDeadline(time.Now().Add(goodbyeTime))
		_ = conn.SetReadDeadline(time.Now())
	})
	defer stop()
	var watch sync.WaitGroup
	watch.Go(func() {
		_, _ = r.ReadByte() // callers say nothing more: it returns when they go
		cancel()
	})
	defer watch.Wait()
	defer cancel()
	var mu sync.Mutex
	return in.serve(ctx, req, func(reply Reply) error {
		mu.Lock()
		defer mu.Unlock()
		return writeLine(conn, answer{Reply: &reply})
	})
}
