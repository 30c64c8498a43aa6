package download_test

import (
	"testing"

	"sluice/service"
	"sluice/service/download"
)

// Nobody can write there, whatever rights they have.
const readOnly = "/sys"

func TestAReadOnlyFolder(t *testing.T) {
	t.Parallel()
	if err := service.AsError("", download.CheckFolder(readOnly)); err == nil || err.Value != service.ReasonFolderUnusable {
		t.Errorf("%v", err)
	}
	r := newRig(t)
	f := r.put("a.bin", 100)
	r.folder = readOnly
	failed(t, r.get(f.ID)[0], service.Invalid, service.ReasonFolderUnusable)
}
