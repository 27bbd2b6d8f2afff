package ui

import (
	"testing"

	"github.com/arxkeys/arxkeys/shared/problem"
)

func TestErrorsAppearOnLeavingAndOnSubmitting(t *testing.T) {
	invalid := problem.Invalid(
		problem.Field{Field: "name", Code: "required", Detail: "give it a name."},
		problem.Field{Field: "scopes[2]", Code: "invalid", Detail: "such as invoices:read."},
	)
	var f Form
	if got := f.Error("name", invalid); got != "" {
		t.Errorf("untouched, it says %q", got)
	}
	f.Leave("name")
	if got := f.Error("name", invalid); got != "Give it a name." {
		t.Errorf("left, it says %q", got)
	}
	if got := f.Error("scopes", invalid); got != "" {
		t.Errorf("another field says %q", got)
	}
	if f.Submit(invalid) {
		t.Error("a wrong form is submitted")
	}
	if got := f.Error("scopes", invalid); got != "Entry 3: such as invoices:read." {
		t.Errorf("submitted, it says %q", got)
	}
	if !f.Submit(nil) || f.Error("name", nil) != "" {
		t.Error("a right form is not submitted")
	}
}

func TestWhatTheServerSaidHoldsUntilTheFieldChanges(t *testing.T) {
	var f Form
	if f.Tell(problem.New(problem.Unavailable, "later.")) {
		t.Error("a problem of no field is taken for one")
	}
	if !f.Tell(problem.New(problem.NameTaken, "another application has that name.")) || f.Error("name", nil) != "Another application has that name." {
		t.Errorf("a name that is taken: %q", f.Error("name", nil))
	}
	if !f.Tell(problem.Invalid(problem.Field{Field: "name", Code: "taken", Detail: "is taken."})) {
		t.Fatal("a problem of a field is not taken")
	}
	f.Change("scopes")
	if got := f.Error("name", nil); got != "Is taken." {
		t.Errorf("it says %q", got)
	}
	f.Change("name")
	if got := f.Error("name", nil); got != "" {
		t.Errorf("after a change it says %q", got)
	}
}
