package storage

import (
	"encoding/binary"
	"errors"
	"strings"
)

// table describes how the rows of one table lie in the file. Rows are told
// apart by their shape alone, since the schema may be what is damaged; so no
// two tables may fit the same row.
type table struct {
	name    string
	columns []string
	// shape has a letter a column: k the rowid, i an integer, I an integer or
	// none, t text, b bytes.
	shape string
	// least is how many columns every row has. Rows that were written before
	// a migration added columns have fewer than the table; added columns are
	// those with a default.
	least int
}

// tables reads the shapes of the tables of a sound database. Tables without
// rowids are left out: theirs is another layout, and what they hold can be
// made again.
func (w *writer) tables() (all []table, err error) {
	rows, err := w.conn.QueryContext(w.ctx, `SELECT t.name, c.name, c.type, c."notnull", c.pk, c.dflt_value IS NOT NULL
		FROM pragma_table_list t, pragma_table_info(t.name) c WHERE t.schema = 'main' AND t.strict AND NOT t.wr ORDER BY t.name, c.cid`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name, column, kind string
		var notNull, added bool
		var key int
		if err := rows.Scan(&name, &column, &kind, &notNull, &key, &added); err != nil {
			return nil, err
		}
		if len(all) == 0 || all[len(all)-1].name != name {
			all = append(all, table{name: name})
		}
		t := &all[len(all)-1]
		t.columns = append(t.columns, column)
		t.shape += letter(kind, notNull, key > 0)
		if !added {
			t.least = len(t.columns)
		}
	}
	return all, rows.Err()
}

func letter(kind string, notNull, key bool) string {
	switch {
	case kind == "BLOB":
		return "b"
	case kind == "TEXT":
		return "t"
	case key:
		return "k"
	case notNull:
		return "i"
	}
	return "I"
}

// decode reads the columns of a row; false when the row makes no sense. The
// rowid's column is nil.
func decode(payload []byte) ([]any, bool) {
	size, n := varint(payload)
	if n == 0 || size < int64(n) || size > int64(len(payload)) {
		return nil, false
	}
	kinds, body := payload[n:size], payload[size:]
	var values []any
	for len(kinds) > 0 {
		kind, n := varint(kinds)
		if n == 0 || kind < 0 {
			return nil, false
		}
		kinds = kinds[n:]
		value, length, ok := column(kind, body)
		if !ok {
			return nil, false
		}
		values = append(values, value)
		body = body[length:]
	}
	return values, len(body) == 0
}

// column reads one value of the kind that a row's header names, and its
// length. Floating-point numbers, which no table has, are no values.
func column(kind int64, body []byte) (value any, length int, ok bool) {
	switch {
	case kind == 0:
		return nil, 0, true
	case kind <= 6:
		length = [...]int{0, 1, 2, 3, 4, 6, 8}[kind]
		if length > len(body) {
			return nil, 0, false
		}
		var wide [8]byte
		copy(wide[8-length:], body[:length])
		shift := 64 - 8*length // brings the sign down
		return int64(binary.BigEndian.Uint64(wide[:])) << shift >> shift, length, true
	case kind == 8 || kind == 9:
		return kind - 8, 0, true
	case kind < 12 || (kind-12)/2 > int64(len(body)):
		return nil, 0, false
	}
	length = int((kind - 12) / 2)
	if kind%2 == 0 {
		return append([]byte{}, body[:length]...), length, true
	}
	return string(body[:length]), length, true
}

// fits tells whether values can be a row of the table.
func (t table) fits(values []any) bool {
	if len(values) < t.least || len(values) > len(t.shape) {
		return false
	}
	for i, v := range values {
		kind := t.shape[i]
		var ok bool
		switch v.(type) {
		case nil:
			ok = kind == 'k' || kind == 'I'
		case int64:
			ok = kind == 'i' || kind == 'I'
		case string:
			ok = kind == 't'
		case []byte:
			ok = kind == 'b'
		}
		if !ok {
			return false
		}
	}
	return true
}

// identify gives the table whose row values are.
func identify(tables []table, values []any) (table, bool) {
	for _, t := range tables {
		if t.fits(values) {
			return t, true
		}
	}
	return table{}, false
}

// insertion gives the statement that puts a row of n columns back in.
func (t table) insertion(n int) string {
	return "INSERT OR IGNORE INTO " + t.name + " (" + strings.Join(t.columns[:n], ", ") + ") VALUES (?" + strings.Repeat(", ?", n-1) + ")"
}
