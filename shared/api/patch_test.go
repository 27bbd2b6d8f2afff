package api

import (
	"encoding/json"
	"testing"
)

func TestDifferingIsOmittedForEqualValues(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"a", "a", "{}"}, {"", "", "{}"}, {"a", "b", `{"owner":"b"}`}, {"", "b", `{"owner":"b"}`}, {"a", "", `{"owner":null}`},
	} {
		got, err := json.Marshal(UpdateArxRequest{Owner: DifferingText(c.from, c.to)})
		if err != nil || string(got) != c.want {
			t.Errorf("from %q to %q: %s, %v; want %s", c.from, c.to, got, err, c.want)
		}
	}
	if p := Differing(1, 2); p.Apply(1) != 2 || !Differing(2, 2).IsZero() {
		t.Errorf("%+v", p)
	}
}
