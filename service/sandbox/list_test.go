package sandbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sluice/service"
	"sluice/service/sandbox"
	"sluice/service/sandbox/sandboxtest"
)

func TestInfoOfSeveral(t *testing.T) {
	for name, limit := range map[string]int{"2020": 1000, "2026": 100} {
		t.Run(name, func(t *testing.T) {
			c := call(t, sandboxtest.New(t, dialect(dialects()[name])))
			a, b := c.put("a", "a"), c.put("b", "b")
			ids := func(body []byte) []service.FileID {
				var infos []struct {
					ID service.FileID `json:"id"`
				}
				if err := json.Unmarshal(body, &infos); err != nil {
					t.Fatal(err)
				}
				var ids []service.FileID
				for _, i := range infos {
					ids = append(ids, i.ID)
				}
				return ids
			}
			got := ids(c.do(http.StatusOK, http.MethodGet, fmt.Sprintf("/file/%s,missing0,%s/info", b, a), "").body)
			if len(got) != 2 || got[0] != b || got[1] != a {
				t.Errorf("got %v, want %s and %s", got, b, a)
			}
			path := func(n int) string { return "/file/" + string(a) + strings.Repeat(","+string(b), n-1) + "/info" }
			if got := ids(c.do(http.StatusOK, http.MethodGet, path(limit), "").body); len(got) != limit {
				t.Errorf("%d infos of %d", len(got), limit)
			}
			status, value := http.StatusUnprocessableEntity, "string_out_of_range"
			if name == "2020" {
				status, value = http.StatusRequestEntityTooLarge, "too_many_files"
			}
			c.refused(status, value, http.MethodGet, path(limit+1), "")
		})
	}
}

func TestDeleteAndRename(t *testing.T) {
	for name, words := range map[string][2]string{"2020": {"file_deleted", "file_not_found"}, "2026": {"ok", "not_found"}} {
		t.Run(name, func(t *testing.T) {
			srv := sandboxtest.New(t, dialect(dialects()[name]), files(3), func(c *sandbox.Config) { c.Accounts = []string{"other"} })
			c := call(t, srv)
			form, kind := formOf(t, "action", "rename", "name", "new/näme\n")
			long, longKind := formOf(t, "action", "rename", "name", strings.Repeat("x", 256))
			odd, oddKind := formOf(t, "action", "explode", "name", "x")
			for _, id := range []service.FileID{c.put("a", "x"), srv.Files()[2].ID} {
				path := "/file/" + string(id)
				if name == "2020" { // the document has no such method
					c.refused(http.StatusMethodNotAllowed, "method_not_allowed", http.MethodPost, path, form, "Content-Type", kind)
				} else {
					c.as("").refused(http.StatusUnauthorized, "authentication_required", http.MethodPost, path, form, "Content-Type", kind)
					c.as("other").refused(http.StatusForbidden, "forbidden", http.MethodPost, path, form, "Content-Type", kind)
					c.refused(http.StatusBadRequest, "missing_field", http.MethodPost, path, odd, "Content-Type", oddKind)
					c.refused(http.StatusUnprocessableEntity, "string_out_of_range", http.MethodPost, path, long, "Content-Type", longKind)
					c.do(http.StatusOK, http.MethodPost, path, form, "Content-Type", kind)
					if f, err := srv.File(id); err != nil || f.Name != "new/näme\n" {
						t.Errorf("renamed to %q, %v", f.Name, err)
					}
				}
				c.as("").refused(http.StatusUnauthorized, "authentication_required", http.MethodDelete, path, "")
				c.as("other").refused(http.StatusForbidden, "forbidden", http.MethodDelete, path, "")
				c.refused(http.StatusOK, words[0], http.MethodDelete, path, "")
				c.refused(http.StatusNotFound, words[1], http.MethodDelete, path, "")
				c.refused(http.StatusNotFound, words[1], http.MethodGet, path, "")
				c.refused(http.StatusNotFound, words[1], http.MethodGet, path+"/info", "")
				c.refused(http.StatusNotFound, words[1], http.MethodGet, path+"/thumbnail", "")
				if name != "2020" {
					c.refused(http.StatusNotFound, words[1], http.MethodPost, path, form, "Content-Type", kind)
				}
				if _, err := srv.Content(id); err == nil {
					t.Error("the contents are still there")
				}
			}
		})
	}
}

