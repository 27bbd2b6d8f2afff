package usestore

import (
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/usage"
)

func TestEveryCodeHasAWordOfItsOwn(t *testing.T) {
	for _, code := range api.Codes() {
		if words[code] == "" {
			t.Errorf("%s has no word", code)
		}
	}
	if len(codes) != len(words) {
		t.Errorf("%d codes share %d words", len(words), len(codes))
	}
	if got := attribute(usage.Cell{Hour: 5, Code: api.CodeValid}); got != "05ok" {
		t.Errorf("%q", got)
	}
	if got := attribute(usage.Cell{Hour: 23, Code: "OF_A_LATER_VERSION"}); got != "23OF_A_LATER_VERSION" {
		t.Errorf("%q", got)
	}
}
