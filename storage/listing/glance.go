package listing

import (
	"context"
	"database/sql"
	"errors"
	"hash/crc32"
	"time"
)

// Glance gives what was kept beside a listing to be shown before it is read, and
// from when the listing is. It is as new as the listing: Save writes or removes it
// with the parts. It fails with ErrNone when there is none that is whole; the
// listing itself may be whole all the same.
func (s *Store) Glance(ctx context.Context, scope string) (data []byte, at time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var sum uint32
	var ms int64
	const query = "SELECT glance.sum, glance.data, scope.at FROM scope JOIN glance ON glance.scope = scope.id WHERE scope.name = ?"
	err = s.pool.QueryRowContext(ctx, query, scope).Scan(&sum, &data, &ms)
	switch {
	case errors.Is(err, sql.ErrNoRows), isDamage(err): // Load meets the damage too
		return nil, time.Time{}, ErrNone
	case err != nil:
		return nil, time.Time{}, describe("read", err)
	case crc32.ChecksumIEEE(data) != sum:
		return nil, time.Time{}, ErrNone
	}
	return data, time.UnixMilli(ms), nil
}

// SaveGlance writes another glance of a listing that stays as it is. It fails with
// ErrNone where there is no listing.
func (s *Store) SaveGlance(ctx context.Context, scope string, data []byte) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		var id int64
		err := tx.QueryRowContext(ctx, "SELECT id FROM scope WHERE name = ?", scope).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNone
		}
		if err != nil {
			return err
		}
		return saveGlance(ctx, tx, id, data)
	})
}

func saveGlance(ctx context.Context, tx *sql.Tx, id int64, data []byte) error {
	if len(data) == 0 {
		_, err := tx.ExecContext(ctx, "DELETE FROM glance WHERE scope = ?", id)
		return err
	}
	_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO glance (scope, sum, data) VALUES (?, ?, ?)", id, crc32.ChecksumIEEE(data), data)
	return err
}
