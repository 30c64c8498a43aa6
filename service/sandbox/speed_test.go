package sandbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

func TestLatencyPassesOnceARequest(t *testing.T) {
	const latency = 50 * time.Millisecond
	c := call(t, sandboxtest.New(t, func(c *sandbox.Config) { c.Latency = latency }))
	for range 50 { // until the computer is not busy elsewhere
		began := time.Now()
		c.put("a", "x")
		switch took := time.Since(began); {
		case took < latency:
			t.Fatalf("a request took %v", took)
		case took < 2*latency:
			return
		}
	}
	t.Error("no request took less than twice the latency")
}

func TestThrottleBoundsTheWholeServer(t *testing.T) {
	const speed, size = 2 << 20, 512 << 10
	srv := sandboxtest.New(t, func(c *sandbox.Config) { c.Throttle = speed })
	c := call(t, srv)
	data := strings.Repeat("x", size)
	least := time.Second * (2*size - speed/10) / speed // two, less a burst
	began := time.Now()
	a, b := c.begin(http.MethodPut, "/file/a", data), c.begin(http.MethodPut, "/file/b", data)
	for _, end := range []<-chan later{a, b} {
		if got := <-end; got.err != nil || got.answer.status != http.StatusCreated {
			t.Fatalf("%+v", got)
		}
	}
	if took := time.Since(began); took < least {
		t.Errorf("%d bytes came in within %v", 2*size, took)
	}
	began = time.Now()
	for _, f := range srv.Files() {
		if got := c.do(http.StatusOK, http.MethodGet, "/file/"+string(f.ID), "").body; string(got) != data {
			t.Error("the contents differ")
		}
	}
	if took := time.Since(began); took < least {
		t.Errorf("%d bytes went out within %v", 2*size, took)
	}
}

func BenchmarkUpload(b *testing.B) {
	for name, cfg := range map[string]sandbox.Config{
		"plain": {}, "plain discard": {Discard: true}, "tls": {TLS: true}, "tls discard": {TLS: true, Discard: true},
	} {
		b.Run(name, func(b *testing.B) {
			const size = 64 << 20
			srv := sandboxtest.New(b, func(c *sandbox.Config) { *c = cfg })
			c := call(b, srv)
			c.client.Transport.(*http.Transport).ForceAttemptHTTP2 = false
			data := strings.Repeat("x", size)
			b.SetBytes(size)
			for b.Loop() {
				c.put("a", data)
			}
		})
	}
}
