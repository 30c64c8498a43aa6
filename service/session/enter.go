package session

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"sluice/service"
	"sluice/service/handoff"
)

// Values of the error that a start gets from a running Sluice that does not
// work where the start wants to.
const (
	ReasonOtherService = "other_service" // SLUICE_API_URL names another service
	ReasonOtherKey     = "other_key"     // SLUICE_API_KEY is another key
)

// ReasonNoWindow is the Value of the error that a start gets when the running
// Sluice is a command: it has taken the files, but can show no window.
const ReasonNoWindow = "no_window"

// maxChanges is how often the work may go to another instance before Enter
// gives up. Each change means that one was closed or died.
const maxChanges = 100

// Enter opens a session for cfg.Home, whose folders exist, or, when another
// Sluice has that home, passes req on to it, gives its replies to onReply, and
// returns nil once it has answered to the end. When that one is closed or dies
// on the way, the work goes on here or with its successor; the request that is
// left is returned with the session, to be given to Serve.
func Enter(ctx context.Context, cfg Config, req handoff.Request, onReply func(handoff.Reply) error) (*Session, handoff.Request, error) {
	if cfg.StartServer == nil {
		req.APIURL, req.KeyMark = cfg.APIURL, keyMark(cfg.Key)
	}
	d := &door{opened: make(chan struct{})}
	for change := 0; ; change++ {
		in, err := handoff.Enter(ctx, cfg.Home.Data, d.serve, req, func(r handoff.Reply) error {
			if r.Accepted != 0 {
				req.Batch = r.Accepted
			}
			return onReply(r)
		})
		moved := errors.Is(err, handoff.ErrStopped) || errors.Is(err, handoff.ErrBroken)
		switch {
		case moved && req.Op == handoff.OpOpen && req.Batch != 0:
			return nil, req, nil // all that was wanted is done
		case moved && change < maxChanges && ctx.Err() == nil:
			continue
		case in == nil:
			return nil, req, err
		}
		s, err := open(ctx, cfg)
		if err != nil {
			return nil, req, errors.Join(err, in.Close())
		}
		s.instance = in
		d.open(s)
		return s, req, nil
	}
}

// door lets other starts wait until the session is open.
type door struct {
	opened  chan struct{}
	session *Session // set before opened is closed
}

func (d *door) open(s *Session) {
	d.session = s
	close(d.opened)
}

func (d *door) serve(ctx context.Context, req handoff.Request, reply func(handoff.Reply) error) error {
	select {
	case <-d.opened:
		return d.session.Serve(ctx, req, reply)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Drain serves no other start from now on, and waits until all that others
// have handed over has ended. For a command that has done its own work.
func (s *Session) Drain(ctx context.Context) error {
	s.instance.Drain(ctx)
	s.mu.Lock()
	handed := s.handed
	s.mu.Unlock()
	for _, batch := range handed {
		if _, err := s.engine.Wait(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

// keyMark is the same for the same key and tells nothing else about it.
func keyMark(key string) string {
	if key == "" {
		return ""
	}
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte("sluice: which key"))
	return hex.EncodeToString(mac.Sum(nil))
}

// suits refuses a request that insists on another service or key than those
// in use: its files would go where they must not.
func (s *Session) suits(req handoff.Request) error {
	var reason string
	switch status := s.Status(); {
	case req.APIURL != "" && req.APIURL != status.APIURL:
		reason = ReasonOtherService
	case req.KeyMark != "" && req.KeyMark != keyMark(s.keeper.Key()):
		reason = ReasonOtherKey
	default:
		return nil
	}
	return &service.Error{Op: "ask the running Sluice", Kind: service.Invalid, Value: reason}
}

// noKey is the error of a request that needs a key where there is none.
func noKey(status Status) error {
	reason := service.ReasonNoKey
	if status.Account.KeyringProblem != "" {
		reason = service.ReasonKeyringNoAnswer
	}
	return &service.Error{Op: "upload", Kind: service.Unauthorized, Value: reason}
}
