//go:build !unix

package watch

// childHome is never set: only where a process can be killed in the middle are
// there children.
const childHome = "SLUICE_TEST_CHILD"

func child(string) int { return 1 }
