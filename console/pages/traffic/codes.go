package traffic

import (
	"cmp"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// reason explains a refusal code.
type reason struct {
	text   string // what it means
	status string // filter of the list that contains the keys it concerns, or empty
	advice string // what to do about it, for the page of a key
	edits  bool   // the advice is to edit the key
	parent string // the advice is to look at this: application or arx
}

var reasons = map[api.Code]reason{
	api.CodeMalformed:           {text: "Not an access key, or mistyped"},
	api.CodeNotFound:            {text: "Unknown, deleted or mistyped", advice: "An access key that was rotated out, or a deleted key, is still in use. Find out who sends it."},
	api.CodeDisabled:            {text: "The key is disabled", status: "disabled", advice: "Enable the key, or remove it from whatever still sends it."},
	api.CodeExpired:             {text: "The key has expired", status: "expired", advice: "Choose a later expiry to bring it back.", edits: true},
	api.CodeWrongArx:            {text: "Sent to another Arx", advice: "The key was presented to an Arx that it is not for. Create a key for that Arx, or correct the caller’s configuration."},
	api.CodeApplicationInactive: {text: "Its application is not active", status: "stopped", advice: "Enable the application.", parent: "application"},
	api.CodeArxInactive:         {text: "Its Arx is not active", status: "stopped", advice: "Enable the Arx.", parent: "arx"},
	api.CodeIPNotAllowed:        {text: "The address is not allowed", advice: "Add the caller’s address to the allowed IPs. A verifier that sends no `ip` is refused, too.", edits: true},
	api.CodeOriginNotAllowed:    {text: "The origin is not allowed", advice: "Add the origin to the application. A verifier that sends no `origin` is refused, too.", parent: "application"},
	api.CodeInsufficientScope:   {text: "A scope is missing", advice: "Add the scope that the called route requires.", edits: true},
	api.CodeRateLimited:         {text: "Over the key’s rate limit", advice: "Have the caller slow down, or raise the rate limit.", edits: true},
	api.CodeUsageExhausted:      {text: "The key has no uses left", advice: "Raise the remaining uses.", edits: true},
}

// refusals returns the refusal codes that occurred, the most frequent first, and their number.
func refusals(c api.UseCounts) (codes []api.Code, total int) {
	for code, n := range c.Codes {
		if code != api.CodeValid && n > 0 {
			codes = append(codes, code)
			total += n
		}
	}
	ui.Sort(codes, func(a, b api.Code) int { return cmp.Or(c.Codes[b]-c.Codes[a], cmp.Compare(a, b)) })
	return codes, total
}

// Refusals draws how often keys were refused, by code. A code leads to the list of the keys that it
// concerns; list is the address of that list, to which the status is added.
func (t *Traffic) Refusals(list string) app.UI {
	return t.codes("Refusals by code", func(code api.Code, r reason) (name app.UI, below []app.UI) {
		if r.status == "" {
			return app.Code().Text(string(code)), nil
		}
		return app.A().Href(list + "status=" + r.status).Text(string(code)), nil
	})
}

// Why draws why the key was refused, by code, and what to do about each.
func (t *Traffic) Why(k api.KeySummary) app.UI {
	return t.codes("Why was it refused?", func(code api.Code, r reason) (name app.UI, below []app.UI) {
		below = ui.Prose(r.advice)
		href, text := "", ""
		switch {
		case r.edits && k.Status != api.KeyDeleted:
			href, text = "/keys/"+k.ID+"/edit", "Edit the key"
		case r.parent == "application":
			href, text = "/applications/"+k.Application.ID, "Open "+k.Application.Name
		case r.parent == "arx":
			href, text = "/arxes/"+k.Arx.ID, "Open "+k.Arx.Name
		}
		if href != "" {
			below = append(below, app.Text(" "), app.A().Href(href).Text(text))
		}
		return app.Code().Text(string(code)), below
	})
}

// codes draws a card with a line for each refusal code. It is empty until the figures are loaded.
func (t *Traffic) codes(title string, line func(api.Code, reason) (name app.UI, below []app.UI)) app.UI {
	u := &t.Reading.Value
	if t.Waits() {
		return ui.Card("refusals", title, nil, app.Div().Class("pause"))
	}
	if u.Totals.Total == 0 { // the chart says so
		return app.Div().Hidden(true)
	}
	codes, total := refusals(u.Totals)
	if total == 0 {
		return ui.Card("refusals", title, nil, app.P().Class("card-body", "hint").Text("Nothing was refused in the "+In(u.Period)+"."))
	}
	items := make([]app.UI, len(codes))
	for i, code := range codes {
		n, r := u.Totals.Codes[code], reasons[code]
		series := "3"
		if code == api.CodeRateLimited || code == api.CodeUsageExhausted {
			series = "2"
		}
		name, below := line(code, r)
		body := []app.UI{name, app.B().Text(ui.Count(n)), ui.Share(n, u.Totals.Codes[codes[0]], series), app.Small().Text(r.text)}
		if below != nil {
			body = append(body, app.P().Class("advice").Body(below...))
		} else {
			body = append(body, app.Small().Text(percent(n, total)))
		}
		items[i] = app.Li().Body(body...)
	}
	return ui.Card("refusals", title, app.Span().Class("hint", "num").Text(ui.Count(total)+" in the "+In(u.Period)), app.Ul().Class("codes").Body(items...))
}

// percent formats a share to a tenth: 4.2%.
func percent(n, of int) string {
	if of == 0 {
		return "0%"
	}
	tenths := (n*1000 + of/2) / of
	switch {
	case tenths == 0 && n > 0:
		return "under 0.1%"
	case tenths == 1000 && n < of:
		return "over 99.9%"
	}
	if tenths%10 == 0 {
		return strconv.Itoa(tenths/10) + "%"
	}
	return strconv.Itoa(tenths/10) + "." + strconv.Itoa(tenths%10) + "%"
}
