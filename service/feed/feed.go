// Package feed hands the events of one service to any number of subscribers.
//
// What was published is kept for each subscriber until it is read, in order.
// Progress is different: of several reports with the same key that were not
// read yet, only the last is kept, and it stands where it was reported last.
// So a slow subscriber loses superseded progress and nothing else, and never
// holds up whoever publishes.
//
// A Feed starts no goroutine of its own.
package feed

import (
	"context"
	"errors"
	"sync"
)

// ErrClosed is what Next gives once the feed or the subscription was closed
// and everything before that was read.
var ErrClosed = errors.New("feed closed")

// Feed is the publishing side. K tells apart the things that progress, E is an
// event. The zero value is ready; a Feed must not be copied. All methods may be
// called from any goroutine and return at once.
type Feed[K comparable, E any] struct {
	mu     sync.Mutex
	subs   map[*Subscription[E]]struct{}
	closed bool
}

// Publish gives e to every subscriber. It is kept until read.
func (f *Feed[K, E]) Publish(e E) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for s := range f.subs {
		s.put(nil, e)
	}
}

// Progress gives e to every subscriber in place of the last unread progress of
// the same key.
func (f *Feed[K, E]) Progress(key K, e E) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for s := range f.subs {
		s.put(key, e)
	}
}

// Subscribe starts a stream of all that is published from now on. It ends with
// ctx, or earlier by Subscription.Close or Close. To hand out a snapshot that
// fits the stream, call it under the lock under which events are published.
func (f *Feed[K, E]) Subscribe(ctx context.Context) *Subscription[E] {
	s := &Subscription[E]{ready: make(chan struct{}, 1), ended: make(chan struct{})}
	s.leave = func() {
		f.mu.Lock()
		delete(f.subs, s)
		f.mu.Unlock()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		s.end(ErrClosed)
		return s
	}
	if f.subs == nil {
		f.subs = make(map[*Subscription[E]]struct{})
	}
	f.subs[s] = struct{}{}
	stop := context.AfterFunc(ctx, func() {
		s.drop(context.Cause(ctx))
		s.leave()
	})
	s.mu.Lock()
	s.stop = stop
	s.mu.Unlock()
	return s
}

// Subscribers tells how many streams are open, so that work that only serves
// them can be left out.
func (f *Feed[K, E]) Subscribers() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.subs)
}

// Close ends every stream after what was published before; later events go
// nowhere.
func (f *Feed[K, E]) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for s := range f.subs {
		s.end(ErrClosed)
	}
	clear(f.subs)
}
