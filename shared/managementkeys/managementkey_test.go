package managementkeys_test

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/problem"
)

var (
	noon    = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	person  = auth.Principal{Kind: api.Person, ID: "p", Tenant: "acme", Role: api.Owner}
	machine = auth.Principal{Kind: api.ManagementKey, ID: "mgk_1", Tenant: "acme", Role: api.Owner, ExpiresAt: noon.Add(1000 * time.Hour)}
)

func TestOnlyAPersonCreatesAnOwnersKey(t *testing.T) {
	if _, secret, err := managementkeys.New(machine, api.CreateManagementKeyRequest{Name: "x", Role: api.Owner}, 0, noon, rand.Reader); !problem.Is(err, problem.Forbidden) || secret.Reveal() != "" {
		t.Errorf("a management key makes an owner's: %v, want forbidden", err)
	}
	if m, _, err := managementkeys.New(person, api.CreateManagementKeyRequest{Name: "x", Role: api.Owner}, 0, noon, rand.Reader); err != nil || m.Role != api.Owner {
		t.Errorf("a person makes an owner's: %v", err)
	}
	if m, _, err := managementkeys.New(machine, api.CreateManagementKeyRequest{Name: "x", Role: api.Admin}, 0, noon, rand.Reader); err != nil || m.Role != api.Admin {
		t.Errorf("a management key makes an admin's: %v", err)
	}
}

func TestManagementKeyExpires(t *testing.T) {
	past, later := noon, noon.Add(time.Hour)
	if _, _, err := managementkeys.New(person, api.CreateManagementKeyRequest{Name: "x", Role: api.Admin, ExpiresAt: &past}, 0, noon, rand.Reader); !problem.Is(err, problem.InvalidField) {
		t.Errorf("expired as it is made: %v, want invalid_field", err)
	}
	if m, _, err := managementkeys.New(person, api.CreateManagementKeyRequest{Name: "x", Role: api.Admin, ExpiresAt: &later}, 0, noon, rand.Reader); err != nil || !m.ExpiresAt.Equal(later) {
		t.Errorf("expires %s, %v", m.ExpiresAt, err)
	}
	m, secret, err := managementkeys.New(person, api.CreateManagementKeyRequest{Name: "x", Role: api.Admin}, 0, noon, rand.Reader)
	if err != nil || !m.ExpiresAt.Equal(noon.Add(managementkeys.DefaultLife)) || !secret.IsManagement() || "mgk_"+secret.ID() != m.ID {
		t.Errorf("by default: %+v, %v", m, err)
	}
}

// mint returns the lifetime of a new management key whose request asks for life; 0 means the default.
func mint(t *testing.T, by auth.Principal, maxLife, life time.Duration) (time.Duration, error) {
	t.Helper()
	req := api.CreateManagementKeyRequest{Name: "x", Role: api.Verifier}
	if life != 0 {
		at := noon.Add(life)
		req.ExpiresAt = &at
	}
	m, secret, err := managementkeys.New(by, req, maxLife, noon, rand.Reader)
	if err != nil && secret.Reveal() != "" {
		t.Errorf("refused, but with a secret: %v", err)
	}
	return m.ExpiresAt.Sub(noon), err
}

func TestManagementKeyOutlivesNeitherItsCreatorNorTheLimit(t *testing.T) {
	const day = 24 * time.Hour
	minter := func(life time.Duration) auth.Principal {
		by := machine
		by.ExpiresAt = noon.Add(life)
		return by
	}
	unknown := machine
	unknown.ExpiresAt = time.Time{}
	for _, c := range []struct {
		name          string
		by            auth.Principal
		maxLife, asks time.Duration
		lives         time.Duration // 0 where it is refused
		refused       problem.Code
	}{
		{"a person, by default", person, 0, 0, 90 * day, ""},
		{"a person, a year", person, 0, 365 * day, 365 * day, ""},
		{"a person whose clock is ahead", person, 0, 365*day + 5*time.Minute, 365 * day, ""},
		{"a person, more than a year", person, 0, 366 * day, 0, problem.InvalidField},
		{"a person, a century", person, 0, 100 * 365 * day, 0, problem.InvalidField},
		{"a person, two years where the deployment allows them", person, 730 * day, 730 * day, 730 * day, ""},
		{"a person, by default where the deployment allows a month", person, 30 * day, 0, 30 * day, ""},
		{"a person, 90 days where the deployment allows a month", person, 30 * day, 90 * day, 0, problem.InvalidField},
		{"a key of an hour, by default", minter(time.Hour), 0, 0, time.Hour, ""},
		{"a key of an hour, half an hour", minter(time.Hour), 0, time.Hour / 2, time.Hour / 2, ""},
		{"a key of an hour, two hours", minter(time.Hour), 0, 2 * time.Hour, 0, problem.InvalidField},
		{"a key of a hundred days, by default", minter(100 * day), 0, 0, 90 * day, ""},
		{"a key of ten years, two years", minter(3650 * day), 0, 730 * day, 0, problem.InvalidField},
		{"a key of ten years, a year", minter(3650 * day), 0, 365 * day, 365 * day, ""},
		{"a key that has expired", minter(0), 0, 0, 0, problem.Forbidden},
		{"a key whose expiry is not known", unknown, 0, time.Hour, 0, problem.Forbidden},
	} {
		lives, err := mint(t, c.by, c.maxLife, c.asks)
		switch {
		case c.refused != "" && !problem.Is(err, c.refused):
			t.Errorf("%s: lives for %s, %v, want %s", c.name, lives, err, c.refused)
		case c.refused == "" && (err != nil || lives != c.lives):
			t.Errorf("%s: lives for %s, %v, want %s", c.name, lives, err, c.lives)
		}
	}
}