func TestListsByDialect(t *testing.T) {
	for name, d := range dialects() {
		t.Run(name, func(t *testing.T) {
			srv := sandboxtest.New(t, dialect(d), func(c *sandbox.Config) { c.Accounts = []string{"other"} })
			c := call(t, srv)
			one, two := c.put("1", "1"), c.put("2", "2")
			status := map[int]int{2020: http.StatusOK, 2026: http.StatusCreated}[d]
			id := c.do(status, http.MethodPost, "/list", fmt.Sprintf(`{"title":"T","unknown":1,"files":[{"id":%q,"description":"D"},{"id":%q}]}`, two, one)).json(t)["id"]
			path := fmt.Sprintf("/list/%s", id)
			list := c.do(http.StatusOK, http.MethodGet, path, "").json(t)
			first := list["files"].([]any)[0].(map[string]any)
			if list["title"] != "T" || first["id"] != string(two) || first["description"] != "D" || first["detail_href"] != "/file/"+string(two)+"/info" {
				t.Errorf("list is %v", list)
			}
			newer := d == sandbox.Dialect2026
			for field, where := range map[string]map[string]any{"file_count": list, "can_edit": list, "date_upload": first, "hash_sha256": first} {
				if _, has := where[field]; has != newer {
					t.Errorf("%s is there: %v", field, has)
				}
			}
			if _, has := first["date_created"]; has == newer {
				t.Errorf("date_created is there: %v", has)
			}
			lists := c.do(http.StatusOK, http.MethodGet, "/user/lists", "").json(t)["lists"].([]any)
			if entry := lists[0].(map[string]any); len(lists) != 1 || entry["id"] != id || entry["files"] != nil || entry["file_count"] != 2.0 {
				t.Errorf("user lists are %v", lists)
			}
			c.do(http.StatusOK, http.MethodDelete, "/file/"+string(two), "")
			if left := c.do(http.StatusOK, http.MethodGet, path, "").json(t)["files"].([]any); len(left) != 1 {
				t.Errorf("with a file deleted the list has %v", left)
			}
			missing := map[int]string{2020: "list_not_found", 2026: "not_found"}[d]
			c.refused(http.StatusNotFound, missing, http.MethodGet, "/list/missing0", "")
			replace := fmt.Sprintf(`{"title":"U","files":[{"id":%q}]}`, one)
			for _, method := range []string{http.MethodPut, http.MethodDelete} {
				c.as("").refused(http.StatusUnauthorized, "authentication_required", method, path, replace)
				c.as("other").refused(http.StatusForbidden, "forbidden", method, path, replace)
				c.refused(http.StatusNotFound, missing, method, "/list/missing0", replace)
			}
			c.refused(http.StatusUnprocessableEntity, "cannot_create_empty_list", http.MethodPut, path, "{}")
			c.do(http.StatusOK, http.MethodPut, path, replace)
			if l := c.do(http.StatusOK, http.MethodGet, path, "").json(t); l["title"] != "U" || len(l["files"].([]any)) != 1 {
				t.Errorf("replaced by %v", l)
			}
			c.do(http.StatusOK, http.MethodDelete, path, "")
			c.refused(http.StatusNotFound, missing, http.MethodGet, path, "")
			if got := srv.Albums(); len(got) != 0 {
				t.Errorf("left: %v", got)
			}
		})
	}
}

