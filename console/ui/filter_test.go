package ui

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFilterOutlivesTheAddress(t *testing.T) {
	statuses := []Option{{Value: ""}, {Value: "expired"}}
	for _, want := range []Filter{{}, {Search: "a&b=c", Status: "expired", All: true}, {All: true}} {
		address := &url.URL{RawQuery: want.query("deleted").Encode()}
		if diff := cmp.Diff(want, ReadFilter(address, "deleted", statuses)); diff != "" {
			t.Error(diff)
		}
	}
	if got := ReadFilter(&url.URL{RawQuery: "status=melted"}, "deleted", statuses); got != (Filter{}) {
		t.Errorf("a status that does not exist filters: %+v", got)
	}
}
