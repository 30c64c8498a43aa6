package thumbs

import (
	"context"
	"database/sql"
	"errors"
	"hash/crc32"
)

// write writes a batch in one transaction and makes room for it before.
func (d *database) write(ctx context.Context, b batch, budget int64) error {
	tx, err := d.pool.BeginTx(ctx, nil)
	if err != nil {
		return describe("write", err)
	}
	t := &transaction{Tx: tx, total: d.total.Load(), ready: map[string]*sql.Stmt{}, scopes: map[string]int64{}}
	if err := t.write(ctx, b, budget-fixed); err != nil {
		return describe("write", errors.Join(err, tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return describe("write", err)
	}
	d.total.Store(t.total)
	return nil
}

// transaction keeps count of what its rows take. Its statements end with it.
type transaction struct {
	*sql.Tx
	total  int64
	ready  map[string]*sql.Stmt
	scopes map[string]int64 // ids, 0 for one that there is not yet
}

func (t *transaction) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := t.ready[query]; s != nil {
		return s, nil
	}
	s, err := t.PrepareContext(ctx, query)
	if err == nil {
		t.ready[query] = s
	}
	return s, err
}

func (t *transaction) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := t.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// scope gives the number of a scope, 0 for one that there is not yet.
func (t *transaction) scope(ctx context.Context, name string) (id int64, err error) {
	if id, ok := t.scopes[name]; ok {
		return id, nil
	}
	err = t.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) FROM scope WHERE name = ?", name).Scan(&id)
	t.scopes[name] = id
	return id, err
}

func (t *transaction) write(ctx context.Context, b batch, budget int64) error {
	for id, use := range b.uses {
		if _, err := t.exec(ctx, "UPDATE thumb SET used = ? WHERE id = ?", use, id); err != nil {
			return err
		}
	}
	for _, r := range b.rows { // what they replace
		if err := t.forget(ctx, r); err != nil {
			return err
		}
	}
	if err := t.makeRoom(ctx, budget-b.bytes); err != nil {
		return err
	}
	use := b.clock - int64(len(b.rows))
	for _, r := range b.rows {
		use++
		if err := t.insert(ctx, r, use); err != nil {
			return err
		}
	}
	return nil
}

// forget removes the rows that r replaces.
func (t *transaction) forget(ctx context.Context, r keyedRow) error {
	scope, err := t.scope(ctx, r.Scope)
	if err != nil || scope == 0 {
		return err
	}
	_, err = t.remove(ctx, `SELECT id, cost FROM thumb WHERE scope = ?1 AND file = ?2 AND (?3 = 0 OR class IN (0, ?3))`,
		scope, r.File, r.class)
	return err
}

// makeRoom removes what was used least recently until at most limit is used.
func (t *transaction) makeRoom(ctx context.Context, limit int64) error {
	for t.total > limit {
		// All rows but those that make the rest fit, oldest first.
		const query = `SELECT id, cost FROM (SELECT id, cost, sum(cost) OVER (ORDER BY used, id) - cost AS before
			FROM (SELECT id, cost, used FROM thumb ORDER BY used LIMIT ?2)) WHERE before < ?1`
		n, err := t.remove(ctx, query, t.total-limit, evicted)
		if err != nil {
			return err
		}
		if n == 0 { // nothing is left: the count was wrong
			t.total = 0
			return nil
		}
	}
	return nil
}

// remove deletes the rows that a query names by id and cost.
func (t *transaction) remove(ctx context.Context, query string, args ...any) (n int, err error) {
	s, err := t.stmt(ctx, query)
	if err != nil {
		return 0, err
	}
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	var ids []int64
	var freed int64
	for rows.Next() {
		var id, bytes int64
		if err := rows.Scan(&id, &bytes); err != nil {
			return 0, errors.Join(err, rows.Close())
		}
		ids, freed = append(ids, id), freed+bytes
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return 0, err
	}
	for _, id := range ids {
		if _, err := t.exec(ctx, "DELETE FROM thumb WHERE id = ?", id); err != nil {
			return 0, err
		}
		if _, err := t.exec(ctx, "DELETE FROM picture WHERE id = ?", id); err != nil {
			return 0, err
		}
	}
	t.total -= freed
	return len(ids), nil
}

func (t *transaction) insert(ctx context.Context, r keyedRow, use int64) error {
	scope, err := t.scope(ctx, r.Scope)
	if err != nil {
		return err
	}
	if scope == 0 {
		made, err := t.exec(ctx, "INSERT INTO scope (name) VALUES (?)", r.Scope)
		if err != nil {
			return err
		}
		if scope, err = made.LastInsertId(); err != nil {
			return err
		}
		t.scopes[r.Scope] = scope
	}
	var until int64
	if r.class == 0 {
		until = r.until.Unix()
	}
	size := cost(len(r.data))
	made, err := t.exec(ctx, "INSERT INTO thumb (scope, file, class, cost, used, until, sum) VALUES (?, ?, ?, ?, ?, ?, ?)",
		scope, r.File, r.class, size, use, until, int64(crc32.ChecksumIEEE(r.data)))
	if err != nil {
		return err
	}
	t.total += size
	if r.class == 0 {
		return nil
	}
	id, err := made.LastInsertId()
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, "INSERT INTO picture (id, data) VALUES (?, ?)", id, r.data)
	return err
}
