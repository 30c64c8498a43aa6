package files

import "sluice/service"

// List is the files that are shown, in their order: those that a search and a
// filter left over. Its owner calls Grid.Relist after it changed.
type List interface {
	Len() int
	ID(i int) service.FileID
	Name(i int) string
	File(i int) service.File
	Index(id service.FileID) int // -1 for a file that is not shown; must not search
}
