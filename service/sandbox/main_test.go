package sandbox_test

import (
	"testing"

	"sluice/storage/leftover"
)

func TestMain(m *testing.M) { leftover.Main(m) }
