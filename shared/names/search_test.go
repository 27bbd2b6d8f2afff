package names_test

import (
	"testing"

	"github.com/arxkeys/arxkeys/shared/names"
)

func TestSearchFinds(t *testing.T) {
	const name, id = "Nightly ＥＸＰＯＲＴ", "key_01J9Zk3V8QpTfW2x"
	for _, found := range []string{"", "  ", "night", "LY exp", "export", " nightly ", "01J9Zk", "key_01J9Zk3V8QpTfW2x\n"} {
		if !names.NewSearch(found).Finds(name, id) {
			t.Errorf("%q is not found", found)
		}
	}
	for _, missed := range []string{"daily", "01j9zk", "nightlyexport"} {
		if names.NewSearch(missed).Finds(name, id) {
			t.Errorf("%q is found", missed)
		}
	}
}
