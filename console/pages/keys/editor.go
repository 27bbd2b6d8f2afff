package keys

import (
	"slices"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
)

// editor is the form of a key's settings: the wizard's options, and the page that edits a key.
type editor struct {
	settings *settings
	form     ui.Form      // its Changed is called when a setting changes
	left     bool         // the key exists: its uses are those that are left
	invalid  func() error // returns the errors of all fields

	suggestions suggestions
}

func (e *editor) fault(field string) string { return e.form.Error(field, e.invalid()) }

func (e *editor) setName(text string) { e.settings.Name = text; e.form.Change("name") }
func (e *editor) setDate(text string) { e.settings.Date = text; e.form.Change("expires_at") }
func (e *editor) setExpiry(value string) {
	e.settings.Expiry = expiry(value)
	e.form.Change("expires_at")
}
func (e *editor) setRate(text string)     { e.settings.Rate = text; e.form.Change("rate_limit") }
func (e *editor) setWindow(value string)  { e.settings.Window = value; e.form.Change("rate_limit") }
func (e *editor) setUses(text string)     { e.settings.Uses = text; e.form.Change("remaining_uses") }
func (e *editor) setMetadata(text string) { e.settings.Metadata = text; e.form.Change("metadata") }

func (e *editor) setScopes(scopes []string, typed string) {
	e.settings.Scopes, e.settings.Scope = scopes, typed
	e.form.Change("scopes")
}

// setIPs sets the blocks, in the form that the API uses.
func (e *editor) setIPs(blocks []string, typed string) {
	var ips []string
	for _, b := range blocks {
		if b = block(b); !slices.Contains(ips, b) {
			ips = append(ips, b)
		}
	}
	e.settings.IPs, e.settings.IP = ips, typed
	e.form.Change("allowed_ips")
}

func (e *editor) leave(field string) func() { return func() { e.form.Leave(field) } }

var expiryOptions = []ui.Option{
	{Value: string(never), Label: "Never"}, {Value: "30", Label: "In 30 days"}, {Value: "90", Label: "In 90 days"},
	{Value: "365", Label: "In 1 year"}, {Value: string(onDate), Label: "On a date…"},
}

// keeping returns the options for the expiry of a key that expires then, which can stay as it is.
func keeping(at, now time.Time) []ui.Option {
	return append([]ui.Option{{Value: string(asIs), Label: "As it is: " + ui.Day(at, now)}}, expiryOptions...)
}

var windows = []ui.Option{
	{Value: "1", Label: "second"}, {Value: "60", Label: "minute"}, {Value: "3600", Label: "hour"}, {Value: "86400", Label: "day"},
}

// fields draws the form. Expiries are the options for the expiry; the hint is drawn below them.
func (e *editor) fields(expiries []ui.Option, hint string) app.UI {
	s, now := e.settings, time.Now()
	expires := &ui.Select{ID: "expiry", Label: "Expires", Options: expiries, Hint: hint, Value: string(s.Expiry), OnChoose: e.setExpiry}
	first := []app.UI{
		&ui.TextField{
			ID: "name", Label: "Name", Note: "Optional", Value: s.Name, Error: e.fault("name"), OnInput: e.setName, OnLeave: e.leave("name"),
		},
		expires,
	}
	if s.Expiry == onDate {
		expires.Hint = ""
		first = append(first, app.Div(), &ui.TextField{
			ID: "expiry-date", Label: "Last day", InputType: "date", Min: now.Format(time.DateOnly), Value: s.Date, Error: e.fault("expires_at"),
			Hint: "The key is valid until the end of that day, in your time zone.", OnInput: e.setDate, OnLeave: e.leave("expires_at"),
		})
	} else {
		expires.Error = e.fault("expires_at")
	}
	return app.Div().Class("card-body", "form").Body(
		app.Div().Class("form-group", "form-2").Body(first...),
		app.Div().Class("form-group").Body(&ui.TokenField{
			ID: "scopes", Label: "Scopes", Note: "Optional, up to 50", Tokens: s.Scopes, Typed: s.Scope, Placeholder: "invoices:read",
			Hint: "What the key may be used for. Without any, every check for a scope refuses it. Press Enter after each.", Error: e.fault("scopes"),
			Warning: wideScopes(s.scopes()), Refuse: refuseScope, OnChange: e.setScopes, OnLeave: e.leave("scopes"),
		}, ui.Slot(e.suggested())),
		e.limits(),
		app.Div().Class("form-group").Body(&ui.TextField{
			ID: "metadata", Label: "Metadata", Note: "Optional, JSON up to 2 KB", Lines: 3, Mono: true, Value: s.Metadata, Placeholder: `{"team": "payments"}`,
			Hint: "Returned with every verification, so don’t put secrets in it.", Error: e.fault("metadata"),
			OnInput: e.setMetadata, OnLeave: e.leave("metadata"),
		}),
	)
}

// limits draws the fields that limit the use of the key.
func (e *editor) limits() app.UI {
	s := e.settings
	uses, hint := "Uses", "The key is refused after this many uses."
	if e.left {
		uses, hint = "Remaining uses", "How many more times the key may be used."
	}
	options := windows
	if w := s.window(); !slices.ContainsFunc(windows, func(o ui.Option) bool { return o.Value == w }) { // a value that was set through the API
		options = append(options[:len(options):len(options)], ui.Option{Value: w, Label: w + " seconds"})
	}
	return app.Div().Class("form-group").Body(
		app.Div().Class("form-2").Body(
			app.Div().Class("pair").Body(
				&ui.TextField{
					ID: "rate", Label: "Rate limit", Note: "Optional", Value: s.Rate, Placeholder: "No limit", Numeric: true, Error: e.fault("rate_limit"),
					Hint: "How many verifications may pass.", OnInput: e.setRate, OnLeave: e.leave("rate_limit"),
				},
				&ui.Select{ID: "window", Label: "Per", Options: options, Value: s.window(), OnChoose: e.setWindow},
			),
			&ui.TextField{
				ID: "uses", Label: uses, Note: "Optional", Value: s.Uses, Placeholder: "No limit", Numeric: true, Error: e.fault("remaining_uses"),
				Hint: hint, OnInput: e.setUses, OnLeave: e.leave("remaining_uses"),
			},
		),
		&ui.TokenField{
			ID: "ips", Label: "Allowed IPs", Note: "Optional, up to 50 blocks", Tokens: s.IPs, Typed: s.IP, Placeholder: "203.0.113.0/24",
			Hint: "Where requests may come from: an address or a CIDR block. Without any, from anywhere. Press Enter after each.", Error: e.fault("allowed_ips"),
			Refuse: func(text string) string { return refuseBlock(block(text)) }, OnChange: e.setIPs, OnLeave: e.leave("allowed_ips"),
		},
	)
}
