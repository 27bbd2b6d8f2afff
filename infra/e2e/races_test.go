package e2e

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// raceRounds is how often each race is run.
const raceRounds = 6

// race is a laptop for concurrent requests, with conflicts and broken connections.
type race struct {
	t     *testing.T
	l     *laptop
	c     *client.Client
	names int
}

// TestRaces runs conflicting requests concurrently over HTTPS. Whichever comes first, the responses and the state
// afterwards must agree.
func TestRaces(t *testing.T) {
	l, f, c := startFaulty(t, func(f *faults) { f.throttle, f.reset = 0.01, 0.01 })
	for _, named := range []struct {
		name string
		run  func(*race)
	}{
		{"rotate × delete × verify", (*race).rotateDeleteVerify},
		{"disable application × create key", (*race).disableApplicationCreateKey},
		{"delete Arx × create key", (*race).deleteArxCreateKey},
		{"two defaults", (*race).twoDefaults},
		{"make the default × delete Arx", (*race).makeDefaultDeleteArx},
		{"one name twice", (*race).oneNameTwice},
		{"one name twice, by unarchiving", (*race).oneNameTwiceByUnarchiving},
		{"delete the last owner's management key", (*race).deleteLastOwnersManagementKey},
	} {
		t.Run(named.name, func(t *testing.T) {
			r := &race{t: t, l: l, c: c}
			for range raceRounds {
				named.run(r)
			}
		})
	}
	agree(t, c)
	l.whole(t)
	if f.conflicts.Load() == 0 {
		t.Error("there was no conflict: the test exercised too little")
	}
}

// at runs the functions concurrently, and waits for all of them.
func at(once ...func()) {
	var group sync.WaitGroup
	start := make(chan struct{})
	for _, do := range once {
		group.Go(func() { <-start; do() })
	}
	close(start)
	group.Wait()
}

// fine fails the test if there is an error other than the listed refusals. It reports whether there was no error.
func (r *race) fine(what string, err error, but ...problem.Code) bool {
	r.t.Helper()
	for _, code := range but {
		if problem.Is(err, code) {
			return false
		}
	}
	if err != nil {
		r.t.Errorf("%s: %v", what, err)
	}
	return err == nil
}

func (r *race) name() string {
	r.names++
	return fmt.Sprint(r.t.Name(), " ", r.names)
}

func (r *race) application() api.Application {
	r.t.Helper()
	return must[api.Application](r.t)(patiently(r.c, api.CreateApplication, api.CreateApplicationRequest{Name: r.name(), Technology: api.Server}))
}

func (r *race) arx() api.Arx {
	r.t.Helper()
	return must[api.Arx](r.t)(patiently(r.c, api.CreateArx, api.CreateArxRequest{Name: r.name(), Regions: []string{"eu-central-1"}}))
}

func (r *race) key(app api.Application, arx api.Arx) api.CreatedKey {
	r.t.Helper()
	return must[api.CreatedKey](r.t)(patiently(r.c, api.CreateKey, api.CreateKeyRequest{ApplicationID: app.ID, ArxID: arx.ID}))
}

// verdict fails the test unless the verification of the access key returns one of the codes.
func (r *race) verdict(when string, secret *api.ClearText, want ...api.Code) {
	r.t.Helper()
	v, err := patiently(r.c, api.VerifyKey, api.VerifyKeyRequest{Key: *secret})
	for _, code := range want {
		if err == nil && v.Code == code && v.Valid == (code == api.CodeValid) {
			return
		}
	}
	r.t.Errorf("%s: %s, %v; want %v", when, v.Code, err, want)
}

func (r *race) rotateDeleteVerify() {
	k := r.key(r.application(), r.arx())
	overlap := 3600
	var rotated api.CreatedKey
	won := false
	at(func() {
		var err error
		rotated, err = patiently(r.c, api.RotateKey, api.RotateKeyRequest{ID: k.Key.ID, OverlapSeconds: &overlap})
		won = r.fine("rotate", err, problem.WrongState)
	}, func() {
		_, err := patiently(r.c, api.DeleteKey, api.Target{ID: k.Key.ID})
		r.fine("delete", err)
	}, func() {
		r.verdict("meanwhile", k.AccessKey, api.CodeValid, api.CodeNotFound)
	})
	r.verdict("the first access key, after the deletion", k.AccessKey, api.CodeNotFound)
	if won {
		r.verdict("the second access key, after the deletion", rotated.AccessKey, api.CodeNotFound)
	}
	if got := must[api.Key](r.t)(patiently(r.c, api.GetKey, api.KeyID{ID: k.Key.ID})); got.Status != api.KeyDeleted || got.OverlapUntil != nil {
		r.t.Errorf("after the deletion the key is %s, with an overlap until %v", got.Status, got.OverlapUntil)
	}
}

