package check

import (
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
)

// counts compares the counts with the numbers of records.
func (t *tenant) counts() {
	for _, a := range t.applications {
		add(t.there, countstore.ApplicationScope, string(a.Status), 1)
	}
	for _, a := range t.arxes {
		add(t.there, countstore.ArxScope, string(a.Status), 1)
	}
	differ := func(scope, state string) {
		if _, arx, _ := strings.Cut(scope, "#"); t.remains[arx[:min(len(arx), len(api.ArxPrefix)+api.IDChars)]] {
			return // no longer read, and removed in steps
		}
		if is, says := t.there[scope][state], t.counted[scope][state]; is != says {
			t.add("tenant %s: %s %s: the count says %d, there are %d", t.name, scope, state, says, is)
		}
	}
	for _, scopes := range []map[string]map[string]int{t.there, t.counted} {
		for scope, states := range scopes {
			for state := range states {
				differ(scope, state)
			}
		}
	}
}
