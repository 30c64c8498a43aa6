package home

import (
	"io"
	"log/slog"
	"strings"
)

// Log is the log file of one running Sluice.
type Log struct {
	*slog.Logger
	file     *rotating
	redactor *redactor
}

// Sizes of the log: a file is put aside when it would grow over logSize, and
// the last logKept of those put aside are kept.
const (
	logSize = 2 << 20
	logKept = 3
	logName = "sluice.log"
)

// OpenLog opens the log in dir for appending. Only the instance that holds the
// home opens it. Hide tells it the secrets that never reach the file.
func OpenLog(dir string, level slog.Leveler) (*Log, error) {
	file, err := openRotating(dir, logName, logSize, logKept)
	if err != nil {
		return nil, err
	}
	return newLog(file, file, level), nil
}

func newLog(file *rotating, w io.Writer, level slog.Leveler) *Log {
	hide := &redactor{next: w}
	handler := slog.NewTextHandler(hide, &slog.HandlerOptions{Level: level, ReplaceAttr: withoutSecrets})
	return &Log{Logger: slog.New(handler), file: file, redactor: hide}
}

// Hide keeps secret out of everything that is logged from now on. Any
// goroutine may call it; the empty string is ignored.
func (l *Log) Hide(secret string) { l.redactor.hide(secret) }

// Close closes the file. Nothing may be logged afterwards.
func (l *Log) Close() error { return l.file.Close() }

// withoutSecrets empties attributes whose name says that they hold a secret,
// whatever they hold.
func withoutSecrets(_ []string, a slog.Attr) slog.Attr {
	switch strings.ToLower(a.Key) {
	case "key", "api_key", "apikey", "authorization", "cookie", "password", "passphrase", "secret", "token":
		return slog.String(a.Key, hidden)
	}
	return a
}
