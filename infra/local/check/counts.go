package check

import (
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
)

// counts holds the counts against what there is to count.
func (t *tenant) counts() {
	want := map[string]map[string]int{}
	count := func(scope, state string) {
		if want[scope] == nil {
			want[scope] = map[string]int{}
		}
		want[scope][state]++
	}
	for _, a := range t.applications {
		count(countstore.ApplicationScope, string(a.Status))
	}
	for _, a := range t.arxes {
		count(countstore.ArxScope, string(a.Status))
	}
	for _, rows := range t.rows {
		for _, r := range rows {
			for _, scope := range countstore.KeyScopes(r.ApplicationID, r.ArxID) {
				count(scope, string(r.Counted))
			}
		}
	}
	differ := func(scope, state string) {
		if _, arx, _ := strings.Cut(scope, "#"); t.remains[arx[:min(len(arx), len(api.ArxPrefix)+api.IDChars)]] {
			return // nobody reads it any more, and it is taken away piece by piece
		}
		if is, says := want[scope][state], t.counted[scope][state]; is != says {
			t.add("tenant %s: %s %s: the count says %d, there are %d", t.name, scope, state, says, is)
		}
	}
	for _, scopes := range []map[string]map[string]int{want, t.counted} {
		for scope, states := range scopes {
			for state := range states {
				differ(scope, state)
			}
		}
	}
}
