//go:build !linux

package watch

func (z *zoo) mapped() {}
