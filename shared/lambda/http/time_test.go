package lambdahttp_test

import (
	"encoding/json"
	"reflect"
	"regexp"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
)

// moment matches a time of RFC 3339 in capitals, in a day of 24 hours of 3600 seconds.
var moment = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// isMoment reports whether the text is a time, without Go's parser.
func isMoment(text string) bool {
	if !moment.MatchString(text) {
		return false
	}
	number := func(digits string) (n int) {
		for _, d := range digits {
			n = 10*n + int(d-'0')
		}
		return n
	}
	year, month, day := number(text[:4]), number(text[5:7]), number(text[8:10])
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC) // 30 February is in March
	return at.Year() == year && int(at.Month()) == month && at.Day() == day
}

// FuzzTime checks that a body, a patch and a query accept the same times and decode them alike, and that an
// encoded time decodes to itself.
func FuzzTime(f *testing.F) {
	for _, value := range values {
		var text string
		if json.Unmarshal([]byte(value), &text) == nil {
			f.Add(text)
		}
	}
	for _, text := range []string{
		"2026-02-03T04:05:06.123456789+05:30", "2026-02-03T04:05:06.1234567890123Z", "2026-12-31T23:59:60Z", "2024-02-29T00:00:00Z", "2026-02-29T00:00:00Z",
		"0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999-23:59", "2026-02-03T04:05:06.Z", "2026-02-03T04:05:06-00:00", "2026-02-03T24:00:00Z",
	} {
		f.Add(text)
	}
	from := param(f, reflect.TypeFor[api.ListEventsRequest](), "from")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // JSON has no such string, and a query is refused before
		}
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		var body struct {
			At time.Time `json:"at"`
		}
		var patch api.UpdateKeyRequest
		var query api.ListEventsRequest
		inBody := lambdahttp.Decode([]byte(`{"at":`+string(quoted)+`}`), &body) == nil
		inPatch := lambdahttp.Decode([]byte(`{"expires_at":`+string(quoted)+`}`), &patch) == nil
		_, inQuery := from.Set(&query, text)
		want := isMoment(text)
		if inBody != want || inPatch != want || inQuery != (want && !body.At.IsZero()) { // the zero time means omitted
			t.Fatalf("%q is a time: %v; in a body %v, in a patch %v, in a query %v", text, want, inBody, inPatch, inQuery)
		}
		if !want {
			return
		}
		patched, _ := patch.ExpiresAt.Get()
		if !patched.Equal(body.At) || inQuery && !query.From.Equal(body.At) {
			t.Errorf("%q is %s in a body, %s in a patch, %s in a query", text, body.At, patched, query.From)
		}
		if year := body.At.UTC().Year(); year < 0 || year > 9999 {
			return // in UTC: the offset leads out of the years that have four digits, and requests refuse those
		}
		var again time.Time
		if written := api.FormatTime(body.At); lambdahttp.Decode([]byte(`"`+written+`"`), &again) != nil || !again.Equal(body.At.UTC().Truncate(time.Millisecond)) {
			t.Errorf("%q is encoded as %s, which decodes to %s", text, written, again)
		}
	})
}

// param returns the named parameter of the request's type.
func param(t testing.TB, request reflect.Type, name string) api.Param {
	t.Helper()
	for _, p := range api.Bind(request).Params {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("%s has no parameter %s", request, name)
	return api.Param{}
}
