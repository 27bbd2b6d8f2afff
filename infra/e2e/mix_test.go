package e2e

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// mix is a concurrent load of all operations on few resources, so that they conflict. Its records contain requests and
// responses.
type mix struct {
	*records
	name   string
	c      *client.Client
	anchor string // an Arx that does not change
	killed bool   // functions may be killed, for which the gateway returns 500

	mu        sync.Mutex
	apps      map[string]string // names by id
	arxes     []string
	keys      map[string]*mixedKey
	managers  map[string]api.ClearText
	limited   []*limitedKey
	calls     map[string]bool            // names of operations that were called
	unheardOf []error                    // responses that no state explains
	verdicts  map[api.ClearText]api.Code // at the end
}

// mixedKey is what the mix knows about a key.
type mixedKey struct {
	app, arx string
	secrets  []api.ClearText // every access key that a response has contained
}

// newMix creates the first resources of a load. Each mix on a laptop has its own name.
func newMix(name string, c *client.Client) (*mix, error) {
	m := &mix{records: newRecords(), name: name, c: c, apps: map[string]string{}, keys: map[string]*mixedKey{}, managers: map[string]api.ClearText{}, calls: map[string]bool{}}
	anchor, err := patiently(c, api.CreateArx, api.CreateArxRequest{Name: m.name + " anchor", Regions: []string{"eu-central-1"}})
	if err != nil {
		return nil, err
	}
	m.anchor = anchor.ID
	m.note("Arx "+m.anchor, m.now(), deed{do: "create"}, answer{})
	if !anchor.IsDefault {
		if _, err := patiently(c, api.SetDefaultArx, api.Target{ID: m.anchor}); err != nil {
			return nil, err
		}
	}
	for range 3 {
		m.createApplication()
		m.createArx()
		m.createKey()
	}
	return m, m.createLimited()
}

// patiently retries the request while the API is unavailable.
func patiently[Req api.Request, Res any](c *client.Client, op api.Operation[Req, Res], req Req) (res Res, err error) {
	for range 100 {
		if res, err = once(c, op, req); !problem.Is(err, problem.Unavailable) {
			return res, err
		}
		time.Sleep(100 * time.Millisecond)
	}
	return res, err
}

// once sends the request once, with a timeout that is longer than a crash.
func once[Req api.Request, Res any](c *client.Client, op api.Operation[Req, Res], req Req) (Res, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return client.Call(ctx, c, op, req)
}

// load takes steps concurrently until the returned function is called, which waits for the steps in progress.
func (m *mix) load(sides int) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	for range sides {
		group.Go(func() {
			for ctx.Err() == nil {
				m.take()
			}
		})
	}
	return func() { cancel(); group.Wait() }
}

// take takes one step. Creates are the most frequent.
func (m *mix) take() {
	steps := []func(){
		m.createApplication, m.createArx, m.createKey, m.createKey, m.createManagementKey,
		m.changeApplication, m.changeApplication, m.changeArx, m.setDefault, m.deleteArx,
		m.editApplication, m.editArx, m.editKey, m.editKey,
		m.changeKey, m.changeKey, m.rotate, m.rotate, m.endOverlap, m.deleteKey,
		m.verify, m.verify, m.getKey, m.getApplication, m.getArx, m.useManagementKey, m.deleteManagementKey,
		m.useLimited, m.holdKey, m.read, m.read,
	}
	steps[rand.IntN(len(steps))]()
}

// mixed sends a request and returns its result. The result is not to be recorded if the request was never sent, or if
// no state explains it.
func mixed[Req api.Request, Res any](m *mix, op api.Operation[Req, Res], req Req) (res Res, a answer, asked int64, noted bool) {
	m.called(op.Name)
	asked = m.now()
	res, err := once(m.c, op, req)
	a, wrong := cameOf(err)
	if wrong != nil && m.killed && problem.Is(err, problem.Internal) {
		a, wrong = answer{came: lost}, nil
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		time.Sleep(50 * time.Millisecond)
		return res, a, asked, false
	case wrong != nil:
		m.mu.Lock()
		m.unheardOf = append(m.unheardOf, fmt.Errorf("%s: %w", op.Name, wrong))
		m.mu.Unlock()
		return res, a, asked, false
	case a.came == lost:
		time.Sleep(300 * time.Millisecond) // too many unknown results make a history hard to explain
	case a.came == done && op.Method != "GET" && op.Name != api.VerifyKey.Name:
		m.made.Add(1)
	}
	return res, a, asked, true
}

