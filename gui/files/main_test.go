package files

import (
	"fmt"
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	words, err := os.ReadFile("../translations/en.json")
	if err == nil {
		err = lang.AddTranslations(fyne.NewStaticResource("en.json", words))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}
