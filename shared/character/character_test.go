package character_test

import (
	"testing"
	"unicode"

	"github.com/arxkeys/arxkeys/shared/character"
)

func TestIgnorableCharactersAreThoseOfUnicode(t *testing.T) {
	for _, r := range "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u180f\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2064\u2065\u2066\u206f\u3164\ufe00\ufe0f\ufeff\uffa0\ufff0\ufff8" +
		"\U0001bca0\U0001bca3\U0001d173\U0001d17a\U000e0001\U000e0020\U000e007f\U000e0080\U000e0100\U000e01ef\U000e0fff" {
		if !character.Ignorable(r) || character.Visible(r) {
			t.Errorf("%U is not ignorable", r)
		}
	}
	for _, r := range "a é1-_\u0301\u0600\u06dd\u070f\u08e2\ufff9\ufffb\U000110bd\U00013430 漢🏴\u2800" {
		if character.Ignorable(r) {
			t.Errorf("%U is ignorable", r)
		}
	}
	n := 0
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if character.Ignorable(r) {
			n++
		}
	}
	if n != 4174 { // DerivedCoreProperties.txt of Unicode 15.0
		t.Errorf("%d characters are ignorable", n)
	}
}

func TestHiddenCharactersAreFound(t *testing.T) {
	for _, text := range []string{
		"\u200bBilling", "Bil\u200bling", "Billing\u2060", "Bil\u00adling", "\ufeffBilling", "Billing\U000e0041", "\U0001f3f4\U000e0067\U000e007f", "\u3164", "Bil\u115fling", "Bil\u034fling",
		"\u200dBilling", "Bil\u200dling", "Bil\u200cling", "Бил\u200dлинг", "1\u200d2", "a \u200d", "👩\u200d\u200d💻", "Bil\ufe0fling", "\ufe0f", " \ufe0f", "❤\ufe0f\ufe0f", "❤\U000e0100\U000e0101",
		"Billing\u2800", "Bil\u180eling", "Billing\u200f", "Billing\u202e",
	} {
		if _, found := character.Hidden(text); !found {
			t.Errorf("%q has no hidden character", text)
		}
	}
	for _, text := range []string{
		"", "Billing", "naïve e\u0301", "חיוב", "می\u200cخواهم", "👩\u200d💻", "👩\u200d❤\ufe0f\u200d👨", "1\ufe0f\u20e3", "©\ufe0f", "क्\u200dष", "葛\U000e0100", "👍🏽\u200d🔧", "؀١",
	} {
		if r, found := character.Hidden(text); found {
			t.Errorf("%q has the hidden character %U", text, r)
		}
	}
}

func TestBlankCharactersAreNotVisible(t *testing.T) {
	for _, r := range " \t\n\u00a0\u1680\u2003\u3000\u0000\u007f\u2028\u2800\u200b\u3164\U0001d159\ue000" {
		if character.Visible(r) {
			t.Errorf("%U is visible", r)
		}
	}
	for _, r := range "a1-.é漢🏴؀\ufffd" {
		if !character.Visible(r) {
			t.Errorf("%U is not visible", r)
		}
	}
}
