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

// settings are the editable settings of a key, as the texts in the fields of the wizard and the edit page.
// The zero value means the defaults.
type settings struct {
	Name     string    `json:"name,omitempty"`
	Expiry   expiry    `json:"expiry,omitempty"`
	Date     string    `json:"date,omitempty"` // for onDate, such as 2027-01-31
	Kept     time.Time `json:"kept,omitzero"`  // for asIs in a duplicate: when the original expires
	Scopes   []string  `json:"scopes,omitempty"`
	Scope    string    `json:"scope,omitempty"`  // unfinished scope
	Rate     string    `json:"rate,omitempty"`   // verifications per window; empty means no limit
	Window   string    `json:"window,omitempty"` // seconds
	Uses     string    `json:"uses,omitempty"`   // remaining uses; empty means no limit
	IPs      []string  `json:"ips,omitempty"`
	IP       string    `json:"ip,omitempty"` // unfinished block
	Metadata string    `json:"metadata,omitempty"`
}

// expiry is an option for when a key expires: in a number of days, never, or on a date.
type expiry string

const (
	never  expiry = ""
	onDate expiry = "date"
	asIs   expiry = "as it is" // keeps the key's expiry
)

var expiries = map[expiry]int{"30": 30, "90": 90, "365": 365} // days

// settingsOf returns the settings of a key.
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

// withToken returns the tokens of a field with the unfinished one.
func withToken(tokens []string, typed string) []string {
	if typed == "" {
		return tokens
	}
	return append(tokens[:len(tokens):len(tokens)], typed)
}

func (s settings) scopes() []string { return withToken(s.Scopes, s.Scope) }
func (s settings) ips() []string    { return withToken(s.IPs, s.IP) }

// rateLimit returns the limit, or nil for none. A text that is not a number becomes 0, which Validate refuses.
func (s settings) rateLimit() *api.RateLimit {
	if strings.TrimSpace(s.Rate) == "" {
		return nil
	}
	return &api.RateLimit{Limit: number(s.Rate), WindowSeconds: number(s.window())}
}

// window returns the window in seconds; the default is a minute.
func (s settings) window() string {
	if s.Window == "" {
		return "60"
	}
	return s.Window
}

// uses returns the remaining uses: nil for no limit, and -1 for a text that is not a number.
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

// number parses a number, with or without separators. It returns 0 for a text that is not a number.
func number(text string) int {
	n, _ := strconv.Atoi(plain(text))
	return n
}

func plain(text string) string {
	return strings.NewReplacer(",", "", " ", "", "\u00a0", "").Replace(text)
}

// metadata returns the metadata, or nil for none.
func (s settings) metadata() json.RawMessage {
	if text := strings.TrimSpace(s.Metadata); text != "" {
		return json.RawMessage(text)
	}
	return nil
}

// expiresAt returns when the key expires, or false if it never does. A key that expires on a date is valid
// until the end of that day, in the time zone of now.
func (s settings) expiresAt(now time.Time) (time.Time, bool) {
	if days, ok := expiries[s.Expiry]; ok {
		return now.AddDate(0, 0, days).UTC().Truncate(time.Second), true
	}
	switch s.Expiry {
	case onDate:
		return ui.EndOf(s.Date, now)
	case asIs:
		return s.Kept, !s.Kept.IsZero()
	}
	return time.Time{}, false
}

// wrongDate returns the error of a date that is not in the future.
func (s settings) wrongDate(now time.Time) []problem.Field {
	if at, ok := s.expiresAt(now); ok && at.After(now) || !ok && s.Expiry != onDate {
		return nil
	}
	return []problem.Field{{Field: "expires_at", Code: "invalid", Detail: "choose a day from today on."}}
}

// empty reports whether nothing was entered.
func (s settings) empty() bool {
	return s.Name == "" && s.Expiry == never && len(s.scopes()) == 0 && s.Rate == "" && s.Uses == "" && len(s.ips()) == 0 && s.Metadata == ""
}

// goodScopes counts the valid scopes.
func (s settings) goodScopes() (n int) {
	for _, scope := range s.scopes() {
		if refuseScope(scope) == "" {
			n++
		}
	}
	return n
}

// refuseScope returns why the text is not a valid scope, with a suggestion, or "" if it is valid.
func refuseScope(text string) string {
	switch lower := strings.ToLower(text); {
	case isScope(text):
		return ""
	case isScope(lower):
		return fmt.Sprintf("Scopes are lower case. Write `%s`.", lower)
	}
	return "Up to 64 characters of `a-z`, `0-9` and `:._*-`, such as `invoices:read`."
}

// wideScopes warns of scopes that grant more than they seem to: a * after a letter or a digit also stands for
// the rest of a word. It returns "" if there are none.
func wideScopes(scopes []string) string {
	for _, scope := range scopes {
		prefix, ok := strings.CutSuffix(scope, "*")
		switch {
		case !ok || strings.HasSuffix(prefix, ":") || strings.HasSuffix(prefix, ".") || refuseScope(scope) != "":
		case prefix == "":
			return "`*` grants every scope."
		default:
			return "`" + scope + "` grants every scope that begins with `" + prefix + "`, also `" + prefix + "write`. Write `" + prefix + ":*` for what comes after `" + prefix + ":` alone."
		}
	}
	return ""
}

// isScope uses the request's Validate, so that the field and the server apply the same rule.
func isScope(text string) bool {
	return faultOf("scopes", api.CreateKeyRequest{Scopes: []string{text}}) == ""
}

// refuseBlock returns why the text is not a valid CIDR block and how to write it, or "" if it is valid.
func refuseBlock(text string) string {
	fault := faultOf("allowed_ips", api.CreateKeyRequest{AllowedIPs: []string{text}})
	if fault == "" {
		return ""
	}
	return strings.ToUpper(fault[:1]) + fault[1:]
}

// block returns the text as a CIDR block. A single address becomes a block of one, and host bits are
// cleared.
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

// faultOf returns the request's validation error for the field.
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
