package ui

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// Form remembers what a person has seen of a form, so that an error appears on leaving its field
// and on submitting, never while typing. The zero value is a form that nobody has touched.
type Form struct {
	Changed func() // what is entered in a field is another; nil where nobody asks

	left      map[string]bool
	submitted bool
	told      []problem.Field // what the server found
}

// Forget is as if nobody had touched it.
func (f *Form) Forget() { f.left, f.submitted, f.told = nil, false, nil }

// Leave remembers that the field was left.
func (f *Form) Leave(field string) {
	if f.left == nil {
		f.left = map[string]bool{}
	}
	f.left[field] = true
}

// Change takes note that what is entered in the field is another, of which the server has said nothing.
func (f *Form) Change(field string) {
	var rest []problem.Field
	for _, t := range f.told {
		if FieldName(t.Field) != field {
			rest = append(rest, t)
		}
	}
	f.told = rest
	if f.Changed != nil {
		f.Changed()
	}
}

// Submit shows every error from now on, and reports whether there is none.
func (f *Form) Submit(invalid error) bool {
	f.submitted, f.told = true, nil
	return invalid == nil
}

// Tell takes what the server found wrong with the fields, and reports whether there was any. A name
// that is taken is wrong in the field name.
func (f *Form) Tell(err error) bool {
	f.told = problem.Of(OfName(err)).Fields
	return len(f.told) > 0
}

// OfName returns the error as one of the field name, where somebody else has that name: the server says
// so of no field.
func OfName(err error) error {
	if problem.Is(err, problem.NameTaken) {
		return problem.Invalid(problem.Field{Field: "name", Code: "taken", Detail: problem.Of(err).Detail})
	}
	return err
}

// Told returns the fields that the server found wrong.
func (f *Form) Told() []string {
	names := make([]string, len(f.told))
	for i, t := range f.told {
		names[i] = FieldName(t.Field)
	}
	return names
}

// Error returns what is wrong with the field, by what Validate answered or the server told; nothing
// where nobody has left it yet. Of a list, the first wrong entry is named by its place.
func (f *Form) Error(field string, invalid error) string {
	var found []problem.Field
	if p := problem.Of(invalid); p != nil && (f.submitted || f.left[field]) {
		found = p.Fields
	}
	for _, t := range append(found, f.told...) {
		if FieldName(t.Field) != field {
			continue
		}
		if place, ok := fieldPlace(t.Field); ok {
			return fmt.Sprintf("Entry %d: %s", place, t.Detail)
		}
		return Sentence(t.Detail)
	}
	return ""
}

// FieldName returns the field of a path: scopes of scopes[2].
func FieldName(path string) string {
	name, _, _ := strings.Cut(path, "[")
	name, _, _ = strings.Cut(name, ".")
	return name
}

// fieldPlace returns which entry a path names, from 1: 3 of scopes[2].
func fieldPlace(path string) (int, bool) {
	_, rest, ok := strings.Cut(path, "[")
	if !ok {
		return 0, false
	}
	digits, _, _ := strings.Cut(rest, "]")
	n, err := strconv.Atoi(digits)
	return n + 1, err == nil
}
