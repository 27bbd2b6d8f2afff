package e2e

import (
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// rules returns the possible states of a resource after a step with this result. There are none if the result was
// impossible in the previous state.
type rules[S comparable] func(was S, did deed, got answer) (is []S)

// kinds returns the rules of every kind of resource. The anchor is the initial default Arx.
func kinds(anchor string) map[string]porcupine.Model {
	return map[string]porcupine.Model{
		"application":    rules[string](applicationRules).model(""),
		"Arx":            rules[string](arxRules).model(""),
		"default":        rules[defaultState](defaultRules).model(defaultState{arx: anchor}),
		"name":           rules[string](nameRules).model(""),
		"words":          rules[string](editRules).model(""),
		"key":            rules[keyState](keyRules).model(keyState{}),
		"management-key": rules[string](managementKeyRules).model(""),
	}
}

func (r rules[S]) model(initial S) porcupine.Model {
	return (&porcupine.NondeterministicModel{
		Init: func() []any { return []any{initial} },
		Step: func(state, input, output any) (next []any) {
			for _, s := range r(state.(S), input.(deed), output.(answer)) {
				next = append(next, s)
			}
			return next
		},
	}).ToModel()
}

// change is a step that changes the state if it is allowed.
func change[S comparable](was, is S, allowed bool, got answer) []S {
	switch {
	case got.came == lost && allowed:
		return []S{was, is}
	case got.came == lost, got.came == refused && !allowed:
		return []S{was}
	case got.came == done && allowed:
		return []S{is}
	}
	return nil
}

// seen is a step that reads the state.
func seen[S comparable](was S, right bool, got answer) []S {
	if got.came == lost || right {
		return []S{was}
	}
	return nil
}

func applicationRules(was string, did deed, got answer) []string {
	const active, disabled, archived = string(api.ApplicationActive), string(api.ApplicationDisabled), string(api.ApplicationArchived)
	switch did.do {
	case "create":
		return change(was, active, was == "", got)
	case "disable":
		return change(was, disabled, was == active, got)
	case "enable":
		return change(was, active, was == disabled, got)
	case "archive":
		return change(was, archived, was == disabled, got)
	case "unarchive":
		if got.told == string(problem.NameTaken) {
			return seen(was, was == archived, got)
		}
		return change(was, disabled, was == archived, got)
	case "edit":
		return change(was, was, was != "", got)
	}
	return seen(was, got.told == was || got.told == "inactive" && was != active, got)
}

func arxRules(was string, did deed, got answer) []string {
	const active, disabled, deleted = string(api.ArxActive), string(api.ArxDisabled), string(api.ArxDeleted)
	switch did.do {
	case "create":
		return change(was, active, was == "", got)
	case "disable":
		return change(was, disabled, was == active, got)
	case "enable":
		return change(was, active, was == disabled, got)
	case "delete":
		if got.came == refused { // also because it is the default, which has a history of its own
			return []string{was}
		}
		return change(was, deleted, was == active || was == disabled, got)
	case "edit":
		return change(was, was, was == active || was == disabled, got)
	}
	return seen(was, got.told == was || got.told == "inactive" && was != active, got)
}

// defaultState is the default Arx, and the deleted ones. There is always another Arx.
type defaultState struct{ arx, deleted string }

func defaultRules(was defaultState, did deed, got answer) []defaultState {
	deleted := strings.Fields(was.deleted)
	free := did.with != was.arx && !slices.Contains(deleted, did.with)
	is := was
	switch did.do {
	case "make the default":
		is.arx = did.with
		return change(was, is, free, got)
	case "delete":
		deleted = append(deleted, did.with)
		slices.Sort(deleted)
		is.deleted = strings.Join(deleted, " ")
		return change(was, is, free, got)
	}
	return seen(was, (got.told == "default") == (did.with == was.arx), got)
}

// somebody is the owner of a name if the result of the create is unknown.
const somebody = "somebody"

// nameRules are the rules for the owner of a name.
func nameRules(was string, did deed, got answer) []string {
	switch did.do {
	case "create":
		is := did.with
		if got.came == lost {
			is = somebody
		}
		return change(was, is, was == "", got)
	case "archive":
		if got.came == refused { // because of the application's state
			return []string{was}
		}
		return change(was, "", was == did.with, got)
	}
	// unarchive
	if got.told == string(problem.WrongState) {
		return []string{was}
	}
	return change(was, did.with, was == "", got)
}

// keyState is a key with its valid access keys.
type keyState struct {
	status        api.KeyStatus
	gone          bool   // its Arx is deleted
	newest, older string // older: during an overlap
}

func keyRules(was keyState, did deed, got answer) []keyState {
	live := !was.gone && (was.status == api.KeyActive || was.status == api.KeyDisabled)
	is := was
	switch did.do {
	case "create":
		is.status, is.newest = api.KeyActive, did.with
		return change(was, is, was.status == "" && !was.gone, got)
	case "disable":
		is.status = api.KeyDisabled
		return change(was, is, live && was.status == api.KeyActive, got)
	case "enable":
		is.status = api.KeyActive
		return change(was, is, live && was.status == api.KeyDisabled, got)
	case "rotate", "rotate with overlap":
		if is.newest = got.told; got.came != done {
			is.newest = somebody
		}
		if did.do == "rotate with overlap" {
			is.older = was.newest
		}
		return change(was, is, live && was.older == "", got)
	case "replace":
		if is.newest = got.told; got.came != done {
			is.newest = somebody
		}
		return change(was, is, live && was.older != "", got)
	case "edit":
		return change(was, was, live, got)
	case "end overlap":
		is.older = ""
		return change(was, is, live && was.older != "", got)
	case "delete":
		if did.with != "" { // the delete of its Arx; refusals are checked by the Arx's rules
			is.gone = true
			return change(was, is, got.came != refused, got)
		}
		is.status = api.KeyDeleted
		return change(was, is, live, got)
	case "get":
		return seen(was, got.told == string(api.KeyDeleted) && !live || live && got.told == string(was.status), got)
	}
	// verify
	good := live && (did.with == was.newest || did.with == was.older)
	switch api.Code(got.told) {
	case api.CodeNotFound:
		return seen(was, !good, got)
	case api.CodeDisabled:
		return seen(was, good && was.status == api.KeyDisabled, got)
	}
	return seen(was, good && was.status == api.KeyActive, got)
}

func managementKeyRules(was string, did deed, got answer) []string {
	switch did.do {
	case "create":
		return change(was, "good", was == "", got)
	case "delete":
		return change(was, "deleted", was == "good", got)
	}
	return change(was, was, was == "good", got)
}
