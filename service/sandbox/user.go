package sandbox

import (
	"bufio"
	"encoding/json"
	"net/http"

	"sluice/service"
)

// userFiles is "Get User Files". It is written as it goes, because an account
// can have very many.
func (s *Server) userFiles(c *call) error {
	c.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if c.r.Method == http.MethodHead {
		c.w.WriteHeader(http.StatusOK)
		return nil
	}
	out := bufio.NewWriterSize(c.w, 64<<10)
	_, err := out.WriteString(`{"files":[`)
	first := true
	s.store.each(c.who, func(r record) bool {
		if !first {
			err = out.WriteByte(',')
		}
		first = false
		if err == nil {
			_, err = out.Write(encode(s.fileInfo(r, c.who)))
		}
		return err == nil
	})
	if err != nil {
		return err
	}
	if _, err := out.WriteString("]}\n"); err != nil {
		return err
	}
	return out.Flush()
}

// userLists is "Get User Lists".
func (s *Server) userLists(c *call) error {
	lists := []listInfo{}
	for _, a := range s.store.lists(c.who) {
		info := s.listInfo(a, c.who)
		info.Files = json.RawMessage("null")
		lists = append(lists, info)
	}
	return c.answer(http.StatusOK, map[string]any{"lists": lists})
}

// getUser is beyond the API document: the account and its plan.
func (s *Server) getUser(c *call) error {
	used, number := s.store.usage(c.who)
	space := s.cfg.Space
	if space == 0 {
		space = service.Unlimited
	}
	return c.answer(http.StatusOK, map[string]any{
		"username":   string(c.who),
		"email":      string(c.who) + "@sandbox.invalid",
		"can_upload": true,
		"subscription": map[string]any{
			"id": "", "name": "Sandbox", "type": "", "file_size_limit": s.cfg.MaxFileSize,
			"file_expiry_days": service.Unlimited, "storage_space": space,
			"price_per_tb_storage": 0, "price_per_tb_bandwidth": 0, "monthly_transfer_cap": service.Unlimited,
		},
		"storage_space_used":    used,
		"file_count":            number,
		"monthly_transfer_cap":  service.Unlimited,
		"monthly_transfer_used": 0,
	})
}
