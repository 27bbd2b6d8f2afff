package keys

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// settings are what somebody enters of a key that can be changed later: in the wizard, and on the
// key's page. They are texts, as the fields hold them; the zero value leaves all as it is by itself.
type settings struct {
	Name     string   `json:"name,omitempty"`
	Expiry   expiry   `json:"expiry,omitempty"`
	Date     string   `json:"date,omitempty"` // of onDate, as 2027-01-31
	Scopes   []string `json:"scopes,omitempty"`
	Scope    string   `json:"scope,omitempty"`  // being typed
	Rate     string   `json:"rate,omitempty"`   // verifications in a window; empty without a limit
	Window   string   `json:"window,omitempty"` // seconds
	Uses     string   `json:"uses,omitempty"`   // that are left; empty without a limit
	IPs      []string `json:"ips,omitempty"`
	IP       string   `json:"ip,omitempty"` // being typed
	Metadata string   `json:"metadata,omitempty"`
}

// expiry is a choice of when a key expires: a number of days, never, or on a date.
type expiry string

const (
	never  expiry = ""
	onDate expiry = "date"
	asIs   expiry = "as it is" // of a key that expires already
)

var expiries = map[expiry]int{"30": 30, "90": 90, "365": 365} // days

// settingsOf returns the settings that a key has.
func settingsOf(k api.Key) settings {
	s := settings{Name: k.Name, Scopes: k.Scopes, IPs: k.AllowedIPs}
	if k.ExpiresAt != nil {
		s.Expiry = asIs
	}
	if l := k.RateLimit; l != nil {
		s.Rate, s.Window = strconv.Itoa(l.Limit), strconv.Itoa(l.WindowSeconds)
	}
	if k.RemainingUses != nil {
		s.Uses = strconv.Itoa(*k.RemainingUses)
	}
	if text := strings.TrimSpace(string(k.Metadata)); text != "{}" && text != "null" {
		s.Metadata = text
	}
	return s
}

// withToken returns the tokens of a field, with the one that is being typed.
func withToken(tokens []string, typed string) []string {
	if typed == "" {
		return tokens
	}
	return append(tokens[:len(tokens):len(tokens)], typed)
}

func (s settings) scopes() []string { return withToken(s.Scopes, s.Scope) }
func (s settings) ips() []string    { return withToken(s.IPs, s.IP) }

// rateLimit returns the limit; nil for none. A text that is no number is 0, which the API refuses.
func (s settings) rateLimit() *api.RateLimit {
	if strings.TrimSpace(s.Rate) == "" {
		return nil
	}
	return &api.RateLimit{Limit: number(s.Rate), WindowSeconds: number(s.window())}
}

// window returns the window in seconds: a minute where nobody has chosen.
func (s settings) window() string {
	if s.Window == "" {
		return "60"
	}
	return s.Window
}

// uses returns how many uses are left; nil without a limit, and -1 for what is no number.
func (s settings) uses() *int {
	if strings.TrimSpace(s.Uses) == "" {
		return nil
	}
	n, err := strconv.Atoi(plain(s.Uses))
	if err != nil {
		n = -1
	}
	return &n
}

// number reads a number, with or without separators; 0 for what is none.
func number(text string) int {
	n, _ := strconv.Atoi(plain(text))
	return n
}

func plain(text string) string {
	return strings.NewReplacer(",", "", " ", "", "\u00a0", "").Replace(text)
}

// metadata returns the metadata; nil for none.
func (s settings) metadata() json.RawMessage {
	if text := strings.TrimSpace(s.Metadata); text != "" {
		return json.RawMessage(text)
	}
	return nil
}

// expiresAt returns when the key expires, and false where it never does. A key that expires on a
// date is good through that day, in the time zone of now.
func (s settings) expiresAt(now time.Time) (time.Time, bool) {
	if days, ok := expiries[s.Expiry]; ok {
		return now.AddDate(0, 0, days).UTC().Truncate(time.Second), true
	}
	if s.Expiry != onDate {
		return time.Time{}, false
	}
	return ui.EndOf(s.Date, now)
}

// wrongDate returns what is wrong with the day, which has to be one to come.
func (s settings) wrongDate(now time.Time) []problem.Field {
	if s.Expiry != onDate {
		return nil
	}
	if at, ok := s.expiresAt(now); ok && at.After(now) {
		return nil
	}
	return []problem.Field{{Field: "expires_at", Code: "invalid", Detail: "choose a day from today on."}}
}

// empty reports whether nothing was entered.
func (s settings) empty() bool {
	return s.Name == "" && s.Expiry == never && len(s.scopes()) == 0 && s.Rate == "" && s.Uses == "" && len(s.ips()) == 0 && s.Metadata == ""
}

// goodScopes counts those that are not refused.
func (s settings) goodScopes() (n int) {
	for _, scope := range s.scopes() {
		if refuseScope(scope) == "" {
			n++
		}
	}
	return n
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
	return faultOf("scopes", api.CreateKeyRequest{Scopes: []string{text}}) == ""
}

// refuseBlock says why the text is no block of addresses, and how to write it; nothing where it is one.
func refuseBlock(text string) string {
	fault := faultOf("allowed_ips", api.CreateKeyRequest{AllowedIPs: []string{text}})
	if fault == "" {
		return ""
	}
	return strings.ToUpper(fault[:1]) + fault[1:]
}

// block returns the text as a block of addresses: an address alone is the block that holds it, and
// one inside a block names the block.
func block(text string) string {
	if address, err := netip.ParseAddr(text); err == nil && address.Zone() == "" {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()).String()
	}
	if prefix, err := netip.ParsePrefix(text); err == nil && !prefix.Addr().Is4In6() {
		return prefix.Masked().String()
	}
	return text
}

// faultOf returns what the request's own rules say of the field.
func faultOf(field string, r api.CreateKeyRequest) string {
	p := problem.Of(r.Validate())
	if p == nil {
		return ""
	}
	i := slices.IndexFunc(p.Fields, func(f problem.Field) bool { return strings.HasPrefix(f.Field, field) })
	if i < 0 {
		return ""
	}
	return p.Fields[i].Detail
}
