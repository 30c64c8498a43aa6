package kit

import (
	"github.com/go-text/typesetting/segmenter"
)

// clusters cuts text where it may be cut: marks, joiners and what they join
// stay with the character before them, as Unicode has it.
func clusters(text string) []string {
	if plainASCII(text) {
		parts := make([]string, len(text))
		for i := range len(text) {
			parts[i] = text[i : i+1]
		}
		return parts
	}
	parts := make([]string, 0, len(text)/2)
	var s segmenter.Segmenter
	s.InitWithString(text)
	for it := s.GraphemeIterator(); it.Next(); {
		parts = append(parts, string(it.Grapheme().Text))
	}
	return parts
}

// breaks gives the parts of text between which a line may end.
func breaks(text string) []string {
	var parts []string
	var s segmenter.Segmenter
	s.InitWithString(text)
	for it := s.LineIterator(); it.Next(); {
		parts = append(parts, string(it.Line().Text))
	}
	return parts
}