// creates creates keys while do runs, and returns those that were created.
func (r *race) creates(app api.Application, arx api.Arx, do func()) (made []api.CreatedKey) {
	var mu sync.Mutex
	create := func() {
		k, err := patiently(r.c, api.CreateKey, api.CreateKeyRequest{ApplicationID: app.ID, ArxID: arx.ID})
		if r.fine("create", err, problem.WrongState) {
			mu.Lock()
			defer mu.Unlock()
			made = append(made, k)
		}
	}
	at(create, create, do, create, create)
	_, err := patiently(r.c, api.CreateKey, api.CreateKeyRequest{ApplicationID: app.ID, ArxID: arx.ID})
	if !problem.Is(err, problem.WrongState) {
		r.t.Errorf("a create after that: %v, want wrong_state", err)
	}
	return made
}

func (r *race) disableApplicationCreateKey() {
	app, arx := r.application(), r.arx()
	made := r.creates(app, arx, func() {
		_, err := patiently(r.c, api.DisableApplication, api.Target{ID: app.ID})
		r.fine("disable", err)
	})
	for _, k := range made {
		r.verdict("while the application is disabled", k.AccessKey, api.CodeApplicationInactive)
	}
	enabled := must[api.Application](r.t)(patiently(r.c, api.EnableApplication, api.Target{ID: app.ID}))
	if n := len(made); enabled.Keys != (api.KeyTotals{Total: n, Active: n}) {
		r.t.Errorf("%d keys were created, the application counts %+v", n, enabled.Keys)
	}
	for _, k := range made {
		r.verdict("once it is enabled", k.AccessKey, api.CodeValid)
	}
}

func (r *race) deleteArxCreateKey() {
	app, arx := r.application(), r.arx()
	r.arx() // another one, so that the deleted Arx is not the last
	must[api.Arx](r.t)(r.arxThatIsNoDefault(arx))
	made := r.creates(app, arx, func() {
		_, err := patiently(r.c, api.DeleteArx, api.Target{ID: arx.ID})
		r.fine("delete", err)
	})
	for _, k := range made {
		r.verdict("after the deletion of the Arx", k.AccessKey, api.CodeNotFound)
		if got := must[api.Key](r.t)(patiently(r.c, api.GetKey, api.KeyID{ID: k.Key.ID})); got.Status != api.KeyDeleted {
			r.t.Errorf("a key of the deleted Arx is %s", got.Status)
		}
	}
	if got := must[api.Arx](r.t)(patiently(r.c, api.GetArx, api.ArxID{ID: arx.ID})); got.Keys != (api.KeyTotals{Deleted: len(made)}) {
		r.t.Errorf("%d keys were created, the deleted Arx counts %+v", len(made), got.Keys)
	}
}

// arxThatIsNoDefault makes another Arx the default if this one is.
func (r *race) arxThatIsNoDefault(arx api.Arx) (api.Arx, error) {
	if !arx.IsDefault {
		return arx, nil
	}
	other := r.arx()
	if _, err := patiently(r.c, api.SetDefaultArx, api.Target{ID: other.ID}); err != nil {
		return arx, err
	}
	return patiently(r.c, api.GetArx, api.ArxID{ID: arx.ID})
}

// theDefault fails the test unless exactly one Arx is the default, and it is one of the listed ones.
func (r *race) theDefault(oneOf ...string) {
	r.t.Helper()
	var found []string
	everyPage(r.t, r.c, api.ListArxes, func(cursor string) api.ListArxesRequest {
		return api.ListArxesRequest{Page: api.Page{Limit: 100, Cursor: cursor}, Include: "deleted"}
	}, func(a api.Arx) {
		if a.IsDefault {
			found = append(found, a.ID)
		}
	})
	for _, id := range oneOf {
		if len(found) == 1 && found[0] == id {
			return
		}
	}
	r.t.Errorf("the default is %q, want one of %q", found, oneOf)
}

func (r *race) twoDefaults() {
	a, b, first := r.arx(), r.arx(), r.arx()
	_, err := patiently(r.c, api.SetDefaultArx, api.Target{ID: first.ID})
	r.fine("make the first the default", err)
	promote := func(of api.Arx) func() {
		return func() {
			_, err := patiently(r.c, api.SetDefaultArx, api.Target{ID: of.ID})
			r.fine("make it the default", err)
		}
	}
	at(promote(a), promote(b))
	r.theDefault(a.ID, b.ID)
}

