//go:build !linux && !windows && !darwin

package watch

// remote can't be told here.
func remote(string) bool { return false }
