package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// TestHistoriesAgreeWithTheModel applies random operations to applications, Arxes and keys over HTTPS, with
// throttling and connections that break after the write was done. After each step it compares the API with a small
// model.
func TestHistoriesAgreeWithTheModel(t *testing.T) {
	for name, value := range map[string]string{"rapid.checks": "4", "rapid.steps": "150", "rapid.nofailfile": "true", "rapid.shrinktime": "5s"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() == f.DefValue {
			if err := flag.Set(name, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	changes := 0
	rapid.Check(t, func(r *rapid.T) {
		l, f, c := startFaulty(t, func(f *faults) { f.throttle, f.reset = 0.01, 0.01 })
		defer l.stop()
		defer f.server.Close()
		m := &model{t: r, ctx: context.Background(), c: c, apps: map[string]*modelApp{}, arxes: map[string]*modelArx{}, keys: map[string]*modelKey{}}
		for range 3 { // so that every step has resources to work on
			m.createApplication(r)
			m.createArx(r)
			m.createKey(r)
		}
		r.Repeat(map[string]func(*rapid.T){
			"":                        m.check,
			"register an application": m.createApplication,
			"register an Arx":         m.createArx,
			"create a key":            m.createKey,
			"create a key again":      m.createKey,
			"change an application":   m.changeApplication,
			"rename an application":   m.renameApplication,
			"change an Arx":           m.changeArx,
			"rename an Arx":           m.renameArx,
			"make an Arx the default": m.setDefault,
			"delete an Arx":           m.deleteArx,
			"change a key":            m.changeKey,
			"edit a key":              m.editKey,
			"rotate a key":            m.rotateKey,
			"end an overlap":          m.endOverlap,
			"delete a key":            m.deleteKey,
		})
		changes += m.changes
		l.whole(t)
	})
	t.Logf("%d changes", changes)
	if !t.Failed() && changes < 100 {
		t.Errorf("%d changes: the test exercised too little", changes)
	}
}

type modelApp struct {
	name   string
	status api.ApplicationStatus
}

type modelArx struct {
	name   string
	status api.ArxStatus
}

type modelKey struct {
	app, arx string
	name     string
	status   api.KeyStatus
	current  api.ClearText
	old      api.ClearText // during an overlap
	dead     []api.ClearText
}

// model is the expected state.
type model struct {
	t   *rapid.T
	ctx context.Context
	c   *client.Client

	apps      map[string]*modelApp
	arxes     map[string]*modelArx
	keys      map[string]*modelKey
	byDefault string // the default Arx
	names     int
	changes   int // number of changes made
}

// ask calls the API, and retries while it is unavailable. The functions handle lost DynamoDB responses themselves, so
// a retry is never refused because of its own first attempt.
func ask[Req api.Request, Res any](m *model, op api.Operation[Req, Res], req Req) (Res, error) {
	for range 20 {
		res, err := client.Call(m.ctx, m.c, op, req)
		if !problem.Is(err, problem.Unavailable) {
			return res, err
		}
		time.Sleep(50 * time.Millisecond)
	}
	var none Res
	return none, errors.New("unavailable twenty times")
}

// expect compares the result with the model: success if it is allowed, or else a refusal with the code.
func (m *model) expect(what string, err error, allowed bool, code problem.Code) bool {
	switch {
	case allowed && err != nil:
		m.t.Fatalf("%s: %v", what, err)
	case !allowed && !problem.Is(err, code):
		m.t.Fatalf("%s: %v, want %s", what, err, code)
	}
	if allowed {
		m.changes++
	}
	return allowed
}

// one returns a random id.
func one[V any](r *rapid.T, of map[string]V, what string) string {
	return rapid.SampledFrom(slices.Sorted(maps.Keys(of))).Draw(r, what)
}

func (m *model) name() string {
	m.names++
	return fmt.Sprint("name ", m.names)
}

func (m *model) createApplication(r *rapid.T) {
	name := m.name()
	taken := false
	if len(m.apps) > 2 && rapid.IntRange(0, 3).Draw(r, "taken") == 0 {
		a := m.apps[one(r, m.apps, "application")]
		name, taken = a.name, true
		for _, other := range m.apps {
			if other.name == name && other.status != api.ApplicationArchived {
				a = other
			}
		}
		taken = a.status != api.ApplicationArchived
	}
	a, err := ask(m, api.CreateApplication, api.CreateApplicationRequest{Name: name, Technology: api.Server})
	if m.expect("register application "+name, err, !taken, problem.NameTaken) {
		m.apps[a.ID] = &modelApp{name: name, status: api.ApplicationActive}
	}
}

func (m *model) createArx(r *rapid.T) {
	name := m.name()
	a, err := ask(m, api.CreateArx, api.CreateArxRequest{Name: name, Regions: []string{"eu-central-1"}})
	if m.expect("register Arx", err, true, "") {
		m.arxes[a.ID] = &modelArx{name: name, status: api.ArxActive}
		if m.byDefault == "" {
			m.byDefault = a.ID
		}
	}
}

func (m *model) createKey(r *rapid.T) {
	app, arx := one(r, m.apps, "application"), one(r, m.arxes, "Arx")
	k, err := ask(m, api.CreateKey, api.CreateKeyRequest{ApplicationID: app, ArxID: arx})
	allowed := m.apps[app].status == api.ApplicationActive && m.arxes[arx].status == api.ArxActive
	if m.expect("create a key", err, allowed, problem.WrongState) {
		m.keys[k.Key.ID] = &modelKey{app: app, arx: arx, status: api.KeyActive, current: *k.AccessKey}
	}
}

func (m *model) changeApplication(r *rapid.T) {
	id := one(r, m.apps, "application")
	a := m.apps[id]
	do := rapid.SampledFrom([]string{"disable", "enable", "archive", "unarchive"}).Draw(r, "do")
	op := map[string]api.Operation[api.Target, api.Application]{
		"disable": api.DisableApplication, "enable": api.EnableApplication, "archive": api.ArchiveApplication, "unarchive": api.UnarchiveApplication,
	}[do]
	to, allowed := map[string]api.ApplicationStatus{
		"disable active": api.ApplicationDisabled, "enable disabled": api.ApplicationActive,
		"archive disabled": api.ApplicationArchived, "unarchive archived": api.ApplicationDisabled,
	}[do+" "+string(a.status)]
	code := problem.WrongState
	if do == "unarchive" && allowed {
		for other, o := range m.apps {
			if other != id && o.name == a.name && o.status != api.ApplicationArchived {
				allowed, code = false, problem.NameTaken
			}
		}
	}
	_, err := ask(m, op, api.Target{ID: id})
	if m.expect(do+" an application that is "+string(a.status), err, allowed, code) {
		a.status = to
	}
}

// renameApplication renames to a new name or to an existing one, possibly its own. An archived application reserves no
// name, so it can be renamed to any.
func (m *model) renameApplication(r *rapid.T) {
	id := one(r, m.apps, "application")
	a := m.apps[id]
	name := m.name()
	if rapid.Bool().Draw(r, "to an existing one") {
		name = m.apps[one(r, m.apps, "name of")].name
	}
	taken := false
	for other, o := range m.apps {
		taken = taken || other != id && o.name == name && o.status != api.ApplicationArchived
	}
	_, err := ask(m, api.UpdateApplication, api.UpdateApplicationRequest{ID: id, Name: api.Set(name)})
	if m.expect("rename an application that is "+string(a.status), err, !taken || a.status == api.ApplicationArchived, problem.NameTaken) {
		a.name = name
	}
}

func (m *model) renameArx(r *rapid.T) {
	id := one(r, m.arxes, "Arx")
	a := m.arxes[id]
	name := m.name()
	if rapid.Bool().Draw(r, "to an existing one") {
		name = m.arxes[one(r, m.arxes, "name of")].name
	}
	allowed, code := a.status != api.ArxDeleted, problem.WrongState
	for other, o := range m.arxes {
		if allowed && other != id && o.name == name && o.status != api.ArxDeleted {
			allowed, code = false, problem.NameTaken
		}
	}
	_, err := ask(m, api.UpdateArx, api.UpdateArxRequest{ID: id, Name: api.Set(name)})
	if m.expect("rename an Arx that is "+string(a.status), err, allowed, code) {
		a.name = name
	}
}

func (m *model) changeArx(r *rapid.T) {
	id := one(r, m.arxes, "Arx")
	a := m.arxes[id]
	do := rapid.SampledFrom([]string{"disable", "enable"}).Draw(r, "do")
	op, from, to := api.DisableArx, api.ArxActive, api.ArxDisabled
	if do == "enable" {
		op, from, to = api.EnableArx, api.ArxDisabled, api.ArxActive
	}
	_, err := ask(m, op, api.Target{ID: id})
	if m.expect(do+" an Arx that is "+string(a.status), err, a.status == from, problem.WrongState) {
		a.status = to
	}
}

func (m *model) setDefault(r *rapid.T) {
	id := one(r, m.arxes, "Arx")
	_, err := ask(m, api.SetDefaultArx, api.Target{ID: id})
	if m.expect("make an Arx the default", err, m.arxes[id].status != api.ArxDeleted && id != m.byDefault, problem.WrongState) {
		m.byDefault = id
	}
}

func (m *model) deleteArx(r *rapid.T) {
	if rapid.IntRange(0, 2).Draw(r, "rarely") > 0 {
		return
	}
	id := one(r, m.arxes, "Arx")
	live := 0
	for _, a := range m.arxes {
		if a.status != api.ArxDeleted {
			live++
		}
	}
	allowed := m.arxes[id].status != api.ArxDeleted && (id != m.byDefault || live == 1)
	_, err := ask(m, api.DeleteArx, api.Target{ID: id})
	if !m.expect("delete an Arx", err, allowed, problem.WrongState) {
		return
	}
	m.arxes[id].status = api.ArxDeleted
	if id == m.byDefault {
		m.byDefault = ""
	}
	for _, k := range m.keys {
		if k.arx == id {
			k.status = api.KeyDeleted
		}
	}
}

func (m *model) changeKey(r *rapid.T) {
	id := one(r, m.keys, "key")
	k := m.keys[id]
	do := rapid.SampledFrom([]string{"disable", "enable"}).Draw(r, "do")
	op, from, to := api.DisableKey, api.KeyActive, api.KeyDisabled
	if do == "enable" {
		op, from, to = api.EnableKey, api.KeyDisabled, api.KeyActive
	}
	_, err := ask(m, op, api.Target{ID: id})
	if m.expect(do+" a key that is "+string(k.status), err, k.status == from, problem.WrongState) {
		k.status = to
	}
}

func (m *model) editKey(r *rapid.T) {
	id := one(r, m.keys, "key")
	k := m.keys[id]
	name := m.name()
	_, err := ask(m, api.UpdateKey, api.UpdateKeyRequest{ID: id, Name: api.Set(name)})
	if m.expect("edit a key that is "+string(k.status), err, k.status != api.KeyDeleted, problem.WrongState) {
		k.name = name
	}
}

func (m *model) rotateKey(r *rapid.T) {
	id := one(r, m.keys, "key")
	k := m.keys[id]
	overlap := rapid.SampledFrom([]int{0, 3600}).Draw(r, "overlap")
	request := api.RotateKeyRequest{ID: id, OverlapSeconds: &overlap}
	if k.old != "" && rapid.Bool().Draw(r, "replace") {
		request.Replace = "new"
	}
	allowed := k.status != api.KeyDeleted && (k.old == "" || request.Replace == "new")
	rotated, err := ask(m, api.RotateKey, request)
	if !m.expect("rotate a key that is "+string(k.status), err, allowed, problem.WrongState) {
		return
	}
	switch {
	case request.Replace == "new":
		k.dead = append(k.dead, k.current)
	case overlap > 0:
		k.old = k.current
	default:
		k.dead = append(k.dead, k.current)
	}
	k.current = *rotated.AccessKey
}

func (m *model) endOverlap(r *rapid.T) {
	id := one(r, m.keys, "key")
	k := m.keys[id]
	_, err := ask(m, api.EndKeyOverlap, api.Target{ID: id})
	if m.expect("end an overlap", err, k.status != api.KeyDeleted && k.old != "", problem.WrongState) {
		k.dead, k.old = append(k.dead, k.old), ""
	}
}

func (m *model) deleteKey(r *rapid.T) {
	id := one(r, m.keys, "key")
	k := m.keys[id]
	_, err := ask(m, api.DeleteKey, api.Target{ID: id})
	if m.expect("delete a key that is "+string(k.status), err, k.status != api.KeyDeleted, problem.WrongState) {
		k.status = api.KeyDeleted
	}
}

// check compares the totals, the list, and the verdict on one key's every access key.
func (m *model) check(r *rapid.T) {
	want := api.KeyTotals{}
	listed := map[string]string{}
	for id, k := range m.keys {
		listed[id] = fmt.Sprintf("%q of %q, %s", k.name, m.apps[k.app].name, k.status)
		switch k.status {
		case api.KeyActive:
			want.Active++
		case api.KeyDisabled:
			want.Disabled++
		case api.KeyDeleted:
			want.Deleted++
		}
	}
	want.Total = want.Active + want.Disabled
	list, err := ask(m, api.ListKeys, api.ListKeysRequest{Page: api.Page{Limit: 100}, Include: "deleted"})
	if err != nil {
		r.Fatal(err)
	}
	if diff := cmp.Diff(want, list.Totals); diff != "" {
		r.Fatalf("totals (-want +got):\n%s", diff)
	}
	got := map[string]string{}
	for _, k := range list.Items {
		got[k.ID] = fmt.Sprintf("%q of %q, %s", k.Name, k.Application.Name, k.Status)
	}
	if diff := cmp.Diff(listed, got); diff != "" {
		r.Fatalf("keys (-want +got):\n%s", diff)
	}
	if len(m.keys) > 0 {
		m.verify(r, one(r, m.keys, "key"))
	}
}

// verify verifies every access key that the key ever had.
func (m *model) verify(r *rapid.T, id string) {
	k := m.keys[id]
	now := api.CodeValid
	switch {
	case k.status == api.KeyDeleted:
		now = api.CodeNotFound
	case k.status == api.KeyDisabled:
		now = api.CodeDisabled
	case m.apps[k.app].status != api.ApplicationActive:
		now = api.CodeApplicationInactive
	case m.arxes[k.arx].status != api.ArxActive:
		now = api.CodeArxInactive
	}
	about := func(secret api.ClearText, want api.Code) {
		v, err := ask(m, api.VerifyKey, api.VerifyKeyRequest{Key: secret})
		if err != nil || v.Code != want || v.Valid != (want == api.CodeValid) {
			r.Fatalf("%s, %s: %s, %v; want %s", id, k.status, v.Code, err, want)
		}
	}
	about(k.current, now)
	if k.old != "" {
		about(k.old, now)
	}
	for _, dead := range k.dead {
		about(dead, api.CodeNotFound)
	}
}
