package keys

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// step is one of the wizard.
type step int

// The steps, in their order.
const (
	stepApplication step = iota
	stepArx
	stepOptions
	stepSummary
	stepAccessKey
)

var stepNames = []string{"Application", "Arx", "Options", "Summary", "Access key"}

// expiry is a choice of when a key expires: a number of days, never, or on a date.
type expiry string

const (
	never  expiry = ""
	onDate expiry = "date"
)

var expiries = map[expiry]int{"30": 30, "90": 90, "365": 365} // days

// draft is what somebody has entered in the wizard. It outlives a reload of the tab; the access key
// is no part of it.
type draft struct {
	Step        step             `json:"step"`
	Application *api.Application `json:"application,omitempty"`
	Arx         *api.Arx         `json:"arx,omitempty"`
	Name        string           `json:"name,omitempty"`
	Expiry      expiry           `json:"expiry,omitempty"`
	Date        string           `json:"date,omitempty"` // of onDate, as 2027-01-31
	Scopes      []string         `json:"scopes,omitempty"`
	Scope       string           `json:"scope,omitempty"` // being typed
	Metadata    string           `json:"metadata,omitempty"`
}

// encode returns the draft as text.
func (d draft) encode() string {
	text, err := json.Marshal(d)
	if err != nil {
		return "" // a description that is no JSON comes from no API
	}
	return string(text)
}

// decodeDraft reads what encode wrote. A text that it did not write, or one of an older console, is
// an empty draft. The step is one that the rest of the draft allows.
func decodeDraft(text string) draft {
	var d draft
	if json.Unmarshal([]byte(text), &d) != nil {
		return draft{}
	}
	d.Step = max(stepApplication, min(d.Step, stepSummary, d.reach()))
	return d
}

// reach returns the last step that the draft allows before there is a key.
func (d draft) reach() step {
	switch {
	case d.Application == nil:
		return stepApplication
	case d.Arx == nil:
		return stepArx
	}
	return stepSummary
}

// request returns the request that the draft amounts to at the time.
func (d draft) request(now time.Time) api.CreateKeyRequest {
	r := api.CreateKeyRequest{Name: strings.TrimSpace(d.Name), Scopes: d.scopes()}
	if d.Application != nil {
		r.ApplicationID = d.Application.ID
	}
	if d.Arx != nil {
		r.ArxID = d.Arx.ID
	}
	if at, ok := d.expiresAt(now); ok {
		r.ExpiresAt = &at
	}
	if metadata := strings.TrimSpace(d.Metadata); metadata != "" {
		r.Metadata = json.RawMessage(metadata)
	}
	return r
}

// scopes returns the scopes, with the one that is being typed.
func (d draft) scopes() []string {
	if d.Scope == "" {
		return d.Scopes
	}
	return append(d.Scopes[:len(d.Scopes):len(d.Scopes)], d.Scope)
}

// expiresAt returns when the key expires, and false where it never does. A key that expires on a
// date is good through that day, in the time zone of now.
func (d draft) expiresAt(now time.Time) (time.Time, bool) {
	if days, ok := expiries[d.Expiry]; ok {
		return now.AddDate(0, 0, days).UTC().Truncate(time.Second), true
	}
	if d.Expiry != onDate {
		return time.Time{}, false
	}
	day, err := time.ParseInLocation(time.DateOnly, d.Date, now.Location())
	if err != nil {
		return time.Time{}, false
	}
	return day.AddDate(0, 0, 1).Add(-time.Second).UTC(), true
}

// invalid returns what is wrong with the draft's fields: what the server would say, and that a date
// has to be one to come. Nil where all is right.
func (d draft) invalid(now time.Time) error {
	var fields []problem.Field
	if p := problem.Of(d.request(now).Validate()); p != nil {
		fields = p.Fields
	}
	if d.Expiry == onDate {
		if at, ok := d.expiresAt(now); !ok || !at.After(now) {
			fields = append(fields, problem.Field{Field: "expires_at", Code: "invalid", Detail: "choose a day from today on."})
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return problem.Invalid(fields...)
}

// stepOf returns the step that holds the field of a request.
func stepOf(field string) step {
	switch field {
	case "application_id":
		return stepApplication
	case "arx_id":
		return stepArx
	}
	return stepOptions
}

// refuseScope says why the text is no scope, and what it might have been; nothing where it is one.
func refuseScope(text string) string {
	switch lower := strings.ToLower(text); {
	case isScope(text):
		return ""
	case isScope(lower):
		return fmt.Sprintf("Scopes are lower case. Write `%s`.", lower)
	}
	return "Up to 64 characters of `a-z`, `0-9` and `:._*-`, such as `invoices:read`."
}

// isScope asks the request itself: one rule for the field and for the server.
func isScope(text string) bool {
	p := problem.Of(api.CreateKeyRequest{Scopes: []string{text}}.Validate())
	return p == nil || !slices.ContainsFunc(p.Fields, func(f problem.Field) bool { return strings.HasPrefix(f.Field, "scopes") })
}
