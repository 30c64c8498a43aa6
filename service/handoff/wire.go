package handoff

import (
	"bufio"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"time"
)

// version changes when the conversation changes so that the other side could
// misread it.
const version = 1

// Limits of what is read and how long is waited.
const (
	maxGreeting  = 4 << 10  // bytes of a line before both sides are known
	maxAsk       = 64 << 20 // more than any command line holds
	greetingTime = 10 * time.Second
	goodbyeTime  = 2 * time.Second // for the last line to a caller that may not read
	nonceSize    = 32
)

type hello struct {
	Nonce []byte `json:"nonce"`
}

type welcome struct {
	Nonce []byte `json:"nonce"`
	Proof []byte `json:"proof"`
}

type ask struct {
	Proof   []byte   `json:"proof"`
	Version int      `json:"version"`
	Request *Request `json:"request"`
}

type answer struct {
	Reply *Reply `json:"reply,omitempty"`
	End   *end   `json:"end,omitempty"`
}

// end closes a conversation in good order: done, or why not.
type end struct {
	Stopped bool         `json:"stopped,omitempty"` // the holder is closing
	Version bool         `json:"version,omitempty"` // the request is of another version
	Failure *wireFailure `json:"failure,omitempty"`
}

// proof shows that its maker knows the token, for this conversation and this
// side only.
func proof(token []byte, side string, caller, holder []byte) []byte {
	mac := hmac.New(sha256.New, token)
	for _, part := range [][]byte{[]byte(side), caller, holder} {
		mac.Write([]byte{byte(len(part))})
		mac.Write(part)
	}
	return mac.Sum(nil)
}

func nonce() []byte {
	b := make([]byte, nonceSize)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return b
}

var errLongLine = errors.New("a line is too long")

// readLine reads one JSON object that ends with a line break into v.
func readLine(r *bufio.Reader, limit int, v any) error {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > limit {
			return errLongLine
		}
		line = append(line, part...)
		if err == nil {
			return json.Unmarshal(line, v)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// writeLine writes v as JSON on one line, in one Write.
func writeLine(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}