func TestAnonymousListsBelongToNobody(t *testing.T) {
	c := call(t, sandboxtest.New(t))
	id := c.do(http.StatusCreated, http.MethodPost, "/list", fmt.Sprintf(`{"anonymous":true,"files":[{"id":%q}]}`, c.put("a", "a"))).json(t)["id"]
	path := fmt.Sprintf("/list/%s", id)
	if l := c.do(http.StatusOK, http.MethodGet, path, "").json(t); l["can_edit"] != false || l["title"] != "Pixeldrain List" {
		t.Errorf("list is %v", l)
	}
	c.refused(http.StatusForbidden, "forbidden", http.MethodDelete, path, "")
	if got := c.do(http.StatusOK, http.MethodGet, "/user/lists", "").json(t)["lists"].([]any); len(got) != 0 {
		t.Errorf("user lists are %v", got)
	}
}

func TestListLimits(t *testing.T) {
	c := call(t, sandboxtest.New(t))
	id := c.put("a", "a")
	file := fmt.Sprintf(`{"id":%q}`, id)
	many := func(n int) string { return `{"files":[` + file + strings.Repeat(","+file, n-1) + `]}` }
	c.do(http.StatusCreated, http.MethodPost, "/list", many(10_000))
	c.refused(http.StatusRequestEntityTooLarge, "too_many_files", http.MethodPost, "/list", many(10_001))
	titled := func(n int) string { return fmt.Sprintf(`{"title":%q,"files":[%s]}`, strings.Repeat("ß", n), file) }
	c.do(http.StatusCreated, http.MethodPost, "/list", titled(300))
	c.refused(http.StatusRequestEntityTooLarge, "title_too_long", http.MethodPost, "/list", titled(301))
	described := func(n int) string {
		return fmt.Sprintf(`{"files":[{"id":%q,"description":%q}]}`, id, strings.Repeat("猫", n))
	}
	c.do(http.StatusCreated, http.MethodPost, "/list", described(3000))
	c.refused(http.StatusRequestEntityTooLarge, "description_too_long", http.MethodPost, "/list", described(3001))
	for _, bad := range []string{"", "{", "[]", `{"files":{}}`, `{"files":[{"id":1}]}`} {
		c.refused(http.StatusUnprocessableEntity, "json_parse_failed", http.MethodPost, "/list", bad)
	}
	missing := c.refused(http.StatusUnprocessableEntity, "list_file_not_found", http.MethodPost, "/list", `{"files":[{"id":"nope"}]}`).json(t)
	if missing["extra"].(map[string]any)["file_not_found"] != "nope" {
		t.Errorf("the missing file is not named: %v", missing)
	}
	c.as("").refused(http.StatusUnauthorized, "authentication_required", http.MethodPost, "/list", many(1))
}

func TestAuthentication(t *testing.T) {
	srv := sandboxtest.New(t, func(c *sandbox.Config) { c.Key, c.Accounts = "the key", []string{"second"} })
	c := call(t, srv)
	for _, key := range []string{"the key", "second"} {
		c.as(key).do(http.StatusOK, http.MethodGet, "/user/files", "")
		c.as(key).do(http.StatusOK, http.MethodGet, "/user", "")
	}
	for _, key := range []string{"the keys", "the ke", "THE KEY", "x"} {
		for _, path := range []string{"/user/files", "/user/lists", "/user", "/file/missing0"} {
			c.as(key).refused(http.StatusUnauthorized, "authentication_failed", http.MethodGet, path, "")
		}
	}
	if a := c.as("").do(http.StatusUnauthorized, http.MethodGet, "/user", ""); a.header.Get("WWW-Authenticate") == "" {
		t.Error("a 401 without WWW-Authenticate")
	}
	c.as("").refused(http.StatusUnauthorized, "authentication_failed", http.MethodGet, "/user", "", "Authorization", "Bearer x")
	c.as("").refused(http.StatusUnauthorized, "authentication_required", http.MethodGet, "/user", "", "Authorization", "Basic Og==")
}
