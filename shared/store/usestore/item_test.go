package usestore

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/usage"
)

func TestEveryCodeHasItsOwnWord(t *testing.T) {
	for _, code := range api.Codes() {
		if words[code] == "" {
			t.Errorf("%s has no word", code)
		}
	}
	if len(codes) != len(words) {
		t.Errorf("%d codes share %d words", len(words), len(codes))
	}
	for attribute := range words {
		if words[attribute] == table.PK || words[attribute] == table.SK || words[attribute] == table.TTL {
			t.Errorf("the word of %s is the name of another attribute", attribute)
		}
	}
	figures := usage.Figures{{Hour: 5, Code: api.CodeValid}: 2, {Hour: 23, Code: api.CodeValid}: 1, {Hour: 23, Code: "OF_A_LATER_VERSION"}: 4}
	want := map[string]int{"05ok": 2, "23ok": 1, "ok": 3, "23OF_A_LATER_VERSION": 4, "OF_A_LATER_VERSION": 4}
	if diff := cmp.Diff(want, amounts(figures)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
