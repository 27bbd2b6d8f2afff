package listing

import (
	"net/url"
	"strings"
	"testing"

	"github.com/arxkeys/arxkeys/console/ui"
)

var keyList = addressing{
	gone:  "deleted",
	sorts: []ui.Option{{Value: "-created_at"}, {Value: "name"}},
	filters: []Filter{
		{Param: "status", Options: []ui.Option{{Value: "expired", Label: "Expired"}}},
		{Param: "arx", Valid: func(id string) bool { return strings.HasPrefix(id, "arx_") }},
	},
}

func TestViewOutlivesTheAddress(t *testing.T) {
	for _, want := range []View{
		{}, {Gone: true}, {Sort: "name"}, {Page: 3, Cursor: "a+b/c="},
		{Search: "a&b=c", Gone: true, Chosen: map[string]string{"status": "expired", "arx": "arx_1"}, Sort: "name", Page: 1, Cursor: "next"},
	} {
		if got, _ := keyList.read(&url.URL{RawQuery: keyList.query(want)}); !got.equal(want) {
			t.Errorf("read %+v, want %+v", got, want)
		}
	}
}

func TestSpacesAroundPastedValuesOfAnAddressDoNotCount(t *testing.T) {
	want := View{Search: "key_1", Chosen: map[string]string{"arx": "arx_1"}}
	if got, _ := keyList.read(&url.URL{RawQuery: "q=+key_1%09&arx=%20arx_1%C2%A0"}); !got.equal(want) {
		t.Errorf("read %+v, want %+v", got, want)
	}
}

func TestAddressAsksForNothingThatIsNotOffered(t *testing.T) {
	for _, query := range []string{
		"status=melted", "sort=secret", "sort=-created_at", "arx=app_1", "page=2", "page=-1&cursor=x", "page=x&cursor=x", "application=app_1", "archived=1",
	} {
		if got, _ := keyList.read(&url.URL{RawQuery: query}); !got.equal(View{}) {
			t.Errorf("%s shows %+v", query, got)
		}
	}
}

func TestChoosingLeavesTheViewBeforeAsItWas(t *testing.T) {
	before := View{}.choose("status", "expired")
	after := before.choose("status", "")
	if before.Chosen["status"] != "expired" || after.Narrows() || !before.Narrows() {
		t.Errorf("before %+v, after %+v", before, after)
	}
}
