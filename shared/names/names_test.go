package names_test

import (
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/names"
)

func TestNamesAreComparedAsPeopleDo(t *testing.T) {
	same := func(a, b string) {
		t.Helper()
		if names.Key(a) != names.Key(b) {
			t.Errorf("%q and %q are different names", a, b)
		}
	}
	differ := func(a, b string) {
		t.Helper()
		if names.Key(a) == names.Key(b) {
			t.Errorf("%q and %q are the same name", a, b)
		}
	}
	same("Billing", " billing\t")
	same("Straße", "STRASSE")
	same("ﬁnance", "Finance") // a ligature
	same("Ａcme", "acme")      // full width
	same("é", "e\u0301")      // composed and decomposed
	same("ΣΊΣΥΦΟΣ", "σίσυφος")
	differ("Billing", "Billing 2")
	differ("a b", "ab")
	differ("e", "é")
}

func TestKeyHasOneLengthForEveryName(t *testing.T) {
	if got := len(names.Key(strings.Repeat("\ufdfa", 150))); got != 64 {
		t.Errorf("%d characters, want 64", got)
	}
}
