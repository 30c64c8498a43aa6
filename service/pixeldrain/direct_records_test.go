package pixeldrain

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"sluice/service"
)

// The kinds of TLS records.
const (
	alertRecord     = 21
	handshakeRecord = 22
	dataRecord      = 23
)

// recordVoice writes TLS 1.3 records of any kind on a connection whose handshake
// crypto/tls has done, and that crypto/tls only reads from then on.
type recordVoice struct {
	t      *testing.T
	conn   *tls.Conn
	in     *bufio.Reader
	secret []byte
	seq    uint64
}

func expandLabel(t *testing.T, secret []byte, label string, n int) []byte {
	t.Helper()
	label = "tls13 " + label
	info := append([]byte{byte(n >> 8), byte(n), byte(len(label))}, label...)
	out, err := hkdf.Expand(sha256.New, secret, string(append(info, 0)), n)
	if err != nil {
		t.Error(err)
	}
	return out
}

// newVoice does the handshake on conn.
func newVoice(t *testing.T, conn net.Conn, cfg *tls.Config) (*recordVoice, error) {
	t.Helper()
	var keys bytes.Buffer
	cfg = cfg.Clone()
	cfg.KeyLogWriter, cfg.SessionTicketsDisabled, cfg.MinVersion = &keys, true, tls.VersionTLS13
	c := tls.Server(conn, cfg)
	if err := c.HandshakeContext(t.Context()); err != nil {
		return nil, err
	}
	if suite := c.ConnectionState().CipherSuite; suite != tls.TLS_AES_128_GCM_SHA256 {
		return nil, fmt.Errorf("cipher suite %s", tls.CipherSuiteName(suite))
	}
	for line := range strings.Lines(keys.String()) {
		if words := strings.Fields(line); words[0] == "SERVER_TRAFFIC_SECRET_0" {
			secret, err := hex.DecodeString(words[2])
			return &recordVoice{t: t, conn: c, in: bufio.NewReader(c), secret: secret}, err
		}
	}
	return nil, fmt.Errorf("no secret in %q", &keys)
}

