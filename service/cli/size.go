package cli

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// parseSize reads a number of bytes as people write it: 5000000, 5MB, 4.5 GB,
// 64KiB. It serves flag.FlagSet.Func.
func parseSize(into *int64) func(string) error {
	return func(text string) error {
		number := strings.TrimRightFunc(text, func(r rune) bool { return unicode.IsLetter(r) || r == ' ' })
		unit := strings.ToLower(strings.TrimSpace(text[len(number):]))
		factor := unitSize(strings.TrimSuffix(unit, "b"))
		n, err := strconv.ParseFloat(number, 64)
		if err != nil || factor == 0 || n < 0 || n*factor > math.MaxInt64/2 {
			return errors.New("write it like 5000000, 500KB or 2GiB")
		}
		*into = int64(n * factor)
		return nil
	}
}

func unitSize(unit string) float64 {
	switch unit {
	case "":
		return 1
	case "k":
		return 1e3
	case "m":
		return 1e6
	case "g":
		return 1e9
	case "t":
		return 1e12
	case "ki":
		return 1 << 10
	case "mi":
		return 1 << 20
	case "gi":
		return 1 << 30
	case "ti":
		return 1 << 40
	}
	return 0
}

// formatSize writes a number of bytes as people do: three digits and a unit.
func formatSize(n int64) string {
	units := []string{"kB", "MB", "GB", "TB", "PB"}
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	value, unit := float64(n)/1000, 0
	for value >= 999.5 && unit < len(units)-1 {
		value, unit = value/1000, unit+1
	}
	digits := 0
	switch {
	case value < 9.995:
		digits = 2
	case value < 99.95:
		digits = 1
	}
	return strconv.FormatFloat(value, 'f', digits, 64) + " " + units[unit]
}
