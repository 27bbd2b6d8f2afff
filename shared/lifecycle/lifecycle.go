// Package lifecycle defines tables of state changes.
//
// An entity declares its states and actions once, as a table. The table rejects actions that are not
// allowed, tells callers what they may do, and is the source of the tests.
package lifecycle

import (
	"slices"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Action is an action on a resource, as named in can and why. Each entity declares its own as constants.
type Action string

// Create is the action of creating a resource, which depends on no state.
const Create Action = "create"

// Change is a row of a table: in the state From, Do leads to the state To.
type Change[S ~string] struct {
	From S
	Do   Action
	To   S
}

// Refusal is the reason why Do is not allowed in the state In.
type Refusal[S ~string] struct {
	In  S
	Do  Action
	Why string
}

// Table contains the state changes of an entity.
type Table[S ~string] struct {
	Permission api.Permission // required to change the state
	Changes    []Change[S]
	Refusals   []Refusal[S] // specific reasons; otherwise a general one is used
}

// Next returns the state after the action. If the table has no such row, it returns problem.WrongState with
// the reason.
func (t Table[S]) Next(from S, do Action) (S, error) {
	for _, c := range t.Changes {
		if c.From == from && c.Do == do {
			return c.To, nil
		}
	}
	return from, problem.New(problem.WrongState, t.why(from, do))
}

// Permits returns what the principal may do in the state.
func (t Table[S]) Permits(by auth.Principal, in S) api.Permits {
	p := api.Permits{Can: map[string]bool{}, Why: map[string]string{}}
	for _, do := range t.actions() {
		_, err := t.Next(in, do)
		switch name := string(do); {
		case !by.May(t.Permission):
			p.Can[name], p.Why[name] = false, auth.Refusal(t.Permission)
		case err != nil:
			p.Can[name], p.Why[name] = false, problem.Of(err).Detail
		default:
			p.Can[name] = true
		}
	}
	return p
}

// actions returns all actions of the table, each once.
func (t Table[S]) actions() []Action {
	var actions []Action
	for _, c := range t.Changes {
		if !slices.Contains(actions, c.Do) {
			actions = append(actions, c.Do)
		}
	}
	return actions
}

func (t Table[S]) why(in S, do Action) string {
	for _, r := range t.Refusals {
		if r.In == in && r.Do == do {
			return r.Why
		}
	}
	for _, c := range t.Changes {
		if c.Do == do && c.To == in {
			return "It is already " + string(in) + "."
		}
	}
	return "This is not possible while it is " + string(in) + "."
}

// Single returns the permits of one action that depends on no state, such as Create.
func Single(by auth.Principal, do Action, permission api.Permission) api.Permits {
	name := string(do)
	if by.May(permission) {
		return api.Permits{Can: map[string]bool{name: true}, Why: map[string]string{}}
	}
	return api.Permits{Can: map[string]bool{name: false}, Why: map[string]string{name: auth.Refusal(permission)}}
}