// called records that the operation was called.
func (m *mix) called(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls[name] = true
}

func (m *mix) createApplication() {
	m.mu.Lock()
	full := len(m.apps) >= 5
	m.mu.Unlock()
	if full {
		return
	}
	name := fmt.Sprint(m.name, " application ", rand.IntN(3))
	res, a, asked, noted := mixed(m, api.CreateApplication, api.CreateApplicationRequest{Name: name, Technology: api.Server})
	if !noted {
		return
	}
	m.note("name "+name, asked, deed{"create", res.ID}, a)
	if a.came == done {
		m.note("application "+res.ID, asked, deed{do: "create"}, a)
		m.mu.Lock()
		defer m.mu.Unlock()
		m.apps[res.ID] = name
	}
}

func (m *mix) createArx() {
	m.mu.Lock()
	many := len(m.arxes)
	m.mu.Unlock()
	if many >= 6 {
		return
	}
	name := fmt.Sprint(m.name, " ", rand.Uint64())
	res, a, asked, noted := mixed(m, api.CreateArx, api.CreateArxRequest{Name: name, Regions: []string{"eu-central-1"}})
	if noted && a.came == done {
		m.note("Arx "+res.ID, asked, deed{do: "create"}, a)
		m.mu.Lock()
		defer m.mu.Unlock()
		m.arxes = append(m.arxes, res.ID)
	}
}

func (m *mix) createKey() {
	app, _ := m.application()
	arx := m.arx()
	m.mu.Lock()
	full := len(m.keys) >= 14
	m.mu.Unlock()
	if app == "" || arx == "" || full {
		return
	}
	res, a, asked, noted := mixed(m, api.CreateKey, api.CreateKeyRequest{ApplicationID: app, ArxID: arx})
	if !noted || a.came != done {
		return
	}
	m.note("key "+res.Key.ID, asked, deed{"create", string(*res.AccessKey)}, a)
	m.note("application "+app, asked, deed{do: "take a key"}, answer{told: string(api.ApplicationActive)})
	m.note("Arx "+arx, asked, deed{do: "take a key"}, answer{told: string(api.ArxActive)})
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keys[res.Key.ID] = &mixedKey{app: app, arx: arx, secrets: []api.ClearText{*res.AccessKey}}
}

func (m *mix) createManagementKey() {
	m.mu.Lock()
	many := len(m.managers)
	m.mu.Unlock()
	if many >= 4 {
		return
	}
	res, a, asked, noted := mixed(m, api.CreateManagementKey, api.CreateManagementKeyRequest{Name: "deploy", Role: api.Developer})
	if noted && a.came == done {
		m.note("management-key "+res.ManagementKey.ID, asked, deed{do: "create"}, a)
		m.mu.Lock()
		defer m.mu.Unlock()
		m.managers[res.ManagementKey.ID] = *res.Secret
	}
}

func (m *mix) changeApplication() {
	id, name := m.application()
	if id == "" {
		return
	}
	ops := map[string]api.Operation[api.Target, api.Application]{
		"disable": api.DisableApplication, "enable": api.EnableApplication, "archive": api.ArchiveApplication, "unarchive": api.UnarchiveApplication,
	}
	do := []string{"disable", "enable", "enable", "archive", "unarchive", "unarchive"}[rand.IntN(6)]
	_, a, asked, noted := mixed(m, ops[do], api.Target{ID: id})
	if !noted {
		return
	}
	m.note("application "+id, asked, deed{do: do}, a)
	if do == "archive" || do == "unarchive" {
		m.note("name "+name, asked, deed{do, id}, a)
	}
}

func (m *mix) changeArx() {
	id := m.arx()
	do, op := "enable", api.EnableArx
	if rand.IntN(3) == 0 {
		do, op = "disable", api.DisableArx
	}
	if id == "" || id == m.anchor {
		return
	}
	if _, a, asked, noted := mixed(m, op, api.Target{ID: id}); noted {
		m.note("Arx "+id, asked, deed{do: do}, a)
	}
}

