package e2e

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// An edit writes one new word into several fields of a resource, so that a reader can tell which edit it was, and
// whether it is complete. Every other edit is bound to the version that was seen (If-Match): it must follow that
// version directly, so that it never overwrites an unseen edit.

// words counts the edits of all mixes, so that each writes another word.
var words atomic.Int64

// edits returns the name of a resource's history of words, which is separate from the history of its states.
func edits(id string) string { return "words " + id }

// upon returns the text of a bound edit: the word that was seen, and the one that is written.
func upon(seen, word string) string { return seen + " → " + word }

// editRules are the rules for the word of a resource. Refusals are checked by the rules for its states.
func editRules(was string, did deed, got answer) []string {
	switch {
	case did.do == "read":
		return seen(was, got.told == was, got)
	case got.came == refused:
		return []string{was}
	}
	word, allowed := did.with, true
	if seen, written, bound := strings.Cut(did.with, " → "); bound {
		word, allowed = written, seen == was
	}
	return change(was, word, allowed, got)
}

// noteWord records the word that a read returned.
func (m *mix) noteWord(id string, asked int64, a answer, word string) {
	a.told = word
	m.note(edits(id), asked, deed{do: "read"}, a)
}

// whole returns the word in two fields. If they differ, it returns a text that was never written.
func whole(one, other string) string {
	if one != other {
		return fmt.Sprintf("torn: %q and %q", one, other)
	}
	return one
}

func keyWord(k api.Key) string { return whole(k.Name, strings.Join(k.Scopes, " ")) }

func applicationWord(a api.Application) string {
	if a.Description == "" {
		return "" // not edited yet: the owner is the creator
	}
	return whole(a.Description, a.Owner)
}

func arxWord(a api.Arx) string { return whole(a.Description, wordOf(a.Endpoint)) }

// endpointOf returns a word as an Arx's endpoint, which verification reads from its gate. wordOf is the inverse.
func endpointOf(word string) string { return "https://" + word + ".example" }

func wordOf(endpoint string) string {
	return strings.TrimSuffix(strings.TrimPrefix(endpoint, "https://"), ".example")
}

func (m *mix) editKey() {
	id, _, _ := m.key()
	edit(m, "key", id, m.readKey, keyWord, api.UpdateKey, func(k api.Key, word string) api.UpdateKeyRequest {
		return api.UpdateKeyRequest{ID: id, Conditional: api.IfVersion(k.Version), Name: api.Set(word), Scopes: api.Set([]string{word})}
	})
}

func (m *mix) editApplication() {
	id, _ := m.application()
	edit(m, "application", id, m.readApplication, applicationWord, api.UpdateApplication, func(a api.Application, word string) api.UpdateApplicationRequest {
		return api.UpdateApplicationRequest{ID: id, Conditional: api.IfVersion(a.Version), Description: api.Set(word), Owner: api.Set(word)}
	})
}

func (m *mix) editArx() {
	id := m.arx()
	edit(m, "Arx", id, m.readArx, arxWord, api.UpdateArx, func(a api.Arx, word string) api.UpdateArxRequest {
		return api.UpdateArxRequest{ID: id, Conditional: api.IfVersion(a.Version), Description: api.Set(word), Endpoint: api.Set(endpointOf(word))}
	})
}

// edit edits the resource, either unconditionally or bound to the version that was read.
func edit[Req api.Request, Res any](m *mix, kind, id string, read func(id string) (Res, bool), word func(Res) string,
	op api.Operation[Req, Res], request func(seen Res, word string) Req) {
	if id == "" {
		return
	}
	writes := fmt.Sprint("edit-", words.Add(1))
	var seen Res
	with := writes
	if rand.IntN(2) == 0 {
		var ok bool
		if seen, ok = read(id); !ok {
			return
		}
		with = upon(word(seen), writes)
	}
	_, a, asked, noted := mixed(m, op, request(seen, writes))
	if !noted {
		return
	}
	m.note(edits(id), asked, deed{"edit", with}, a)
	if a.told != string(problem.Changed) {
		m.note(kind+" "+id, asked, deed{do: "edit"}, a)
	}
}
