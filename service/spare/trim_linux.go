//go:build cgo && !ci

package spare

// #include <malloc.h>
// static void give(void) {
// #ifdef __GLIBC__
// 	malloc_trim(0);
// #endif
// }
import "C"

// trim lets the C library give back what was freed. The GNU one keeps tens of
// megabytes of former textures.
func trim() { C.give() }