func (m *mix) setDefault() {
	id := m.arx()
	if id == "" {
		return
	}
	if _, a, asked, noted := mixed(m, api.SetDefaultArx, api.Target{ID: id}); noted {
		m.note("default Arx", asked, deed{"make the default", id}, a)
	}
}

func (m *mix) deleteArx() {
	id := m.arx()
	if id == "" || id == m.anchor || rand.IntN(3) > 0 {
		return
	}
	if _, a, asked, noted := mixed(m, api.DeleteArx, api.Target{ID: id}); noted {
		m.note("Arx "+id, asked, deed{"delete", id}, a)
		m.note("default Arx", asked, deed{"delete", id}, a)
	}
}

func (m *mix) changeKey() {
	do, op := "enable", api.EnableKey
	if rand.IntN(2) == 0 {
		do, op = "disable", api.DisableKey
	}
	m.onKey(do, op)
}

func (m *mix) endOverlap() { m.onKey("end overlap", api.EndKeyOverlap) }

func (m *mix) deleteKey() {
	if rand.IntN(3) == 0 {
		m.onKey("delete", api.DeleteKey)
	}
}

func (m *mix) onKey(do string, op api.Operation[api.Target, api.Key]) {
	id, _, _ := m.key()
	if id == "" {
		return
	}
	if _, a, asked, noted := mixed(m, op, api.Target{ID: id}); noted {
		m.note("key "+id, asked, deed{do: do}, a)
	}
}

func (m *mix) rotate() {
	id, _, _ := m.key()
	if id == "" {
		return
	}
	overlap := 3600
	req := api.RotateKeyRequest{ID: id, OverlapSeconds: &overlap}
	do := []string{"rotate", "rotate with overlap", "replace"}[rand.IntN(3)]
	switch do {
	case "rotate":
		overlap = 0
	case "replace":
		req.Replace = api.ReplaceNew
	}
	res, a, asked, noted := mixed(m, api.RotateKey, req)
	if !noted {
		return
	}
	if a.came == done {
		a.told = string(*res.AccessKey)
		m.mu.Lock()
		m.keys[id].secrets = append(m.keys[id].secrets, *res.AccessKey)
		m.mu.Unlock()
	}
	m.note("key "+id, asked, deed{do: do}, a)
}

func (m *mix) verify() {
	if id, k, secret := m.key(); id != "" {
		m.verifyKey(id, k, secret)
	}
}

// verifyKey records what the verdict says about the key and its parents.
func (m *mix) verifyKey(id string, k mixedKey, secret api.ClearText) api.Code {
	res, a, asked, noted := mixed(m, api.VerifyKey, api.VerifyKeyRequest{Key: secret})
	if !noted {
		return ""
	}
	a.told = string(res.Code)
	m.note("key "+id, asked, deed{"verify", string(secret)}, a)
	if a.came != done {
		return ""
	}
	if res.Key != nil { // the key is known: record its words, and those of its Arx from the gate
		m.noteWord(id, asked, a, whole(res.Key.Name, strings.Join(res.Key.Scopes, " ")))
		m.noteWord(k.arx, asked, a, wordOf(res.Arx.Endpoint))
	}
	m.noteParents(k, asked, res.Code)
	return res.Code
}

// noteVerdict records a verdict of the authorizer.
func (m *mix) noteVerdict(id string, k mixedKey, secret api.ClearText, asked int64, code api.Code) {
	m.note("key "+id, asked, deed{"verify", string(secret)}, answer{told: string(code)})
	m.noteParents(k, asked, code)
}

// noteParents records what a verdict says about the application and the Arx.
func (m *mix) noteParents(k mixedKey, asked int64, code api.Code) {
	app, arx := "", ""
	switch code {
	case api.CodeApplicationInactive:
		app = "inactive"
	case api.CodeArxInactive:
		app, arx = "active", "inactive"
	case api.CodeValid:
		app, arx = "active", "active"
	}
	if app != "" {
		m.note("application "+k.app, asked, deed{do: "let a key in"}, answer{told: app})
	}
	if arx != "" {
		m.note("Arx "+k.arx, asked, deed{do: "let a key in"}, answer{told: arx})
	}
}

func (m *mix) getKey() {
	if id, _, _ := m.key(); id != "" {
		m.readKey(id)
	}
}

