package lambdahttp_test

import (
	"testing"

	"github.com/arxkeys/arxkeys/shared/api"
)

// A condition that an operation does not support is rejected. If it were ignored, the request would do what
// its caller wanted to prevent.
func TestUnsupportedConditionIsRefused(t *testing.T) {
	refuse := func(header string, answer func(header string) outcome) {
		t.Helper()
		o := answer(header)
		if o.StatusCode != 422 || len(o.document.Errors) != 1 || o.document.Errors[0].Field != header {
			t.Errorf("%s: %d %s", header, o.StatusCode, o.Body)
		}
	}
	for _, header := range []string{"If-Match", "If-Unmodified-Since"} {
		refuse(header, func(header string) outcome {
			return try(t, api.CreateApplication, nil, request(body(`{"name": "A", "technology": "server"}`), with(header, `"1"`)))
		})
	}
	refuse("If-Unmodified-Since", func(header string) outcome {
		return try(t, shelve, nil, request(with(header, "Fri, 27 Nov 2026 00:00:00 GMT")))
	})
}
