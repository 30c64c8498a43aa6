package files

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"sluice/service"
)

// How much a report names of what could not be deleted.
const (
	toldReasons = 3 // reasons
	toldNames   = 2 // files of each
)

// failures says what could not be deleted and why: for one file whole sentences,
// for more a few words for each reason, with the first of its files.
func (s *Screen) failures(r *removal) string {
	if len(r.failed) == 1 {
		return lang.L("“{{.Name}}” could not be deleted.", map[string]any{"Name": shownName(&r.failed[0].File)}) + " " + s.reason(r.failed[0].Err)
	}
	text := lang.N("{{.Count}} files could not be deleted and are still there.", len(r.failed),
		map[string]any{"Count": s.cfg.Format.Number(int64(len(r.failed)))})
	if first := r.failed[0].Err; forAll(first) && !slices.ContainsFunc(r.failed, func(f Failure) bool { return f.Err.Kind != first.Kind }) {
		return text + " " + s.reason(first)
	}
	var reasons []string // in the order in which they came
	names := map[string][]string{}
	for i := range r.failed {
		why := s.cfg.Short(r.failed[i].Err)
		if names[why] == nil {
			reasons = append(reasons, why)
		}
		names[why] = append(names[why], "“"+shownName(&r.failed[i].File)+"”")
	}
	for _, why := range reasons[:min(toldReasons, len(reasons))] {
		text += " " + lang.L("{{.Problem}}: {{.Names}}.", map[string]any{"Problem": why, "Names": s.some(names[why])})
	}
	if len(reasons) > toldReasons {
		text += " " + lang.L("There are other reasons too.")
	}
	return text
}

// some lists the first of many.
func (s *Screen) some(names []string) string {
	told := slices.Clone(names[:min(toldNames, len(names))])
	if more := len(names) - len(told); more > 0 {
		told = append(told, lang.N("and {{.Count}} more", more, map[string]any{"Count": s.cfg.Format.Number(int64(more))}))
	}
	return strings.Join(told, ", ")
}

// reason is why a change of a file did not work, in whole sentences. Those for
// uploads are about what is kept in their list, and may promise to go on.
func (s *Screen) reason(err *service.Error) string {
	problem := map[string]any{"Problem": s.cfg.Short(err)}
	switch {
	case err.Kind == service.Offline:
		return lang.L("The service can’t be reached, so nothing was changed. Check your connection, then try again.")
	case err.Kind == service.Unauthorized:
		return lang.L("{{.Problem}}. Nothing was changed. Enter a new key in Settings.", problem)
	case err.Kind.Temporary():
		return lang.L("{{.Problem}}. Nothing was changed. Try again in a few minutes.", problem)
	}
	return s.cfg.Long(err)
}

// refusal is reason for a name.
func (s *Screen) refusal(err *service.Error) string {
	switch err.Value {
	case service.ReasonNameInvalid, "name_contains_illegal_character":
		return lang.L("The new name has characters that the service does not allow. Choose another one.")
	case service.ReasonNameTooLong, "string_out_of_range":
		return lang.L("The new name is longer than the service allows. Choose a shorter one.")
	}
	return s.reason(err)
}
