package names_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/arxkeys/arxkeys/shared/character"
	"github.com/arxkeys/arxkeys/shared/names"
)

func TestEqualNamesHaveEqualFolds(t *testing.T) {
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
	same("Billing", "Bil\u200bling\u2060\ufeff")   // zero width
	same("Billing", "Bil\u00adling")               // soft hyphen
	same("Billing", "Billing\U000e0041\U000e0042") // tags
	same("Billing", "\u3164Billing\u115f\uffa0")   // Hangul fillers
	same("Billing", "Bil\u200dling\ufe0f\u034f")   // joiner, selector, grapheme joiner
	same("Billing", "\u202eBilling\u200f")         // directions
	same("Billing", "Billing\u2800\U0001d159")     // empty drawings
	same("nightly export", "nightly \u00a0\u3000 export\u2003")
	same("e\u200b\u0301", "\u00e9") // composed after the character in between is removed
	same("\u3164", "")
	differ("Billing", "Billing 2")
	differ("a b", "ab")
	differ("e", "é")
}

func TestKeyHasOneLengthForEveryName(t *testing.T) {
	if got := len(names.Key(strings.Repeat("\ufdfa", 150))); got != 64 {
		t.Errorf("%d characters, want 64", got)
	}
}

func TestFoldStaysTheSame(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.In(r, unicode.Han, unicode.Hangul, unicode.Co) || !unicode.IsGraphic(r) && !character.Ignorable(r) {
			continue // nothing of them folds in a way of its own, or they have no character yet
		}
		for _, text := range []string{string(r), "a" + string(r) + "\u0301", string(r) + "\u0345\u0301", "\u1100\u1161" + string(r)} {
			if once := names.Fold(text); names.Fold(once) != once {
				t.Errorf("%+q: %+q, and that %+q", text, once, names.Fold(once))
			}
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, seed := range []string{"", "Billing", "Straße", "Bil\u200bling", " ¨ ", "\u0345\u0301", "ﷺ", "İ", "\u1e9e", "e\u200b\u0301", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		once := names.Fold(name)
		if twice := names.Fold(once); twice != once {
			t.Errorf("%+q folds to %+q, and that to %+q", name, once, twice)
		}
		if strings.ContainsFunc(once, character.Ignorable) {
			t.Errorf("%+q folds to %+q, which has an invisible character", name, once)
		}
		if names.Key(name) != names.Key(once) {
			t.Errorf("%+q and its fold are different names", name)
		}
	})
}