// record seals one record.
func (v *recordVoice) record(kind byte, content string) []byte {
	const overhead = 17
	head := binary.BigEndian.AppendUint16([]byte{dataRecord, 3, 3}, uint16(len(content)+overhead)) //nolint:gosec // short
	block, err := aes.NewCipher(expandLabel(v.t, v.secret, "key", 16))
	if err != nil {
		v.t.Error(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		v.t.Error(err)
	}
	nonce := expandLabel(v.t, v.secret, "iv", gcm.NonceSize())
	low := nonce[gcm.NonceSize()-8:]
	binary.BigEndian.PutUint64(low, binary.BigEndian.Uint64(low)^v.seq)
	v.seq++
	return gcm.Seal(head, nonce, append([]byte(content), kind), head)
}

// ticket is a session ticket.
func (v *recordVoice) ticket() []byte {
	body := "\x00\x00\x0e\x10" + "\x01\x02\x03\x04" + "\x01n" + "\x00\x06ticket" + "\x00\x00"
	return v.record(handshakeRecord, "\x04\x00\x00"+string(rune(len(body)))+body)
}

// newKey changes the key, and asks the other side for that too.
func (v *recordVoice) newKey(ask bool) []byte {
	update := "\x18\x00\x00\x01\x00"
	if ask {
		update = "\x18\x00\x00\x01\x01"
	}
	out := v.record(handshakeRecord, update)
	v.secret, v.seq = expandLabel(v.t, v.secret, "traffic upd", sha256.Size), 0
	return out
}

func (v *recordVoice) answer(id string) []byte { return v.record(dataRecord, createdAs(id)) }

// createdAs is a success that gives a file that id.
func createdAs(id string) string {
	body := `{"id":"` + id + `"}`
	return fmt.Sprintf("HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

// readName reads a whole upload and gives the name of its file.
func readName(in *bufio.Reader) (string, error) {
	req, err := http.ReadRequest(in)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(io.Discard, req.Body)
	return path.Base(req.URL.Path), err
}

// TestDirectTellsAnswersFromRecords puts records of every kind between the answers
// of a service, together with an answer and after it. Whatever belongs to TLS costs
// nothing; whatever is an answer that nobody asked for, or the start of one, is
// never taken for the answer to the next file.
func TestDirectTellsAnswersFromRecords(t *testing.T) {
	certificates := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(certificates.Close)
	for name, c := range map[string]struct {
		between func(v *recordVoice) (now, afterwards []byte) // afterwards: when the next file has come
		stays   bool
	}{
		"nothing":       {func(*recordVoice) ([]byte, []byte) { return nil, nil }, true},
		"ticket":        {func(v *recordVoice) ([]byte, []byte) { return v.ticket(), nil }, true},
		"three tickets": {func(v *recordVoice) ([]byte, []byte) { return slices.Concat(v.ticket(), v.ticket(), v.ticket()), nil }, true},
		"key":           {func(v *recordVoice) ([]byte, []byte) { return v.newKey(false), nil }, true},
		"both keys":     {func(v *recordVoice) ([]byte, []byte) { return v.newKey(true), nil }, true},
		"empty record":  {func(v *recordVoice) ([]byte, []byte) { return v.record(dataRecord, ""), nil }, true},
		"half a ticket": {func(v *recordVoice) ([]byte, []byte) { return halves(v.ticket(), 9) }, false},
		"half a head":   {func(v *recordVoice) ([]byte, []byte) { return halves(v.answer("stale"), 4) }, false},
		"answer":        {func(v *recordVoice) ([]byte, []byte) { return v.answer("stale"), nil }, false},
		"half an answer": {func(v *recordVoice) ([]byte, []byte) {
			return halves(v.answer("stale"), 40)
		}, false},
		"ticket and half an answer": {func(v *recordVoice) ([]byte, []byte) {
			return halves(append(v.ticket(), v.answer("stale")...), 80)
		}, false},
		"goodbye": {func(v *recordVoice) ([]byte, []byte) { return v.record(alertRecord, "\x01\x00"), nil }, false},
		"alarm":   {func(v *recordVoice) ([]byte, []byte) { return v.record(alertRecord, "\x02\x50"), nil }, false},
		"noise":   {func(*recordVoice) ([]byte, []byte) { return []byte(createdAs("stale")), nil }, false},
	} {
		for _, together := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/together %v", name, together), func(t *testing.T) {
				said := make(chan struct{}, 10)
				s := &rawServer{talk: func(conn net.Conn, _ *bufio.Reader) {
					v, err := newVoice(t, conn, certificates.TLS)
					if err != nil {
						t.Error(err)
						return
					}
					var late []byte
					for {
						name, err := readName(v.in)
						if err != nil {
							return
						}
						_, _ = conn.Write(late)
						out := v.answer(name)
						more, rest := c.between(v)
						late = rest
						if !together {
							_, _ = conn.Write(out)
							out = nil
						}
						_, _ = conn.Write(append(out, more...))
						said <- struct{}{}
					}
				}}
				s.start(t, func(address string) {
					client := newTestClient(t, Config{APIURL: "https://" + address + "/api", Key: testKey, RootCAs: poolOf(certificates)})
					const files = 4
					for n := range files {
						u := zeroUpload(100)
						u.Name = fmt.Sprintf("file%d", n)
						got, err := client.Upload(t.Context(), u)
						if err != nil || got.ID != service.FileID(u.Name) {
							t.Fatalf("file %d: %q, %v", n, got.ID, err)
						}
						<-said
					}
					conns := int64(files)
					if c.stays {
						conns = 1
					}
					mustEqual(t, "connections", s.conns.Load(), conns)
					client.Close()
				})
			})
		}
	}
}

func halves(record []byte, at int) (now, afterwards []byte) { return record[:at], record[at:] }

// TestDirectAsksAfterReading has an idle connection go while the file is still
// being read, as under a speed limit.
func TestDirectAsksAfterReading(t *testing.T) {
	var uploads atomic.Int64
	leave := make(chan struct{})
	s := &rawServer{talk: func(conn net.Conn, in *bufio.Reader) {
		if !readPut(t, in) {
			return
		}
		_, _ = io.WriteString(conn, created)
		if uploads.Add(1) == 1 {
			<-leave
		}
	}}
	s.serve(t, func(t *testing.T, c *Client) {
		t.Helper()
		uploads.Store(0)
		for n := range 2 {
			restarts := 0
			u := zeroUpload(1000)
			u.OnRestart = func() { restarts++ }
			u.Wrap = func(r io.Reader) io.Reader {
				return readerFunc(func(p []byte) (int, error) {
					if n == 1 && leave != nil {
						close(leave)
						<-s.ended
						leave = nil
					}
					return r.Read(p)
				})
			}
			if _, err := c.Upload(t.Context(), u); err != nil {
				t.Fatal(err)
			}
			mustEqual(t, "restarts", restarts, 0)
		}
		mustEqual(t, "connections", s.conns.Load(), 2)
		leave = make(chan struct{})
	})
}
