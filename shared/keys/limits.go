package keys

import (
	"net/netip"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

// Limits bound the use of an API key.
type Limits struct {
	Rate       *api.RateLimit // nil for no limit
	Uses       *int           // total uses, including past ones; nil for no limit
	AllowedIPs []string       // CIDR blocks; empty for any address
}

// patched returns the limits with the patches of the request applied. The request is valid. A new number of
// remaining uses is added to the uses charged so far, which are never reset.
func (l Limits) patched(req api.UpdateKeyRequest, used int) Limits {
	if limit, ok := req.RateLimit.Get(); ok {
		l.Rate = &limit
	} else if req.RateLimit.Removes() {
		l.Rate = nil
	}
	if left, ok := req.RemainingUses.Get(); ok {
		all := used + left
		l.Uses = &all
	} else if req.RemainingUses.Removes() {
		l.Uses = nil
	}
	l.AllowedIPs = req.AllowedIPs.Apply(l.AllowedIPs)
	return l
}

// admits reports whether the key may be presented from the address. An IPv4-mapped IPv6 address (RFC 4291,
// section 2.5.5.2) is treated as the IPv4 address. A malformed address is never admitted.
func (l Limits) admits(ip string) bool {
	if len(l.AllowedIPs) == 0 {
		return true
	}
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return false
	}
	address = address.Unmap().WithZone("")
	for _, text := range l.AllowedIPs {
		if block, err := netip.ParsePrefix(text); err == nil && block.Contains(address) {
			return true
		}
	}
	return false
}

// Charge is what a verification takes from a key's limits after all other checks have passed.
type Charge struct {
	KeyID string
	Rate  *api.RateLimit // charged with 1; nil for no limit
	Uses  *int           // total uses; nil for no limit
	Cost  int            // uses to charge
	At    time.Time
}

// Spent is the result of a charge.
type Spent struct {
	Code     api.Code  // VALID if charged; RATE_LIMITED or USAGE_EXHAUSTED if nothing was charged
	InWindow int       // verifications that passed in the window, including this one
	Used     int       // total uses, including this charge
	ResetAt  time.Time // when the window ends; zero without a rate limit
}

// tell adds what remains after the charge to the verdict.
func (c Charge) tell(v *api.Verification, s Spent) {
	if c.Rate != nil {
		end := s.ResetAt
		if end.IsZero() {
			_, end = c.Rate.Window(c.At)
		}
		v.RateLimit = &api.RateLimitState{
			Limit: c.Rate.Limit, Remaining: max(0, c.Rate.Limit-s.InWindow), ResetAt: end,
			WindowSeconds: c.Rate.WindowSeconds, ResetSeconds: max(0, int((end.Sub(c.At)+time.Second-1)/time.Second)),
		}
	}
	if c.Uses != nil {
		left := max(0, *c.Uses-s.Used)
		v.RemainingUses = &left
	}
}
