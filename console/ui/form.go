package ui

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// Form remembers which fields a person has left, so that an error appears on leaving its field and on
// submitting, never while typing. The zero value is an untouched form.
type Form struct {
	Changed func() // called when a field changes; may be nil

	left      map[string]bool
	submitted bool
	told      []problem.Field // errors from the server
}

// Forget makes the form untouched again.
func (f *Form) Forget() { f.left, f.submitted, f.told = nil, false, nil }

// Leave remembers that the field was left.
func (f *Form) Leave(field string) {
	if f.left == nil {
		f.left = map[string]bool{}
	}
	f.left[field] = true
}

// Change records that the field has changed. The server's error for it no longer applies.
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

// Submit shows all errors from now on, and reports whether there are none.
func (f *Form) Submit(invalid error) bool {
	f.submitted, f.told = true, nil
	return invalid == nil
}

// Tell takes the server's field errors from err, and reports whether there were any. A name that is
// taken counts as an error of the field name.
func (f *Form) Tell(err error) bool {
	f.told = problem.Of(OfName(err)).Fields
	return len(f.told) > 0
}

// OfName turns the error that a name is taken, which names no field, into an error of the field name.
// It returns other errors unchanged.
func OfName(err error) error {
	if problem.Is(err, problem.NameTaken) {
		return problem.Invalid(problem.Field{Field: "name", Code: "taken", Detail: problem.Of(err).Detail})
	}
	return err
}

// Told returns the names of the fields with errors from the server.
func (f *Form) Told() []string {
	names := make([]string, len(f.told))
	for i, t := range f.told {
		names[i] = FieldName(t.Field)
	}
	return names
}

// Error returns the field's error from Validate or from the server, or "" if the person has not left the
// field yet. For a list, it gives the position of the first invalid entry.
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

// FieldName returns the field of a path: scopes for scopes[2].
func FieldName(path string) string {
	name, _, _ := strings.Cut(path, "[")
	name, _, _ = strings.Cut(name, ".")
	return name
}

// fieldPlace returns the position that a path names, from 1: 3 for scopes[2].
func fieldPlace(path string) (int, bool) {
	_, rest, ok := strings.Cut(path, "[")
	if !ok {
		return 0, false
	}
	digits, _, _ := strings.Cut(rest, "]")
	n, err := strconv.Atoi(digits)
	return n + 1, err == nil
}
