package e2e

import (
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/arxkeys/arxkeys/shared/api"
)

// TestHistoryThatNoOrderExplainsIsFound checks that the rules refuse impossible histories, and accept possible ones.
func TestHistoryThatNoOrderExplainsIsFound(t *testing.T) {
	type told struct {
		asked, answered int64
		deed            deed
		answer          answer
	}
	holds := func(name, kind string, want bool, steps ...told) {
		t.Helper()
		var history []porcupine.Operation
		for _, s := range steps {
			history = append(history, porcupine.Operation{Input: s.deed, Call: s.asked, Output: s.answer, Return: s.answered})
		}
		if got := porcupine.CheckOperations(kinds("arx_anchor")[kind], history); got != want {
			t.Errorf("%s: explained: %v, want %v", name, got, want)
		}
	}
	created := told{0, 1, deed{"create", "s1"}, answer{}}
	verdict := func(asked int64, secret string, code api.Code) told {
		return told{asked, asked + 1, deed{"verify", secret}, answer{told: string(code)}}
	}
	deleted := told{2, 5, deed{do: "delete"}, answer{}}
	holds("a key that verifies after its deletion was answered", "key", false, created, deleted, verdict(6, "s1", api.CodeValid))
	holds("a key that verifies while it is deleted", "key", true, created, deleted, verdict(3, "s1", api.CodeValid))
	holds("a key that verifies again, once it did not", "key", false,
		created, deleted, verdict(2, "s1", api.CodeNotFound), verdict(4, "s1", api.CodeValid))
	lostDeletion := told{2, 9, deed{do: "delete"}, answer{came: lost}}
	holds("a deletion without an answer, done", "key", true, created, lostDeletion, verdict(6, "s1", api.CodeNotFound))
	holds("a deletion without an answer, not done", "key", true, created, lostDeletion, verdict(10, "s1", api.CodeValid))
	rotated := told{2, 3, deed{do: "rotate"}, answer{told: "s2"}}
	holds("a rotation that was lost in a crash", "key", false, created, rotated, verdict(4, "s1", api.CodeValid))
	holds("a rotation that no one undid", "key", true, created, rotated, verdict(4, "s1", api.CodeNotFound), verdict(6, "s2", api.CodeValid))
	holds("a key of a deleted Arx", "key", false, created, told{2, 3, deed{"delete", "arx_1"}, answer{}}, verdict(4, "s1", api.CodeValid))
	holds("two disables that were both done", "application", false,
		told{0, 1, deed{do: "create"}, answer{}}, told{2, 5, deed{do: "disable"}, answer{}}, told{2, 5, deed{do: "disable"}, answer{}})
	holds("two resources with one name", "name", false, told{0, 9, deed{"create", "app_1"}, answer{}}, told{0, 9, deed{"create", "app_2"}, answer{}})
	holds("a name that is freed and reused", "name", true, told{0, 9, deed{"create", "app_2"}, answer{}},
		told{0, 1, deed{"create", "app_1"}, answer{}}, told{2, 9, deed{"archive", "app_1"}, answer{}})
	holds("a default that is deleted", "default", false,
		told{0, 1, deed{"make the default", "arx_1"}, answer{}}, told{2, 3, deed{"delete", "arx_1"}, answer{}})
	holds("a management key that opens after its deletion", "management-key", false,
		told{0, 1, deed{do: "create"}, answer{}}, told{2, 3, deed{do: "delete"}, answer{}}, told{4, 5, deed{do: "use"}, answer{}})
	edited := func(asked int64, with string) told { return told{asked, asked + 1, deed{"edit", with}, answer{}} }
	read := func(asked int64, word string) told {
		return told{asked, asked + 1, deed{do: "read"}, answer{told: word}}
	}
	holds("an edit that is lost", "words", false, edited(0, "one"), edited(2, "two"), read(4, "one"))
	holds("an edit of what another one changed", "words", false, edited(0, "one"), edited(2, "two"), edited(4, upon("one", "three")))
	holds("edits, each of what the one before wrote", "words", true, edited(0, "one"), edited(2, upon("one", "two")), read(4, "two"))
	holds("a deleted key that is edited", "key", false, created, deleted, told{6, 7, deed{do: "edit"}, answer{}})
}
