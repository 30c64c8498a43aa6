package transfer

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sluice/service/clock"
	"sluice/storage"
)

func TestPersist(t *testing.T) {
	full := errors.New("disk full")
	for name, c := range map[string]struct {
		outcomes []error // of the tries; the last one stays
		ends     time.Duration
		want     error
		told     []error
	}{
		"at once":       {[]error{nil}, time.Hour, nil, []error{nil}},
		"the third":     {[]error{full, full, nil}, time.Hour, nil, []error{full, full, nil}},
		"no such row":   {[]error{full, storage.ErrNotFound}, time.Hour, storage.ErrNotFound, []error{full, nil}},
		"closed":        {[]error{storage.ErrClosed}, time.Hour, storage.ErrClosed, []error{storage.ErrClosed}},
		"never, closes": {[]error{full}, 2 * time.Second, full, []error{full, full}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), c.ends)
				defer cancel()
				var told []error
				tries := 0
				err := Persist(ctx, clock.System{}, func() error {
					tries++
					return c.outcomes[min(tries, len(c.outcomes))-1]
				}, func(err error) { told = append(told, err) })
				if !errors.Is(err, c.want) || !slices.Equal(told, c.told) {
					t.Errorf("gave %v, told %v", err, told)
				}
			})
		})
	}
}
