package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// stored is all that lies in a table, by what it is.
type stored struct {
	report
	tenants     map[string]*tenant
	credentials map[string]table.Item // of API keys, by id; taken out as they are matched
	gates       map[string]table.Item // by the id of the parent; likewise
	management  map[string]table.Item // credentials of management keys, by id; likewise
}

// tenant is what lies in the partitions of one tenant.
type tenant struct {
	report
	name         string
	applications map[string]applications.Application
	arxes        map[string]arxes.Arx
	rows         map[string][]row    // by key
	whole        map[string]keys.Key // as credentials show them; filled by keys
	management   map[string]managementkeys.ManagementKey
	held         map[table.Key]string             // who has a name, by where it lies
	counted      map[string]map[string]int        // by scope and state
	found        map[table.Key]table.Item         // what rows of keys are found by: copies, words, times of expiry
	inactive     map[table.Key]table.Item         // applications and Arxes that stop their keys
	settling     map[string]bool                  // by Arx
	used         []string                         // records whose latest use is kept
	remains      map[string]bool                  // Arxes that are purged, but for their counts
	standing     *arxes.Default                   // nil where nothing says
	activity     map[string]table.Item            // by event
	histories    map[string]map[string]table.Item // by resource and event
}

// row is the row of a key.
type row struct {
	keys.Row
	item table.Item
}

// report is what was found.
type report struct{ findings []string }

func (r *report) add(format string, args ...any) {
	r.findings = append(r.findings, fmt.Sprintf(format, args...))
}

func (s *stored) tenant(name string) *tenant {
	if s.tenants[name] == nil {
		s.tenants[name] = &tenant{
			name: name, applications: map[string]applications.Application{}, arxes: map[string]arxes.Arx{}, rows: map[string][]row{}, whole: map[string]keys.Key{},
			management: map[string]managementkeys.ManagementKey{}, held: map[table.Key]string{}, counted: map[string]map[string]int{},
			found: map[table.Key]table.Item{}, inactive: map[table.Key]table.Item{}, settling: map[string]bool{}, remains: map[string]bool{},
			activity: map[string]table.Item{}, histories: map[string]map[string]table.Item{},
		}
	}
	return s.tenants[name]
}

func (s *stored) names() []string { return slices.Sorted(maps.Keys(s.tenants)) }

// sorted sorts items by what they are.
func sorted(items []table.Item) *stored {
	s := &stored{
		tenants: map[string]*tenant{}, credentials: map[string]table.Item{}, gates: map[string]table.Item{}, management: map[string]table.Item{},
	}
	for _, item := range items {
		at := item.Key()
		kind, of, part := at.Parts()
		switch kind {
		case "rec":
			s.tenant(of).record(item, at)
		case "evt":
			s.tenant(of).event(item, at, part)
		case "cred":
			s.credentials[of] = item
		case "gate":
			s.gates[of] = item
		case "mgk":
			s.management[of] = item
		case "use":
			if part != "" {
				s.tenant(of).use(at)
			} // else days, which end by themselves, and last uses of management keys
		case "idem", "lim": // bound to nothing: they end by themselves
		default:
			s.add("%s: of no known kind", at.PK)
		}
	}
	return s
}

func (t *tenant) record(item table.Item, at table.Key) {
	switch at.PK {
	case table.Application(t.name, "").PK:
		t.applications[at.SK] = applicationstore.Decode(t.name, item)
	case table.Arx(t.name, "").PK:
		t.arxes[at.SK] = arxstore.Decode(t.name, item)
	case table.DefaultArx(t.name).PK:
		standing := arxstore.DecodeDefault(item)
		t.standing = &standing
	case table.KeyRow(t.name, "").PK:
		r := row{keystore.DecodeRow(item), item}
		t.rows[r.ID] = append(t.rows[r.ID], r)
	case table.ManagementKeyRow(t.name, "").PK:
		t.management[at.SK] = managementkeystore.Decode(t.name, item)
	case table.Name(t.name, "", "").PK:
		t.held[at] = item.String("id")
	case table.Settling(t.name, "").PK:
		t.total(item, at)
	case table.Inactive(t.name, "").PK:
		t.inactive[at] = item
	case table.RollUp(t.name).PK: // bound to nothing: it only says what a job has to do
	default:
		if strings.HasPrefix(at.PK, table.KeyIndex(t.name, "", "").PK) {
			t.found[at] = item
			return
		}
		t.add("%s: of no known kind", at.PK)
	}
}

// total takes an item of the partition of totals.
func (t *tenant) total(item table.Item, at table.Key) {
	switch part, of := table.PartOfTotals(at.SK); {
	case part == table.ExpiringKeys:
		t.found[at] = item
	case part == table.SettlingArxes && countstore.IsRemains(item):
		t.remains[of] = true
	case part == table.SettlingArxes:
		t.settling[of] = true
	case part != table.Sweeps:
		t.count(item, at)
	}
}

// count adds a shard to its scope.
func (t *tenant) count(item table.Item, at table.Key) {
	scope := at.SK[:max(strings.LastIndex(at.SK, "#"), 0)]
	if t.counted[scope] == nil {
		t.counted[scope] = map[string]int{}
	}
	for state := range item.Without(table.PK, table.SK) {
		t.counted[scope][state] += item.Int(state)
	}
}

func (t *tenant) use(at table.Key) {
	if at != table.LatestUse(t.name, at.SK) {
		t.add("%s: of no known kind", at.PK)
	}
	t.used = append(t.used, at.SK)
}

func (t *tenant) event(item table.Item, at table.Key, resource string) {
	if resource == "" {
		t.activity[at.SK] = item
		return
	}
	if t.histories[resource] == nil {
		t.histories[resource] = map[string]table.Item{}
	}
	t.histories[resource][at.SK] = item
}
