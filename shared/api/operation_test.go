package api_test

import (
	"net/http"
	"reflect"
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
)

// The Location of a created resource is the path of a GET.
func TestLocationIsThePathOfAGet(t *testing.T) {
	reads := map[string]bool{}
	for _, op := range api.Operations() {
		if op.Method == http.MethodGet {
			reads[op.Path] = true
		}
	}
	for _, op := range api.Operations() {
		if located := op.Answer.Implements(reflect.TypeFor[api.Located]()); op.Status == http.StatusCreated && located != reads[op.Path+"/{id}"] {
			t.Errorf("%s: has a Location: %v, can be read there: %v", op.Name, located, !located)
		}
	}
}
