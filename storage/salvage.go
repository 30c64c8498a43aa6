package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// repairSuffix names the database that is to take the place of a damaged
	// one. While the damaged one is in its place, the repair is not complete.
	repairSuffix = ".repair"
	asideMark    = ".corrupt-"

	maxID      = 1 << 53 // more than there can be; damage makes higher ones
	idsReserve = 1000    // ids left unused after a loss, because lost rows had them
)

// companions are what SQLite keeps next to a database.
func companions() []string { return []string{"-wal", "-shm", "-journal"} }

// salvage makes a new database of what can be read of the damaged one at path,
// moves that aside and takes its place. When it fails, the damaged one is left
// where it was. It survives being killed at any point: see finishSalvage.
func salvage(ctx context.Context, path string) (Opening, error) {
	repair := path + repairSuffix
	if err := removeRepair(repair); err != nil {
		return Opening{}, err
	}
	opening, err := fillRepair(ctx, path, repair)
	if err != nil {
		return Opening{}, errors.Join(err, removeRepair(repair))
	}
	if opening.MovedAside, err = freeName(path + asideMark + time.Now().UTC().Format("20060102-150405")); err != nil {
		return Opening{}, err
	}
	if err := rename(path, opening.MovedAside); err != nil {
		return Opening{}, err
	}
	return opening, takePlace(path, opening.MovedAside)
}

// finishSalvage ends what a salvage left that was killed. aside is where the
// damaged database went if it was moved already, else "".
func finishSalvage(path string) (aside string, err error) {
	repair := path + repairSuffix
	if _, err := os.Stat(repair); err != nil {
		return "", nil //nolint:nilerr // no repair, nothing to finish
	}
	if _, err := os.Stat(path); err == nil {
		return "", removeRepair(repair)
	}
	all, err := filepath.Glob(escapeGlob(path) + asideMark + "*")
	if err != nil {
		return "", fmt.Errorf("storage: finish the repair: %w", err)
	}
	all = slices.DeleteFunc(all, func(name string) bool {
		return slices.ContainsFunc(companions(), func(c string) bool { return strings.HasSuffix(name, c) })
	})
	aside = path + asideMark + "earlier"
	if len(all) > 0 {
		aside = slices.Max(all)
	}
	return aside, takePlace(path, aside)
}

// escapeGlob makes a pattern that matches only the name itself.
func escapeGlob(name string) string {
	if os.PathSeparator == '\\' {
		return strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(name)
	}
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "*", `\*`, "?", `\?`).Replace(name)
}

// takePlace moves what the damaged database left behind aside, too, and puts
// the complete repair into the place at path. A log that stayed would be
// taken for the new database's own.
func takePlace(path, aside string) error {
	for _, c := range companions() {
		if err := rename(path+c, aside+c); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := rename(path+repairSuffix, path); err != nil {
		return err
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		_ = dir.Sync() // some systems can't
		_ = dir.Close()
	}
	return nil
}

func rename(from, to string) error {
	return fileError("move the damaged database aside", os.Rename(from, to))
}

// freeName gives name, or name with a number that no file has.
func freeName(name string) (string, error) {
	for i := range 1000 {
		candidate := name
		if i > 0 {
			candidate = fmt.Sprintf("%s.%d", name, i)
		}
		if _, err := os.Lstat(candidate); errors.Is(err, fs.ErrNotExist) {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("storage: move the damaged database aside: no free name like %s", name)
}

func removeRepair(repair string) error {
	for _, c := range append(companions(), "") {
		if err := os.Remove(repair + c); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fileError("remove an unfinished repair", err)
		}
	}
	return nil
}

// fillRepair makes the database repair of the rows of the damaged one.
func fillRepair(ctx context.Context, damaged, repair string) (opening Opening, err error) {
	file, err := openDamaged(damaged)
	if err != nil {
		return Opening{}, err
	}
	defer func() { err = errors.Join(err, file.close()) }()
	if _, err := prepareFile(repair); err != nil {
		return Opening{}, err
	}
	d, err := openSound(ctx, repair, "")
	if err != nil {
		return Opening{}, err
	}
	err = d.write(ctx, "salvage rows", func(w *writer) error {
		opening, err = w.salvage(ctx, file)
		return err
	})
	return opening, errors.Join(err, d.Close())
}

// salvage copies every row that can be read. It runs in one transaction.
func (w *writer) salvage(ctx context.Context, file *damagedFile) (Opening, error) {
	tables, err := w.tables()
	if err != nil {
		return Opening{}, err
	}
	opening, given := Opening{}, map[string]int64{}
	for c := range file.cells() {
		if ctx.Err() != nil {
			return Opening{}, ctx.Err()
		}
		values, ok := decode(c.payload)
		if !ok {
			opening.Lost++
			continue
		}
		if name, last, ok := sequence(values); ok {
			given[name] = max(given[name], last)
			continue
		}
		t, ok := identify(tables, values)
		if !ok {
			if !isSchema(values) {
				opening.Lost++
			}
			continue
		}
		added, err := w.putBack(t, c.rowid, values)
		if err != nil {
			return Opening{}, err
		}
		if added {
			opening.Salvaged++
		} else {
			opening.Lost++
		}
	}
	return opening, w.tidy(tables, given, opening.Lost > 0)
}

// sequence reads a row of the table in which SQLite keeps the highest ids.
func sequence(values []any) (table string, last int64, ok bool) {
	if len(values) != 2 {
		return "", 0, false
	}
	table, named := values[0].(string)
	last, counted := values[1].(int64)
	return table, min(last, maxID), named && counted
}

// isSchema tells whether values are a row of SQLite's own table of tables. The
// indexes that SQLite makes by itself have no text there.
func isSchema(values []any) bool {
	return len(values) == 5 && table{shape: "ttti", least: 4}.fits(values[:4])
}

// putBack inserts a row; false when its id makes no sense or is taken.
func (w *writer) putBack(t table, rowid int64, values []any) (bool, error) {
	for i, v := range values {
		if v == nil && t.shape[i] == 'k' {
			if rowid < 1 || rowid > maxID {
				return false, nil
			}
			values[i] = rowid
		}
	}
	n, err := w.change(t.insertion(len(values)), values...)
	return n > 0, err
}

// tidy makes the rows fit each other again.
func (w *writer) tidy(tables []table, given map[string]int64, lost bool) error {
	reserve := 0
	if lost {
		reserve = idsReserve
	}
	for _, t := range tables {
		if t.shape[0] != 'k' {
			continue
		}
		if _, err := w.exec("DELETE FROM sqlite_sequence WHERE name = ?", t.name); err != nil {
			return err
		}
		if _, err := w.exec("INSERT INTO sqlite_sequence (name, seq) SELECT ?, ? + max(?, coalesce((SELECT max(id) FROM "+t.name+"), 0))",
			t.name, reserve, given[t.name]); err != nil {
			return err
		}
	}
	if _, err := w.exec("DELETE FROM attempt WHERE job NOT IN (SELECT id FROM job)"); err != nil {
		return err
	}
	// Pages of the history are read down to 0: what has no place in it goes to its end.
	if _, err := w.exec("UPDATE job SET ended = id WHERE ended <= 0"); err != nil {
		return err
	}
	_, err := w.exec("INSERT OR IGNORE INTO taken (intake, path) SELECT intake.id, job.path FROM intake JOIN job USING (batch)")
	return err
}
