package api_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
)

func TestEveryChangeOfAResourceTakesACondition(t *testing.T) {
	for _, op := range api.Operations() {
		want := op.Method != "GET" && strings.Contains(op.Path, "{id}")
		_, changes := reflect.New(op.Request).Elem().Interface().(api.Change)
		declared := slices.ContainsFunc(api.Bind(op.Request).Params, func(p api.Param) bool { return p.Place == api.InHeader && p.Name == "If-Match" })
		if changes != want || declared != want {
			t.Errorf("%s: a change %v, declares If-Match %v, want %v", op.Name, changes, declared, want)
		}
	}
}

// TestEveryAnswerThatShowsAResourceHasItsVersion checks the operations on one resource, and those that
// create one.
func TestEveryAnswerThatShowsAResourceHasItsVersion(t *testing.T) {
	for _, op := range api.Operations() {
		creates := strings.HasSuffix(op.Name, ".create")
		shows := creates || strings.Contains(op.Path, "{id}") && op.Name != api.GetKeyUsage.Name
		answer := reflect.New(op.Answer).Elem().Interface()
		if _, tagged := answer.(api.Tagged); shows && !tagged {
			t.Errorf("%s: the response has no ETag", op.Name)
		}
		if _, located := answer.(api.Located); creates && !located {
			t.Errorf("%s: the response has no Location", op.Name)
		}
	}
}
