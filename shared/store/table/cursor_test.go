package table

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// FuzzCursor checks that a cursor either is invalid or encodes back to itself, and that no other list
// accepts it.
func FuzzCursor(f *testing.F) {
	good := Cursor("key_01J9Zk3V8QpTfW2x", "keys.list", "example")
	f.Add("", "example")
	f.Add(good, "example")
	f.Add(good, "other")
	f.Add(good+"AA", "example")
	f.Add(good[:len(good)-4], "example")
	f.Add(Cursor("key_01J9Zk3V8QpTfW2x\x00by name", "keys.list", "example"), "example")
	f.Add(Cursor("app_01J9Zk3V8QpTfW2x", "keys.list", "example"), "example")
	f.Add(Cursor("key_01J9Zk3V8QpTf#2x", "keys.list", "example"), "example")
	f.Add("not base64!", "example")
	f.Add(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("\xff", 40))), "example")
	f.Fuzz(func(t *testing.T, cursor, tenant string) {
		id, by, err := SortedPosition(cursor, api.KeyPrefix, "keys.list", tenant)
		switch {
		case err != nil && (!problem.Is(err, problem.InvalidField) || id != "" || by != ""):
			t.Errorf("%q: %q %q %v", cursor, id, by, err)
		case err == nil && cursor != "" && !api.ValidID(api.KeyPrefix, id):
			t.Errorf("%q decodes to %q", cursor, id)
		}
		if err == nil && id != "" {
			again, byAgain, err := SortedPosition(Cursor(id+by, "keys.list", tenant), api.KeyPrefix, "keys.list", tenant)
			if err != nil || again != id || byAgain != by {
				t.Errorf("%q: %q %q %v", cursor, again, byAgain, err)
			}
			if _, _, err := SortedPosition(cursor, api.KeyPrefix, "keys.list", tenant+"-other"); err == nil {
				t.Errorf("%q is accepted by another tenant's list", cursor)
			}
		}
	})
}

func TestListsWithEqualConcatenationsDiffer(t *testing.T) {
	cursor := Cursor("key_01J9Zk3V8QpTfW2x", "keys.list", "a", "bc")
	for _, list := range [][]string{{"keys.list", "ab", "c"}, {"keys.list", "a", "b", "c"}, {"keys.list", "abc"}, {"keys.lista", "bc"}} {
		if _, err := Position(cursor, api.KeyPrefix, list...); err == nil {
			t.Errorf("%q accepts the cursor of another list", list)
		}
	}
}