func (r *race) makeDefaultDeleteArx() {
	first, arx := r.arx(), r.arx()
	_, err := patiently(r.c, api.SetDefaultArx, api.Target{ID: first.ID})
	r.fine("make the first the default", err)
	var made, deleted bool
	at(func() {
		_, err := patiently(r.c, api.SetDefaultArx, api.Target{ID: arx.ID})
		made = r.fine("make it the default", err, problem.WrongState)
	}, func() {
		_, err := patiently(r.c, api.DeleteArx, api.Target{ID: arx.ID})
		deleted = r.fine("delete", err, problem.WrongState)
	})
	switch {
	case made == deleted:
		r.t.Errorf("made the default: %v, deleted: %v; want one of them", made, deleted)
	case made:
		r.theDefault(arx.ID)
	default:
		r.theDefault(first.ID)
	}
}

func (r *race) oneNameTwice() {
	name := r.name()
	spelled := []string{name, " " + name, strings.ToUpper(name), "Ｔ" + name[1:], name} // a full-width T
	var mu sync.Mutex
	apps, arxes := 0, 0
	var all []func()
	for _, s := range spelled {
		all = append(all, func() {
			_, err := patiently(r.c, api.CreateApplication, api.CreateApplicationRequest{Name: s, Technology: api.Server})
			if r.fine("register an application", err, problem.NameTaken) {
				mu.Lock()
				defer mu.Unlock()
				apps++
			}
		}, func() {
			_, err := patiently(r.c, api.CreateArx, api.CreateArxRequest{Name: s, Regions: []string{"eu-central-1"}})
			if r.fine("register an Arx", err, problem.NameTaken) {
				mu.Lock()
				defer mu.Unlock()
				arxes++
			}
		})
	}
	at(all...)
	if apps != 1 || arxes != 1 {
		r.t.Errorf("%d applications and %d Arxes have the name, want one of each", apps, arxes)
	}
}

func (r *race) oneNameTwiceByUnarchiving() {
	app := r.application()
	must[api.Application](r.t)(patiently(r.c, api.DisableApplication, api.Target{ID: app.ID}))
	must[api.Application](r.t)(patiently(r.c, api.ArchiveApplication, api.Target{ID: app.ID}))
	var back, created bool
	at(func() {
		_, err := patiently(r.c, api.UnarchiveApplication, api.Target{ID: app.ID})
		back = r.fine("unarchive", err, problem.NameTaken)
	}, func() {
		_, err := patiently(r.c, api.CreateApplication, api.CreateApplicationRequest{Name: app.Name, Technology: api.Server})
		created = r.fine("register", err, problem.NameTaken)
	})
	if back == created {
		r.t.Errorf("unarchived: %v, created: %v; want one of them", back, created)
	}
}

// deleteLastOwnersManagementKey deletes the last management keys with the role owner, also by themselves and by each
// other at the same time. A person who is an owner can then create a new one.
func (r *race) deleteLastOwnersManagementKey() {
	token := must[string](r.t)(r.l.stack.AccessToken(r.t.Context(), "owner@example.com"))
	as := func(credential string) *client.Client {
		return &client.Client{BaseURL: r.l.url(), Authorization: func(context.Context) (string, error) { return credential, nil }}
	}
	mint := func() api.CreatedManagementKey {
		return must[api.CreatedManagementKey](r.t)(patiently(as(token), api.CreateManagementKey, api.CreateManagementKeyRequest{Name: r.name(), Role: api.Owner}))
	}
	a, b := mint(), mint()
	deletes := func(by, of api.CreatedManagementKey) func() {
		return func() {
			_, err := patiently(as(string(*by.Secret)), api.DeleteManagementKey, api.Target{ID: of.ManagementKey.ID})
			// If two keys delete each other, one may be unknown already. If one is deleted twice, it may be gone already.
			r.fine("delete", err, problem.Unauthenticated, problem.NotFound)
		}
	}
	at(deletes(a, b), deletes(b, a), deletes(a, a), deletes(b, b))
	for _, k := range []api.CreatedManagementKey{a, b} {
		if _, err := patiently(as(string(*k.Secret)), api.GetMe, api.Nothing{}); !problem.Is(err, problem.Unauthenticated) {
			r.t.Errorf("a deleted management key: %v, want unauthenticated", err)
		}
	}
	if _, err := patiently(as(string(*mint().Secret)), api.GetMe, api.Nothing{}); err != nil {
		r.t.Errorf("the owner's next management key: %v", err)
	}
}
