package main

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/applicationstore"
	"github.com/arxkeys/arxkeys/shared/store/arxstore"
	"github.com/arxkeys/arxkeys/shared/store/keystore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

var developer = auth.Principal{Kind: api.Person, ID: "p-1", Name: "developer@example.com", Tenant: "acme", Role: api.Developer}

// shelf contains an application, an Arx, and the key that was created last.
type shelf struct {
	appFault, arxFault, fault error

	key    keys.Key
	digest accesskey.Digest
	event  audit.Event
}

func (s *shelf) Create(_ context.Context, k keys.Key, d accesskey.Digest, e audit.Event, _ requeststore.Request) error {
	s.key, s.digest, s.event = k, d, e
	return s.fault
}

func (s *shelf) Find(context.Context, string, string) (keys.Key, keys.Details, error) {
	return s.key, keys.Details{}, s.fault
}

type apps struct{ *shelf }

func (s apps) Get(_ context.Context, tenant, id string) (applications.Application, error) {
	return applications.Application{ID: id, Tenant: tenant, Name: "Billing", Status: api.ApplicationActive}, s.appFault
}

type clusters struct{ *shelf }

func (s clusters) Get(_ context.Context, tenant, id string) (arxes.Arx, error) {
	return arxes.Arx{ID: id, Tenant: tenant, Name: "EU", Status: api.ArxActive, Cycle: api.Monthly}, s.arxFault
}

func newHandler(s *shelf) handler {
	return handler{keys: s, applications: apps{s}, arxes: clusters{s}, now: time.Now, random: rand.Reader}
}

var request = api.CreateKeyRequest{ApplicationID: "app_0123456789abcdef", ArxID: "arx_0123456789abcdef"}

func TestMissingParentIsAnInvalidField(t *testing.T) {
	none := problem.New(problem.NotFound, "none")
	for field, s := range map[string]*shelf{"application_id": {appFault: none}, "arx_id": {arxFault: none}} {
		_, err := newHandler(s).create(t.Context(), developer, request)
		if p := problem.Of(err); p.Code != problem.InvalidField || p.Fields[0].Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestFailedCreateReturnsNoAccessKey(t *testing.T) {
	busy := problem.Busy(errors.New("timeout"))
	for name, s := range map[string]*shelf{"store": {fault: busy}, "application": {appFault: busy}, "Arx": {arxFault: busy}} {
		got, err := newHandler(s).create(t.Context(), developer, request)
		if !problem.Is(err, problem.Unavailable) || got.AccessKey != nil {
			t.Errorf("%s down: %v, and an access key: %v", name, err, got.AccessKey != nil)
		}
	}
}

func TestAccessKeyIsReturnedAndItsDigestStored(t *testing.T) {
	s := &shelf{}
	got, err := newHandler(s).create(t.Context(), developer, request)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := accesskey.Parse(string(*got.AccessKey))
	if err != nil || "key_"+secret.ID() != got.Key.ID || secret.Digest() != s.digest {
		t.Errorf("the access key of %s does not match: %v", got.Key.ID, err)
	}
	if !strings.HasSuffix(got.Key.Hint, secret.LastFour()) || got.Location() != "/v1/keys/"+got.Key.ID {
		t.Errorf("hint %s, location %s", got.Key.Hint, got.Location())
	}
	if s.event.Action != "keys.create" || s.event.Resource.ID != got.Key.ID || s.event.Principal.ID != "p-1" || !s.event.Intact() {
		t.Errorf("event %+v", s.event)
	}
}

func TestRepeatedCreateCreatesOneKeyAndReturnsNoAccessKey(t *testing.T) {
	db := storetest.Open(t).Table()
	app, arx := storetest.Application(t, db, "acme", "Billing"), storetest.Arx(t, db, "acme", "EU")
	h := handler{
		keys: keystore.New(db), applications: applicationstore.New(db), arxes: arxstore.New(db), requests: requeststore.Open(db),
		now: time.Now, random: rand.Reader,
	}
	req := api.CreateKeyRequest{ApplicationID: app.ID, ArxID: arx.ID, Idempotent: api.Idempotent{IdempotencyKey: "once"}}
	first, err := h.create(t.Context(), developer, req)
	if err != nil || first.AccessKey == nil || first.IsReplay() {
		t.Fatal(err)
	}
	again, err := h.create(t.Context(), developer, req)
	if err != nil || again.AccessKey != nil || again.Notice != api.ShownOnce || !again.IsReplay() || again.Key.ID != first.Key.ID || again.Location() != first.Location() {
		t.Errorf("%+v, %v", again, err)
	}
	req.Name = "another"
	if _, err := h.create(t.Context(), developer, req); !problem.Is(err, problem.InvalidField) {
		t.Errorf("with another body: %v, want invalid_field", err)
	}
	stranger := developer
	stranger.ID = "p-2"
	if other, err := h.create(t.Context(), stranger, req); err != nil || other.Key.ID == first.Key.ID {
		t.Errorf("the same idempotency key of another caller: %v", err)
	}
}
