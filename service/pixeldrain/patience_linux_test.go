package pixeldrain

import (
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"
)

// TestSystemGivesUp makes sure that the system does not go on sending for much
// longer than the stall time.
func TestSystemGivesUp(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(accept))
	t.Cleanup(server.Close)
	c := newTestClient(t, configFor(server, func(cfg *Config) { cfg.Stall = 7 * time.Second }))
	if _, err := c.Upload(t.Context(), zeroUpload(10)); err != nil {
		t.Fatal(err)
	}
	socket, ok := c.direct.idle[0].raw.Conn.(syscall.Conn)
	if !ok {
		t.Fatal("no socket")
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	err = raw.Control(func(fd uintptr) {
		got, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout)
		if err != nil {
			t.Error(err)
		}
		mustEqual(t, "milliseconds", got, 14_000)
	})
	if err != nil {
		t.Error(err)
	}
}
