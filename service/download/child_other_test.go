//go:build !unix

package download_test

const childHome = "SLUICE_TEST_CHILD"

func child(string) int { return 1 }
