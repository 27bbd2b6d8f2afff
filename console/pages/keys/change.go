package keys

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

// change returns the differences between the settings and the key. It contains only what differs, so that
// it does not overwrite other fields that somebody else has changed since.
func (s settings) change(k api.Key, now time.Time) api.UpdateKeyRequest {
	var r api.UpdateKeyRequest
	r.Name = api.DifferingText(k.Name, strings.TrimSpace(s.Name))
	if scopes := s.scopes(); !slices.Equal(scopes, k.Scopes) {
		r.Scopes = api.Set(append([]string{}, scopes...)) // encodes as [] and not as null
	}
	switch at, ok := s.expiresAt(now); {
	case ok:
		r.ExpiresAt = api.Set(at)
	case s.Expiry == never && k.ExpiresAt != nil:
		r.ExpiresAt = api.Remove[time.Time]()
	}
	switch limit := s.rateLimit(); {
	case limit == nil && k.RateLimit != nil:
		r.RateLimit = api.Remove[api.RateLimit]()
	case limit != nil && (k.RateLimit == nil || *limit != *k.RateLimit):
		r.RateLimit = api.Set(*limit)
	}
	switch uses := s.uses(); {
	case uses == nil && k.RemainingUses != nil:
		r.RemainingUses = api.Remove[int]()
	case uses != nil && (k.RemainingUses == nil || *uses != *k.RemainingUses):
		r.RemainingUses = api.Set(*uses)
	}
	if ips := s.ips(); !slices.Equal(ips, k.AllowedIPs) {
		r.AllowedIPs = api.Set(append([]string{}, ips...))
	}
	if before := settingsOf(k).metadata(); !bytes.Equal(s.metadata(), before) {
		r.Metadata = api.Set(s.metadata())
		if s.metadata() == nil {
			r.Metadata = api.Remove[json.RawMessage]()
		}
	}
	return r
}

// isEmpty reports whether the request changes nothing.
func isEmpty(r api.UpdateKeyRequest) bool {
	return r.Name.IsZero() && r.Scopes.IsZero() && r.ExpiresAt.IsZero() && r.RateLimit.IsZero() && r.RemainingUses.IsZero() &&
		r.AllowedIPs.IsZero() && r.Metadata.IsZero()
}
