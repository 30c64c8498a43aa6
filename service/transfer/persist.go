package transfer

import (
	"context"
	"errors"

	"sluice/service/clock"
	"sluice/storage"
)

// Persist makes a write to the database last: it is repeated until it works,
// with longer and longer waits, or until ctx ends or the database is closed.
// outcome is told of every try, nil of one that worked. A row that is not there
// any more (storage.ErrNotFound) can't be written by trying again: the write
// counts as one that worked, and the error is given back.
func Persist(ctx context.Context, c clock.Clock, write func() error, outcome func(error)) error {
	for try := 1; ; try++ {
		err := write()
		if err == nil || errors.Is(err, storage.ErrNotFound) {
			outcome(nil)
			return err
		}
		outcome(err)
		if errors.Is(err, storage.ErrClosed) {
			return err
		}
		passed, giveUp := c.After(Backoff(try, nil))
		select {
		case <-passed:
		case <-ctx.Done():
			giveUp()
			return err
		}
	}
}
