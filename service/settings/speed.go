package settings

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"sluice/service"
)

// ParseSpeed reads bytes a second as people write them: "1.5 MB/s", "800 kB/s",
// "12 Mbit/s", "100 Mbps", "2 MiB/s", with a point or a comma. It refuses what
// has no unit or lies outside MinSpeedLimit and MaxSpeedLimit
// (service.Invalid).
func ParseSpeed(text string) (int64, error) {
	text = strings.TrimSpace(text)
	number := text[:len(text)-len(strings.TrimLeft(text, "0123456789.,"))]
	n, err := strconv.ParseFloat(strings.Replace(number, ",", ".", 1), 64)
	speed := math.Round(n * speedUnit(text[len(number):]))
	if err != nil || speed < MinSpeedLimit || speed > MaxSpeedLimit {
		return 0, &service.Error{Op: "read the speed limit", Kind: service.Invalid, Value: reasonNotAllowed}
	}
	return int64(speed), nil
}

// speedUnit is what a unit of speed stands for in bytes a second, 0 for none.
// Only "bit" and "bps" mean bits: a "b" alone is a byte, however it is written.
func speedUnit(unit string) float64 {
	unit = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, unit)
	factor := 1.0
	if rest, ok := strings.CutSuffix(unit, "bps"); ok { // "Bps" are bytes
		unit, factor = rest, 1.0/8
	} else {
		unit = strings.TrimSuffix(strings.ToLower(unit), "/s")
		unit = strings.TrimSuffix(unit, "ps")
		switch {
		case strings.HasSuffix(unit, "bit"):
			unit, factor = strings.TrimSuffix(unit, "bit"), 1.0/8
		case strings.HasSuffix(unit, "b"):
			unit = strings.TrimSuffix(unit, "b")
		default:
			return 0
		}
	}
	switch strings.ToLower(unit) {
	case "k":
		return factor * 1e3
	case "m":
		return factor * 1e6
	case "g":
		return factor * 1e9
	case "ki":
		return factor * (1 << 10)
	case "mi":
		return factor * (1 << 20)
	case "gi":
		return factor * (1 << 30)
	}
	return 0
}

// WriteSpeed writes bytes a second exactly, so that ParseSpeed reads the same:
// "1.5 MB/s".
func WriteSpeed(bytesPerSecond int64) string {
	value, unit := float64(bytesPerSecond)/1e3, " KB/s"
	switch {
	case bytesPerSecond >= 1e9:
		value, unit = value/1e6, " GB/s"
	case bytesPerSecond >= 1e6:
		value, unit = value/1e3, " MB/s"
	}
	return strconv.FormatFloat(value, 'f', -1, 64) + unit
}
