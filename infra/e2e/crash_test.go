package e2e

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

// crashRounds is the number of crashes in a run of the tests. If SOAK is set to a duration, the test crashes for that
// long instead.
const crashRounds = 4

// TestNothingAcknowledgedIsLostInACrash kills a function, the engine, or everything, at random moments under a load
// of all operations and jobs, and restarts it. The stored data must then agree with all responses, and stay so through all
// later crashes.
func TestNothingAcknowledgedIsLostInACrash(t *testing.T) {
	m := newMachine(t)
	m.start(t)
	end := time.Now()
	if text := os.Getenv("SOAK"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatalf("SOAK: %v", err)
		}
		end = end.Add(d)
	}
	past, calls, jobs := past{}, map[string]bool{}, 0
	made, killed := int64(0), map[string]int{}
	round := 0
	for ; round < crashRounds || time.Now().Before(end); round++ {
		load, err := newMix(fmt.Sprint("round ", round), m.client())
		if err != nil {
			t.Fatalf("%v\n%s", err, m.log.String())
		}
		load.killed = true
		stop := load.load(6)
		ran := make(chan int, 1)
		go func() { ran <- m.runJobs() }()
		// Crash even if the load makes no progress.
		for enough, tries := load.made.Load()+int64(5+rand.IntN(40)), 0; load.made.Load() < enough && tries < 2000; tries++ {
			time.Sleep(5 * time.Millisecond)
		}
		victim := []func(*testing.T) string{m.killFunction, m.killEngine, m.killAll}[round%3](t)
		killed[victim]++
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
		stop()
		jobs += <-ran
		maps.Copy(calls, load.calls)
		if victim != "a function" { // only a function restarts by itself
			m.ended(t)
			m.start(t)
		}
		load.close()
		for _, err := range load.unheardOf {
			t.Error(err)
		}
		load.check(t, kinds(load.anchor))
		load.checkLimited(t)
		past.hold(t, m, load)
		if t.Failed() {
			t.Fatalf("after round %d, which killed %s\n%s", round, victim, m.log.String())
		}
		made += load.made.Load()
	}
	past.verify(t, m)
	m.inspect(t)
	t.Logf("%d changes were acknowledged and %d jobs done in %d rounds, which killed %v", made, jobs, round, killed)
	if names := leftOut(calls); os.Getenv("SOAK") != "" && (names != nil || jobs == 0) { // a short run may miss some
		t.Errorf("%d runs of jobs succeeded, and no mix has called %q", jobs, names)
	}
	if made < 20 {
		t.Errorf("%d acknowledged changes: the test exercised too little", made)
	}
}

// past is the state at the end of earlier rounds, whose resources no longer change.
type past struct {
	statuses map[string]string
	verdicts map[api.ClearText]api.Code
}

// hold compares the current state with the past, and adds the results of this round to it.
func (p *past) hold(t *testing.T, m *machine, of *mix) {
	t.Helper()
	now := agree(t, m.client())
	for id, status := range p.statuses {
		if now[id] != status {
			t.Errorf("%s was %s in an earlier round and is %q", id, status, now[id])
		}
	}
	p.statuses = now
	if p.verdicts == nil {
		p.verdicts = map[api.ClearText]api.Code{}
	}
	maps.Copy(p.verdicts, of.verdicts)
}

// verify verifies every access key once more.
func (p *past) verify(t *testing.T, m *machine) {
	t.Helper()
	for secret, want := range p.verdicts {
		got, err := patiently(m.client(), api.VerifyKey, api.VerifyKeyRequest{Key: secret})
		if err != nil || got.Code != want {
			t.Errorf("a verdict was %s and is %s, %v", want, got.Code, err)
		}
	}
}
