package e2e

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// An edit writes one new word into several fields of a resource, so that whoever reads it can tell which
// edit it was, and whether all of it is there. Every other edit is bound to what was seen (If-Match): it
// may follow upon nothing else, so that none overwrites one that it does not know.

// words counts the edits of all mixes: no two write the same.
var words atomic.Int64

// edits are the words of one resource: a history beside the one of its states.
func edits(id string) string { return "words " + id }

// upon is a bound edit: the word that was seen, and the one that is written.
func upon(seen, word string) string { return seen + " → " + word }

// editRules tell the word of a resource. Why an edit is refused, its states tell.
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

// noteWord notes the word that a read told.
func (m *mix) noteWord(id string, asked int64, a answer, word string) {
	a.told = word
	m.note(edits(id), asked, deed{do: "read"}, a)
}

// whole is the word that lies in two fields. One that is torn is none that was ever written.
func whole(one, other string) string {
	if one != other {
		return fmt.Sprintf("torn: %q and %q", one, other)
	}
	return one
}

func keyWord(k api.Key) string { return whole(k.Name, strings.Join(k.Scopes, " ")) }

func applicationWord(a api.Application) string {
	if a.Description == "" {
		return "" // not edited yet: its owner is who created it
	}
	return whole(a.Description, a.Owner)
}

func arxWord(a api.Arx) string { return whole(a.Description, wordOf(a.Endpoint)) }

// endpointOf writes a word as an Arx's endpoint, which reaches verification by its gate; wordOf reads it.
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

// edit edits the resource: as it is, or bound to how it was read. The request of the zero value is bound
// to nothing.
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
