package main

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
)

var verifier = auth.Principal{Kind: api.ManagementKey, ID: "mgk_1", Tenant: "acme", Role: api.Verifier}

// shelf holds one key and its parents, and counts how often it is asked.
type shelf struct {
	credential keys.Credential
	fault      error // of the credential
	gateFault  error
	reads      int
}

func (s *shelf) Credential(_ context.Context, id string) (keys.Credential, error) {
	s.reads++
	if s.fault != nil || id != s.credential.ID {
		return keys.Credential{}, s.fault
	}
	return s.credential, nil
}

func (s *shelf) Find(_ context.Context, app, arx string) (keys.ApplicationGate, keys.ArxGate, error) {
	s.reads++
	if s.gateFault != nil {
		return keys.ApplicationGate{}, keys.ArxGate{}, s.gateFault
	}
	return keys.ApplicationGate{ID: app, Status: api.ApplicationActive, Technology: api.Server}, keys.ArxGate{ID: arx, Status: api.ArxActive}, nil
}

func newShelf(t *testing.T) (*shelf, handler, accesskey.Secret) {
	t.Helper()
	secret, err := accesskey.New(accesskey.Development, "0123456789abcdef", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sum := secret.Digest()
	s := &shelf{credential: keys.Credential{
		ID: "key_0123456789abcdef", Tenant: "acme", ApplicationID: "app_1", ArxID: "arx_1", Digest: sum[:], State: api.KeyActive,
	}}
	return s, handler{keys: s, gates: s, now: time.Now}, secret
}

func TestWhatCannotBeFoundOutIsUnavailableAndNeverValid(t *testing.T) {
	s, h, secret := newShelf(t)
	for _, fault := range []error{problem.Busy(errors.New("timeout")), errors.New("validation"), context.DeadlineExceeded, problem.New(problem.NotFound, "x")} {
		for _, set := range []func(){func() { s.fault, s.gateFault = fault, nil }, func() { s.fault, s.gateFault = nil, fault }} {
			set()
			got, err := h.verify(t.Context(), verifier, api.VerifyKeyRequest{Key: api.ClearText(secret.Reveal())})
			if !problem.Is(err, problem.Unavailable) || got.Valid || got.Code != "" {
				t.Errorf("%v: %+v and %v, want unavailable", fault, got, err)
			}
		}
	}
}

func TestMalformedKeyIsRefusedWithoutARead(t *testing.T) {
	s, h, secret := newShelf(t)
	management, err := accesskey.NewManagement("0123456789abcdef", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	mistyped := secret.Reveal()[:30] + "0" + secret.Reveal()[31:]
	if mistyped == secret.Reveal() {
		mistyped = secret.Reveal()[:30] + "1" + secret.Reveal()[31:]
	}
	for _, text := range []string{"x", mistyped, management.Reveal(), secret.Reveal() + " ", strings.ToUpper(secret.Reveal())} {
		got, err := h.verify(t.Context(), verifier, api.VerifyKeyRequest{Key: api.ClearText(text)})
		if diff := cmp.Diff(keys.Refused(api.CodeMalformed), got); diff != "" || err != nil {
			t.Errorf("(-want +got) %v\n%s", err, diff)
		}
	}
	if s.reads != 0 {
		t.Errorf("%d reads", s.reads)
	}
}

func TestUnknownKeyIsToldNothing(t *testing.T) {
	s, h, secret := newShelf(t)
	forged, err := accesskey.New(accesskey.Development, "0123456789abcdef", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	stranger := verifier
	stranger.Tenant = "other"
	check := func(by auth.Principal, key string) {
		t.Helper()
		got, err := h.verify(t.Context(), by, api.VerifyKeyRequest{Key: api.ClearText(key)})
		if diff := cmp.Diff(keys.Refused(api.CodeNotFound), got); diff != "" || err != nil {
			t.Errorf("(-want +got) %v\n%s", err, diff)
		}
	}
	check(verifier, forged.Reveal())
	check(stranger, secret.Reveal())
	if s.reads != 2 {
		t.Errorf("%d reads, want one each: an unknown key's gates are nobody's business", s.reads)
	}
}

func TestKnownKeyIsDecided(t *testing.T) {
	_, h, secret := newShelf(t)
	request := api.VerifyKeyRequest{Key: api.ClearText(secret.Reveal())}
	if got, err := h.verify(t.Context(), verifier, request); err != nil || !got.Valid || got.Key.ID != "key_0123456789abcdef" {
		t.Errorf("%+v, %v", got, err)
	}
	request.ArxID = "arx_2"
	if got, err := h.verify(t.Context(), verifier, request); err != nil || got.Valid || got.Code != api.CodeWrongArx {
		t.Errorf("%+v, %v", got, err)
	}
}
