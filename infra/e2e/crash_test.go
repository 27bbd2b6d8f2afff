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

// crashRounds is how often something is killed in a run of the tests. SOAK, a duration, makes it
// as often as fits into that time.
const crashRounds = 4

// TestNothingAcknowledgedIsLostInACrash kills a function, the engine, or all at once, at any moment
// of a load of everything that can be done, and starts again. What is there then is what the answers
// explain, and stays so through all later crashes.
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
	past := past{}
	made, killed := int64(0), map[string]int{}
	round := 0
	for ; round < crashRounds || time.Now().Before(end); round++ {
		load, err := newMix(fmt.Sprint("round ", round), m.client())
		if err != nil {
			t.Fatalf("%v\n%s", err, m.log.String())
		}
		load.killed = true
		stop := load.load(6)
		// A load that gets nowhere is killed too.
		for enough, tries := load.made.Load()+int64(5+rand.IntN(40)), 0; load.made.Load() < enough && tries < 2000; tries++ {
			time.Sleep(5 * time.Millisecond)
		}
		victim := []func(*testing.T) string{m.killFunction, m.killEngine, m.killAll}[round%3](t)
		killed[victim]++
		time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond)
		stop()
		if victim != "a function" { // which alone comes back by itself
			m.ended(t)
			m.start(t)
		}
		load.close()
		for _, err := range load.unheardOf {
			t.Error(err)
		}
		load.check(t, kinds(load.anchor))
		past.hold(t, m, load)
		if t.Failed() {
			t.Fatalf("after round %d, which killed %s\n%s", round, victim, m.log.String())
		}
		made += load.made.Load()
	}
	past.verify(t, m)
	m.inspect(t)
	t.Logf("%d changes were acknowledged in %d rounds, which killed %v", made, round, killed)
	if made < 20 {
		t.Errorf("%d acknowledged changes: the test shows too little", made)
	}
}

// past is what was there at the end of earlier rounds, which nobody touches any more.
type past struct {
	statuses map[string]string
	verdicts map[api.ClearText]api.Code
}

// hold holds what is there against what was, and takes what the round leaves into it.
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

// verify asks about every access key once more.
func (p *past) verify(t *testing.T, m *machine) {
	t.Helper()
	for secret, want := range p.verdicts {
		got, err := patiently(m.client(), api.VerifyKey, api.VerifyKeyRequest{Key: secret})
		if err != nil || got.Code != want {
			t.Errorf("a verdict was %s and is %s, %v", want, got.Code, err)
		}
	}
}
