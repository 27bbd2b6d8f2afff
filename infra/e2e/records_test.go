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

// deed is the effect of a request on one resource: an action and its argument.
type deed struct{ do, with string }

// answer is the result of a step.
type answer struct {
	came came
	told string // the value of a read, or the code of a refusal
}

// came says whether a change was made.
type came int

const (
	done    came = iota
	refused      // because of the state of the resource
	lost         // unknown: there was no response, or one that says to retry
)

// records are the histories of all resources: each step with the times of its request and response.
type records struct {
	began time.Time
	made  atomic.Int64 // number of acknowledged changes

	mu    sync.Mutex
	steps map[string][]porcupine.Operation // by resource: kind, space, id
}

func newRecords() *records {
	return &records{began: time.Now(), steps: map[string][]porcupine.Operation{}}
}

// now returns the current time of the histories.
func (r *records) now() int64 { return int64(time.Since(r.began)) }

// note adds a step to the history of the resource, which was requested at that time and responded to now. A step with
// an unknown result may happen until the end of the history: see settle.
func (r *records) note(resource string, asked int64, s deed, a answer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	until := r.now()
	if a.came == lost {
		until = -1
	}
	r.steps[resource] = append(r.steps[resource], porcupine.Operation{Input: s, Call: asked, Output: a, Return: until})
}

// settle records that no requests are in progress: steps with an unknown result have happened by now, or never will.
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

// shared adds the steps of one resource that also affect another.
func (r *records) shared(from, to, do string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.steps[from] {
		if s.Input.(deed).do == do {
			r.steps[to] = append(r.steps[to], s)
		}
	}
}

// check checks each history by the rules of its kind: there must be an order of its steps, each at one moment between
// request and response, that explains every response.
func (r *records) check(t *testing.T, kinds map[string]porcupine.Model) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, resource := range slices.Sorted(maps.Keys(r.steps)) {
		kind, _, _ := strings.Cut(resource, " ")
		if !porcupine.CheckOperations(kinds[kind], r.steps[resource]) {
			t.Errorf("no order explains the responses about %s:\n%s", resource, told(r.steps[resource]))
		}
	}
}

// told formats a history, with one line per step.
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

// cameOf classifies a result. A result that no state explains is an error.
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
