package api_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
)

// unversioned are the operations that change one resource of which there is only one version.
var unversioned = []string{api.DeleteManagementKey.Name}

func TestEveryChangeOfAResourceTakesACondition(t *testing.T) {
	for _, op := range api.Operations() {
		want := op.Method != "GET" && strings.Contains(op.Path, "{id}") && !slices.Contains(unversioned, op.Name)
		_, changes := reflect.New(op.Request).Elem().Interface().(api.Change)
		declared := slices.ContainsFunc(api.Bind(op.Request).Params, func(p api.Param) bool { return p.Place == api.InHeader && p.Name == "If-Match" })
		if changes != want || declared != want {
			t.Errorf("%s: a change %v, declares If-Match %v, want %v", op.Name, changes, declared, want)
		}
	}
}
