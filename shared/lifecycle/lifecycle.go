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

// Change is one row: in the state From, Do leads to the state To.
type Change[S ~string] struct {
	From S
	Do   string
	To   S
}

// Refusal says why, in the state In, Do is refused.
type Refusal[S ~string] struct {
	In  S
	Do  string
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
func (t Table[S]) Next(from S, do string) (S, error) {
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
		switch {
		case !by.May(t.Permission):
			p.Can[do], p.Why[do] = false, auth.Refusal(t.Permission)
		case err != nil:
			p.Can[do], p.Why[do] = false, problem.Of(err).Detail
		default:
			p.Can[do] = true
		}
	}
	return p
}

// actions returns what can be done in any state, each once.
func (t Table[S]) actions() []string {
	var actions []string
	for _, c := range t.Changes {
		if !slices.Contains(actions, c.Do) {
			actions = append(actions, c.Do)
		}
	}
	return actions
}

func (t Table[S]) why(in S, do string) string {
	for _, r := range t.Refusals {
		if r.In == in && r.Do == do {
			return r.Why
		}
	}
	for _, c := range t.Changes {
		if c.Do == do && c.To == in {
			return "It is " + string(in) + " already."
		}
	}
	return "It can't be done while it is " + string(in) + "."
}

// Single returns the permits of one action that depends on no state, such as create.
func Single(by auth.Principal, do string, permission api.Permission) api.Permits {
	if by.May(permission) {
		return api.Permits{Can: map[string]bool{do: true}, Why: map[string]string{}}
	}
	return api.Permits{Can: map[string]bool{do: false}, Why: map[string]string{do: auth.Refusal(permission)}}
}
