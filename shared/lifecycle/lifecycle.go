// Package lifecycle defines tables of state changes.
//
// A noun writes its states down once. The same table refuses what may not be done, tells callers
// what they may do, and is what the tests go through.
package lifecycle

import (
	"slices"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Action is what can be done with a resource, as can and why name it. Every noun declares its own as
// constants.
type Action string

// Create is the action of every noun that no state allows or refuses.
const Create Action = "create"

// Change is one row: in the state From, Do leads to the state To.
type Change[S ~string] struct {
	From S
	Do   Action
	To   S
}

// Refusal says why, in the state In, Do is refused.
type Refusal[S ~string] struct {
	In  S
	Do  Action
	Why string
}

// Table holds the state changes of a noun.
type Table[S ~string] struct {
	Permission api.Permission // of whoever changes the state
	Changes    []Change[S]
	Refusals   []Refusal[S] // reasons; where there is none, a general one is told
}

// Next returns the state that the action leads to. Where the table has no such row the answer is
// problem.WrongState with the reason.
func (t Table[S]) Next(from S, do Action) (S, error) {
	for _, c := range t.Changes {
		if c.From == from && c.Do == do {
			return c.To, nil
		}
	}
	return from, problem.New(problem.WrongState, t.why(from, do))
}

// Permits says what the principal may do in the state.
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

// actions returns what can be done in any state, each once.
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
	return "It can't be done while it is " + string(in) + "."
}

// Single returns the permits of one action that depends on no state, such as Create.
func Single(by auth.Principal, do Action, permission api.Permission) api.Permits {
	name := string(do)
	if by.May(permission) {
		return api.Permits{Can: map[string]bool{name: true}, Why: map[string]string{}}
	}
	return api.Permits{Can: map[string]bool{name: false}, Why: map[string]string{name: auth.Refusal(permission)}}
}
