//go:build windows || darwin

package notify

import "context"

// nobody is a desktop whose notifications have no buttons that we can reach.
type nobody struct{}

func newDesk(Config, func()) desk { return nobody{} }

func (nobody) show(context.Context, Note) error       { return errNobody }
func (nobody) withdraw(context.Context, string) error { return nil }
func (nobody) hear()                                  {}
func (nobody) close(context.Context)                  {}
