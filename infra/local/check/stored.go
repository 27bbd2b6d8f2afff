package check

import (
	"fmt"
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/countstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// stored is the contents of a table, except for the items of keys and events, which come in parts.
type stored struct {
	report
	tenants    map[string]*tenant
	gates      map[string]table.Item // by the id of the parent; removed when matched
	management map[string]table.Item // credentials of management keys, by id; removed when matched
	stamped    bool
}

// tenant is the contents of one tenant's partitions, except for the items of keys and events.
type tenant struct {
	*report
	name         string
	applications map[string]applications.Application
	arxes        map[string]arxes.Arx
	management   map[string]managementkeys.ManagementKey
	held         map[table.Key]string      // the owner of a name, by its key
	counted      map[string]map[string]int // by scope and state
	there        map[string]map[string]int // numbers of records; keys come in parts
	parents      map[table.Key]table.Item  // what keys show of applications and Arxes
	settling     map[string]bool           // by Arx
	remains      map[string]bool           // Arxes that are purged, except for their counts
	standing     *arxes.Default            // nil if there is no item
	resources    map[string]resource       // applications, Arxes and management keys, by id
	told         map[string]bool           // those that have a history
}

// part is the items of some keys and some histories.
type part struct {
	tenants     map[string]*tenantPart
	credentials map[string]table.Item // of API keys, by id; removed when matched
}

// tenantPart is the items of a part that belong to one tenant.
type tenantPart struct {
	*tenant
	rows      map[string][]row                 // by key
	whole     map[string]keys.Key              // as credentials show them; filled by keys
	found     map[table.Key]table.Item         // index entries of rows: copies, words, expiry times
	used      []string                         // records that have a latest use
	activity  map[string]table.Item            // by event
	histories map[string]map[string]table.Item // by resource and event
}

// row is the row of a key.
type row struct {
	keys.Row
	item table.Item
}

// report is a list of findings.
type report struct{ findings []string }

func (r *report) add(format string, args ...any) {
	r.findings = append(r.findings, fmt.Sprintf(format, args...))
}

func newStored() *stored {
	return &stored{tenants: map[string]*tenant{}, gates: map[string]table.Item{}, management: map[string]table.Item{}}
}

func (s *stored) tenant(name string) *tenant {
	if s.tenants[name] == nil {
		s.tenants[name] = &tenant{
			report: &s.report, name: name, applications: map[string]applications.Application{}, arxes: map[string]arxes.Arx{},
			management: map[string]managementkeys.ManagementKey{}, held: map[table.Key]string{},
			counted: map[string]map[string]int{}, there: map[string]map[string]int{},
			parents: map[table.Key]table.Item{}, settling: map[string]bool{}, remains: map[string]bool{}, resources: map[string]resource{}, told: map[string]bool{},
		}
	}
	return s.tenants[name]
}

// take adds an item. For an item that comes in parts, it only returns its record: all items of a record must be in
// one part.
func (s *stored) take(item table.Item) (record string) {
	s.secrets(item)
	at := item.Key()
	kind, of, part := at.Parts()
	switch kind {
	case "rec":
		return s.tenant(of).record(item, at)
	case "evt":
		if part != "" {
			return part
		}
		if e, err := auditstore.Decode(item); err == nil {
			return e.Resource.ID
		}
		return at.SK
	case "cred":
		return of
	case "gate":
		s.gates[of] = item
	case "mgk":
		s.management[of] = item
	case "meta":
		if s.stamped = at == table.StampKey(); !s.stamped {
			s.add("%s: of an unknown kind", at.PK)
		} else if stamp := table.DecodeStamp(item); stamp.Format != table.Format() || stamp.Table == "" {
			s.add("%s: has the format %d and the table %q; this program knows the format %d", at.PK, stamp.Format, stamp.Table, table.Format())
		}
	case "use":
		if part != "" {
			return at.SK
		} // other items are days, which expire, and last uses of management keys
	case "idem", "lim": // they belong to no record, and expire or are purged
	default:
		s.add("%s: of an unknown kind", at.PK)
	}
	return ""
}

func (t *tenant) record(item table.Item, at table.Key) (record string) {
	switch at.PK {
	case table.Application(t.name, "").PK:
		a := applicationstore.Decode(t.name, item)
		t.applications[at.SK], t.resources[at.SK] = a, resource{a.LastEvent, a.CreatedAt, a.UpdatedAt}
	case table.Arx(t.name, "").PK:
		a := arxstore.Decode(t.name, item)
		t.arxes[at.SK], t.resources[at.SK] = a, resource{a.LastEvent, a.CreatedAt, a.UpdatedAt}
	case table.DefaultArx(t.name).PK:
		standing := arxstore.DecodeDefault(item)
		t.standing = &standing
	case table.KeyRow(t.name, "").PK:
		return keystore.DecodeRow(item).ID
	case table.ManagementKeyRow(t.name, "").PK:
		m := managementkeystore.Decode(t.name, item)
		t.management[at.SK], t.resources[at.SK] = m, resource{m.LastEvent, m.CreatedAt, m.CreatedAt}
	case table.Name(t.name, "", "").PK:
		t.held[at] = item.String("id")
	case table.Settling(t.name, "").PK:
		return t.total(item, at)
	case table.RollUp(t.name).PK: // it belongs to no record: it is the state of a job
	default:
		if strings.HasPrefix(at.PK, table.KeyIndex(t.name, "", "").PK) {
			return foundBy(at)
		}
		t.add("%s: of an unknown kind", at.PK)
	}
	return ""
}

// foundBy returns the id of the key of an index entry, which is the end of the entry's sort key.
func foundBy(at table.Key) string { return at.SK[max(0, len(at.SK)-len(api.KeyPrefix)-api.IDChars):] }

// total adds an item of the partition of totals.
func (t *tenant) total(item table.Item, at table.Key) (record string) {
	switch part, of := table.PartOfTotals(at.SK); {
	case part == table.Parents:
		t.parents[at] = item
	case part == table.ExpiringKeys:
		return foundBy(at)
	case part == table.SettlingArxes && countstore.IsRemains(item):
		t.remains[of] = true
	case part == table.SettlingArxes:
		t.settling[of] = true
	case part != table.Sweeps:
		t.count(item, at)
	}
	return ""
}

// count adds a shard to its scope.
func (t *tenant) count(item table.Item, at table.Key) {
	scope := at.SK[:max(strings.LastIndex(at.SK, "#"), 0)]
	for state := range item.Without(table.PK, table.SK) {
		add(t.counted, scope, state, item.Int(state))
	}
}

func add(counts map[string]map[string]int, scope, state string, n int) {
	if counts[scope] == nil {
		counts[scope] = map[string]int{}
	}
	counts[scope][state] += n
}

// sorted groups the items of a part by kind.
func (s *stored) sorted(items []table.Item) part {
	p := part{tenants: map[string]*tenantPart{}, credentials: map[string]table.Item{}}
	of := func(name string) *tenantPart {
		if p.tenants[name] == nil {
			p.tenants[name] = &tenantPart{
				tenant: s.tenant(name), rows: map[string][]row{}, whole: map[string]keys.Key{}, found: map[table.Key]table.Item{},
				activity: map[string]table.Item{}, histories: map[string]map[string]table.Item{},
			}
		}
		return p.tenants[name]
	}
	for _, item := range items {
		at := item.Key()
		switch kind, name, resource := at.Parts(); kind {
		case "cred":
			p.credentials[name] = item
		case "use":
			of(name).use(at)
		case "evt":
			of(name).event(item, at, resource)
		default:
			of(name).ofKey(item, at)
		}
	}
	return p
}

// ofKey adds the row of a key, or an index entry.
func (t *tenantPart) ofKey(item table.Item, at table.Key) {
	if at.PK != table.KeyRow(t.name, "").PK {
		t.found[at] = item
		return
	}
	r := row{keystore.DecodeRow(item), item}
	t.rows[r.ID] = append(t.rows[r.ID], r)
}

func (t *tenantPart) use(at table.Key) {
	if at != table.LatestUse(t.name, at.SK) {
		t.add("%s: of an unknown kind", at.PK)
	}
	t.used = append(t.used, at.SK)
}

func (t *tenantPart) event(item table.Item, at table.Key, resource string) {
	if resource == "" {
		t.activity[at.SK] = item
		return
	}
	if t.histories[resource] == nil {
		t.histories[resource] = map[string]table.Item{}
	}
	t.histories[resource][at.SK] = item
}
