package session

import (
	"context"

	"sluice/service"
)

// Rename gives a file of the account in use another name. The catalogue has it
// at once, and has the old one again when that fails. A service that can't
// rename gives Kind Invalid with ReasonNoMethod.
func (l *Library) Rename(ctx context.Context, id service.FileID, name string) error {
	client := l.session.currentClient()
	if client == nil {
		return noKey(l.session.Status())
	}
	before, known := l.Catalogue.File(id)
	call := func(name string) {
		if f, ok := l.Catalogue.File(id); ok && known {
			f.Name = name
			l.Catalogue.Added(f)
		}
	}
	call(name)
	if err := client.Rename(ctx, id, name); err != nil {
		if l.session.currentClient() == client {
			call(before.Name)
		}
		return err
	}
	if l.session.currentClient() == client {
		call(name) // a listing that was read meanwhile may have brought the old one
	}
	return nil
}

// CanRename reports whether the service may be able to rename files: until it
// has refused one for not knowing how.
func (l *Library) CanRename() bool {
	client := l.session.currentClient()
	return client != nil && client.CanRename()
}
