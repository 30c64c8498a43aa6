package secret

import (
	"strings"
	"testing"
)

func TestHelperReadsOnlyRequests(t *testing.T) {
	for _, in := range []string{"", "x", "x\n", "{}", "[]\n", strings.Repeat("y", 2*maxMessage)} {
		var out strings.Builder
		if code := Helper(strings.NewReader(in), &out); code != notAsked || out.Len() > 0 {
			t.Errorf("%.10q: code %d, answer %q", in, code, out.String())
		}
	}
}
