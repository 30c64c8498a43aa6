package pixeldrain

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"
)

// form is what surrounds the file in a multipart upload. The file comes last,
// so that the service can refuse the rest before it (API document, "Form Value
// Order").
type form struct {
	contentType string
	head, tail  []byte
}

func newForm(name string) (form, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.WriteField("name", name); err != nil {
		return form{}, fmt.Errorf("form: %w", err)
	}
	h := make(textproto.MIMEHeader)
	h.Set("Content-Disposition", `form-data; name="file"; filename="`+formName(name)+`"`)
	h.Set("Content-Type", "application/octet-stream")
	if _, err := w.CreatePart(h); err != nil {
		return form{}, fmt.Errorf("form: %w", err)
	}
	return form{
		contentType: w.FormDataContentType(),
		head:        bytes.Clone(b.Bytes()),
		tail:        []byte("\r\n--" + w.Boundary() + "--\r\n"),
	}, nil
}

// formName writes a file name so that every parser of forms takes it; the name
// field has it exactly.
func formName(name string) string {
	var b strings.Builder
	for i := range len(name) {
		if c := name[i]; c < ' ' || c == '"' || c == '\\' || c == '%' || c == 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// joined reads head, file and tail one after the other.
func joined(head []byte, file io.Reader, tail []byte) io.Reader {
	if len(head) == 0 && len(tail) == 0 {
		return file
	}
	return io.MultiReader(bytes.NewReader(head), file, bytes.NewReader(tail))
}
