package main

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"

	jsonv2 "github.com/go-json-experiment/json"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
)

// everything is the value of ARX_ID and TENANT for any Arx or tenant. It must be explicit; an unset
// variable is an error.
const everything = "*"

// settings configure an authorizer.
type settings struct {
	arxID    string              // whose keys are accepted; everything for any Arx
	tenant   string              // whose keys are accepted; everything for any tenant
	required map[string][]string // scopes by route; nil if any valid key may call every route
}

var routePattern = regexp.MustCompile(`^(\$default|[A-Z]+ /\S*)$`)

// readSettings reads the environment. It rejects missing and invalid values: a misconfigured authorizer
// should not start rather than accept keys that nobody intended.
func readSettings(lookup func(string) (string, bool)) (settings, error) {
	var s settings
	s.arxID, _ = lookup("ARX_ID")
	if s.arxID != everything && !api.ValidID(api.ArxPrefix, s.arxID) {
		return s, fmt.Errorf("ARX_ID is %q: set the id of the protected Arx, arx_ and 16 characters, or * for any Arx", s.arxID)
	}
	s.tenant, _ = lookup("TENANT")
	if s.tenant != everything && !auth.ValidTenant(s.tenant) {
		return s, fmt.Errorf("TENANT is %q: set the tenant whose keys are accepted (default in a deployment with one tenant), or * for any tenant", s.tenant)
	}
	text, set := lookup("REQUIRED_SCOPES")
	if !set {
		return s, nil
	}
	if err := jsonv2.Unmarshal([]byte(text), &s.required); err != nil || s.required == nil {
		return s, errors.New(`REQUIRED_SCOPES is not a JSON object of routes and their scopes, such as {"GET /pets/{id}": ["pets:read"]}; unset it if any valid key may call every route`)
	}
	for _, route := range slices.Sorted(maps.Keys(s.required)) {
		scopes := s.required[route]
		if !routePattern.MatchString(route) {
			return s, fmt.Errorf(`REQUIRED_SCOPES has the invalid route %q: write a method in capitals, a space and a path, such as "GET /pets/{id}", or $default`, route)
		}
		if scopes == nil { // null is not an empty list
			return s, fmt.Errorf("REQUIRED_SCOPES has null for %s: write [] if any valid key may call it", route)
		}
		if err := (api.VerifyKeyRequest{Key: "any", Scopes: scopes}).Validate(); err != nil {
			return s, fmt.Errorf("REQUIRED_SCOPES for %s: %w", route, err)
		}
	}
	return s, nil
}
