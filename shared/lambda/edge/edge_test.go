package edge

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

const (
	current  = "current-secret-0123456789abcdef0123"
	previous = "previous-secret-0123456789abcdef012"
	source   = "198.51.100.1"
	viewer   = "203.0.113.7"
)

func mustNew(t *testing.T, secrets string, refuse bool) Edge {
	t.Helper()
	e, err := New(secrets, refuse)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// sent returns the headers of a request as a lookup.
func sent(pairs ...string) func(string) []string {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h.Values
}

// Requests whose address must not be believed.
var strangers = map[string]func(string) []string{
	"no headers":                 sent(),
	"an address only":            sent(AddressHeader, viewer),
	"an empty secret":            sent(AddressHeader, viewer, SecretHeader, ""),
	"a comma for a secret":       sent(AddressHeader, viewer, SecretHeader, ","),
	"a wrong secret":             sent(AddressHeader, viewer, SecretHeader, strings.ToUpper(current)),
	"the beginning of a secret":  sent(AddressHeader, viewer, SecretHeader, current[:len(current)-1]),
	"a longer secret":            sent(AddressHeader, viewer, SecretHeader, current+"x"),
	"both secrets in one header": sent(AddressHeader, viewer, SecretHeader, current+","+previous),
	"a repeated secret":          sent(AddressHeader, viewer, SecretHeader, current, SecretHeader, current),
	"a guess beside the secret":  sent(AddressHeader, viewer, SecretHeader, "guess", SecretHeader, current),
	"forwarding headers":         sent("X-Forwarded-For", viewer, "CloudFront-Viewer-Address", viewer+":4711", "Forwarded", "for="+viewer),
}

func TestStrangersCannotChooseTheirAddress(t *testing.T) {
	for name, header := range strangers {
		for _, secrets := range []string{"", ",", current, current + "," + previous} {
			e := mustNew(t, secrets, false)
			if got, err := e.Client(header, source); got != source || err != nil {
				t.Errorf("%s, with the secrets %q: %q, %v", name, secrets, got, err)
			}
		}
	}
	var none Edge
	if got, err := none.Client(sent(AddressHeader, viewer, SecretHeader, current), source); got != source || err != nil {
		t.Errorf("without a secret: %q, %v", got, err)
	}
}

func TestDirectRequestsAreRefusedOnDemand(t *testing.T) {
	e := mustNew(t, current+","+previous, true)
	for name, header := range strangers {
		if got, err := e.Client(header, source); got != "" || !errors.Is(err, ErrDirect) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, secret := range []string{current, previous} {
		if got, err := e.Client(sent(AddressHeader, viewer, SecretHeader, secret), source); got != viewer || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
}

func TestUndecidableAddressesAreRefused(t *testing.T) {
	e := mustNew(t, current, false)
	for _, addresses := range [][]string{
		{}, {""}, {" "}, {"unknown"}, {viewer, viewer}, {viewer, "203.0.113.8"}, {viewer + ",203.0.113.8"}, {viewer + ", " + viewer},
		{viewer + ":443"}, {"[2001:db8::1]"}, {"[2001:db8::1]:443"}, {"203.0.113.07"}, {"203.0.113"}, {"fe80::1%eth0"}, {viewer + "/32"}, {viewer + "\n"},
	} {
		pairs := []string{SecretHeader, current}
		for _, a := range addresses {
			pairs = append(pairs, AddressHeader, a)
		}
		got, err := e.Client(sent(pairs...), source)
		if got != "" || err == nil || errors.Is(err, ErrDirect) {
			t.Errorf("%q: %q, %v", addresses, got, err)
		}
		if err != nil && (strings.Contains(err.Error(), viewer) || strings.Contains(err.Error(), current)) {
			t.Errorf("the error repeats what was sent: %v", err)
		}
	}
}

func TestTheDistributionIsBelieved(t *testing.T) {
	for _, secrets := range []string{current, current + ",", "," + current, current + "," + previous, previous + "," + current} {
		for text, want := range map[string]string{viewer: viewer, "2001:DB8::0:1": "2001:db8::1", "::ffff:203.0.113.7": viewer} {
			if got, err := mustNew(t, secrets, false).Client(sent(AddressHeader, text, SecretHeader, current), source); got != want || err != nil {
				t.Errorf("%q with the secrets %q: %q, %v", text, secrets, got, err)
			}
		}
	}
}

func TestUnknownSourceIsEmpty(t *testing.T) {
	for _, text := range []string{"", "test-invoke-source-ip", viewer + ", " + viewer} {
		if got, err := (Edge{}).Client(sent(), text); got != "" || err != nil {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
}

func TestInvalidSettingsAreRefusedWithoutRepeatingThem(t *testing.T) {
	const short = "short-secret"
	for _, env := range []map[string]string{
		{"EDGE_SECRETS": short},
		{"EDGE_SECRETS": current + "," + short},
		{"EDGE_SECRETS": " "},
		{"EDGE_SECRETS": current, "REFUSE_DIRECT_CALLS": "yes"},
		{"REFUSE_DIRECT_CALLS": "true"},
		{"EDGE_SECRETS": ",", "REFUSE_DIRECT_CALLS": "true"},
	} {
		_, err := fromEnv(func(name string) string { return env[name] })
		if err == nil || strings.Contains(err.Error(), short) || strings.Contains(err.Error(), current) {
			t.Errorf("%v: %v", env, err)
		}
	}
	for _, env := range []map[string]string{{}, {"EDGE_SECRETS": ",", "REFUSE_DIRECT_CALLS": "false"}, {"EDGE_SECRETS": current + ",", "REFUSE_DIRECT_CALLS": "true"}} {
		if _, err := fromEnv(func(name string) string { return env[name] }); err != nil {
			t.Errorf("%v: %v", env, err)
		}
	}
}

func TestAgeOfTheSecretIsInWholeDays(t *testing.T) {
	now := time.Date(2027, 3, 2, 23, 59, 0, 0, time.UTC)
	for since, want := range map[string]int{"2027-03-02": 0, "2027-03-01": 1, "2026-03-02": 365, "2026-03-01": 366} {
		t.Setenv("EDGE_SECRET_SINCE", since)
		if days, ok := SecretDays(now); !ok || days != want {
			t.Errorf("%s: %d, %v; want %d", since, days, ok, want)
		}
	}
	t.Setenv("EDGE_SECRET_SINCE", "")
	if days, ok := SecretDays(now); ok {
		t.Errorf("without a date: %d", days)
	}
}
