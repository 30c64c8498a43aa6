//go:build !windows

package screenshots

func known() string { return "" }
