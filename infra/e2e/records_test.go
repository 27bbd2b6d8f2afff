package e2e

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// deed is one request, as one resource felt it: what was to be done, with what.
type deed struct{ do, with string }

// answer is what came of a step.
type answer struct {
	came came
	told string // what a read told, or a refusal's code
}

// came is whether a change was made.
type came int

const (
	done    came = iota
	refused      // by the state of the resource
	lost         // nobody knows: no answer came, or one that says to try again
)

// records are the histories of all resources: each step with the time between which it happened.
type records struct {
	began time.Time
	made  atomic.Int64 // changes that were acknowledged

	mu    sync.Mutex
	steps map[string][]porcupine.Operation // by resource: its kind, a space, and its id
}

func newRecords() *records {
	return &records{began: time.Now(), steps: map[string][]porcupine.Operation{}}
}

// now is a time of the histories.
func (r *records) now() int64 { return int64(time.Since(r.began)) }

// note adds a step to the history of the resource, which was asked for at that time and is answered
// now. One whose answer is lost may happen for as long as the history goes on: see settle.
func (r *records) note(resource string, asked int64, s deed, a answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	until := r.now()
	if a.came == lost {
		until = -1
	}
	r.steps[resource] = append(r.steps[resource], porcupine.Operation{Input: s, Call: asked, Output: a, Return: until})
}

// settle says that all is quiet: what was asked for before has happened by now, or never will.
func (r *records) settle() {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	for _, steps := range r.steps {
		for i := range steps {
			if steps[i].Return < 0 {
				steps[i].Return = now
			}
		}
	}
}

// shared adds the steps of one resource that another one feels too.
func (r *records) shared(from, to, do string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.steps[from] {
		if s.Input.(deed).do == do {
			r.steps[to] = append(r.steps[to], s)
		}
	}
}

// check holds each history against the rules of its kind: there has to be an order of its steps, each
// at one moment between asking and answer, in which every answer is right.
func (r *records) check(t *testing.T, kinds map[string]porcupine.Model) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, resource := range slices.Sorted(maps.Keys(r.steps)) {
		kind, _, _ := strings.Cut(resource, " ")
		if !porcupine.CheckOperations(kinds[kind], r.steps[resource]) {
			t.Errorf("no order explains what was answered about %s:\n%s", resource, told(r.steps[resource]))
		}
	}
}

// told is a history to read, a line per step.
func told(steps []porcupine.Operation) string {
	var text strings.Builder
	slices.SortFunc(steps, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	for _, s := range steps {
		did, got := s.Input.(deed), s.Output.(answer)
		fmt.Fprintf(&text, "  %v to %v: %s %s: %s %s\n", time.Duration(s.Call), time.Duration(s.Return), did.do, did.with,
			[]string{"done", "refused", "lost"}[got.came], got.told)
	}
	return text.String()
}

// cameOf classifies an answer. What no state explains is an error.
func cameOf(err error) (answer, error) {
	if err == nil {
		return answer{came: done}, nil
	}
	switch code := problem.Of(err).Code; {
	case code == problem.Unavailable:
		return answer{came: lost}, nil
	case code == problem.Changed || code == problem.WrongState || code == problem.NameTaken || code == problem.NotFound || code == problem.Unauthenticated:
		return answer{came: refused, told: string(code)}, nil
	}
	return answer{}, err
}
