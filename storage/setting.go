package storage

import (
	"context"
	"database/sql"
)

// Settings gives all settings, text by key.
func (d *DB) Settings(ctx context.Context) (map[string]string, error) {
	type setting struct{ key, value string }
	rows, err := query(ctx, d, "read the settings", func(rows *sql.Rows) (s setting, err error) {
		err = rows.Scan(&s.key, &s.value)
		return s, err
	}, "SELECT key, value FROM setting")
	if err != nil {
		return nil, err
	}
	all := make(map[string]string, len(rows))
	for _, s := range rows {
		all[s.key] = s.value
	}
	return all, nil
}

// SetSetting keeps the value under the key, in place of the one before.
func (d *DB) SetSetting(ctx context.Context, key, value string) error {
	return d.write(ctx, "keep a setting", func(w *writer) error {
		_, err := w.exec("INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2", key, value)
		return err
	})
}