// readKey reads and records the key, and returns it if there was a response.
func (m *mix) readKey(id string) (api.Key, bool) {
	res, a, asked, noted := mixed(m, api.GetKey, api.KeyID{ID: id})
	if !noted {
		return res, false
	}
	a.told = string(res.Status)
	m.note("key "+id, asked, deed{do: "get"}, a)
	if a.came != done {
		return res, false
	}
	m.noteWord(id, asked, a, keyWord(res))
	return res, true
}

func (m *mix) getApplication() {
	if id, _ := m.application(); id != "" {
		m.readApplication(id)
	}
}

func (m *mix) readApplication(id string) (api.Application, bool) {
	res, a, asked, noted := mixed(m, api.GetApplication, api.ApplicationID{ID: id})
	if !noted {
		return res, false
	}
	a.told = string(res.Status)
	m.note("application "+id, asked, deed{do: "get"}, a)
	if a.came != done {
		return res, false
	}
	m.noteWord(id, asked, a, applicationWord(res))
	return res, true
}

func (m *mix) getArx() {
	if id := m.arx(); id != "" {
		m.readArx(id)
	}
}

func (m *mix) readArx(id string) (api.Arx, bool) {
	res, a, asked, noted := mixed(m, api.GetArx, api.ArxID{ID: id})
	if !noted {
		return res, false
	}
	a.told = string(res.Status)
	m.note("Arx "+id, asked, deed{do: "get"}, a)
	if a.told = "default"; !res.IsDefault {
		a.told = "another"
	}
	m.note("default Arx", asked, deed{"get", id}, a)
	if a.came != done {
		return res, false
	}
	m.noteWord(id, asked, a, arxWord(res))
	return res, true
}

func (m *mix) useManagementKey() {
	if id, secret := m.manager(); id != "" {
		m.presentManagementKey(id, secret)
	}
}

func (m *mix) presentManagementKey(id string, secret api.ClearText) {
	asked := m.now()
	its := *m.c
	its.Authorization = func(context.Context) (string, error) { return string(secret), nil }
	_, err := once(&its, api.GetMe, api.Nothing{})
	if a, wrong := cameOf(err); wrong == nil && a.came != lost {
		m.note("management-key "+id, asked, deed{do: "use"}, a)
	}
}

func (m *mix) deleteManagementKey() {
	id, _ := m.manager()
	if id == "" {
		return
	}
	if _, a, asked, noted := mixed(m, api.DeleteManagementKey, api.Target{ID: id}); noted {
		m.note("management-key "+id, asked, deed{do: "delete"}, a)
	}
}

// close reads everything once more after all requests have ended: a change with an unknown outcome has happened by
// now, or never will.
func (m *mix) close() {
	m.settle()
	for id := range m.apps {
		m.readApplication(id)
	}
	for _, id := range append(slices.Clone(m.arxes), m.anchor) {
		m.readArx(id)
	}
	m.verdicts = map[api.ClearText]api.Code{}
	for id, k := range m.keys {
		m.readKey(id)
		for _, secret := range k.secrets {
			m.verdicts[secret] = m.verifyKey(id, *k, secret)
		}
		m.shared("Arx "+k.arx, "key "+id, "delete")
	}
	for id, secret := range m.managers {
		m.presentManagementKey(id, secret)
	}
}

// anyOf returns a random entry, or zero values if there is none.
func anyOf[K comparable, V any](of map[K]V) (k K, v V) {
	skip := 0
	if len(of) > 0 {
		skip = rand.IntN(len(of))
	}
	for k, v = range of {
		if skip--; skip < 0 {
			break
		}
	}
	return k, v
}

func (m *mix) application() (id, name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return anyOf(m.apps)
}

func (m *mix) arx() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := rand.IntN(len(m.arxes) + 1); i < len(m.arxes) {
		return m.arxes[i]
	}
	return m.anchor
}

func (m *mix) key() (id string, k mixedKey, secret api.ClearText) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id, found := anyOf(m.keys)
	if id == "" {
		return "", mixedKey{}, ""
	}
	newest := len(found.secrets) - 1
	return id, *found, found.secrets[max(0, newest-rand.IntN(3))]
}

func (m *mix) manager() (string, api.ClearText) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return anyOf(m.managers)
}
