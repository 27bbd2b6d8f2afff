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

// everything is how ARX_ID and TENANT say that any will do. It has to be written out.
const everything = "*"

// settings are what an authorizer stands for.
type settings struct {
	arxID    string              // whose keys open what is protected; everything for any
	tenant   string              // likewise
	required map[string][]string // scopes by route; nil where any good key opens every route
}

var routePattern = regexp.MustCompile(`^(\$default|[A-Z]+ /\S*)$`)

// readSettings reads the environment. It refuses what is left out and what can't be meant: an authorizer that was set up
// wrong should not start, rather than let in whom nobody had in mind.
func readSettings(lookup func(string) (string, bool)) (settings, error) {
	var s settings
	s.arxID, _ = lookup("ARX_ID")
	if s.arxID != everything && !api.ValidID(api.ArxPrefix, s.arxID) {
		return s, fmt.Errorf("ARX_ID is %q: name the Arx that is protected, arx_ and 16 characters; * takes the keys of any", s.arxID)
	}
	s.tenant, _ = lookup("TENANT")
	if s.tenant != everything && !auth.ValidTenant(s.tenant) {
		return s, fmt.Errorf("TENANT is %q: name the organisation whose keys are taken, default where there is only one; * takes the keys of any", s.tenant)
	}
	text, set := lookup("REQUIRED_SCOPES")
	if !set {
		return s, nil
	}
	if err := jsonv2.Unmarshal([]byte(text), &s.required); err != nil || s.required == nil {
		return s, errors.New(`REQUIRED_SCOPES is no JSON object of routes and their scopes, such as {"GET /pets/{id}": ["pets:read"]}; take the variable away where any good key may have every route`)
	}
	for _, route := range slices.Sorted(maps.Keys(s.required)) {
		scopes := s.required[route]
		if !routePattern.MatchString(route) {
			return s, fmt.Errorf(`REQUIRED_SCOPES names the route %q: a method in capitals, a space and a path, such as "GET /pets/{id}", or $default`, route)
		}
		if scopes == nil { // null is not "none"
			return s, fmt.Errorf("REQUIRED_SCOPES has null for %s: write [] where any good key may have it", route)
		}
		if err := (api.VerifyKeyRequest{Key: "any", Scopes: scopes}).Validate(); err != nil {
			return s, fmt.Errorf("REQUIRED_SCOPES for %s: %w", route, err)
		}
	}
	return s, nil
}
