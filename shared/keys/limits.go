package keys

import (
	"net/netip"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

// Limits are what bounds the use of an API key.
type Limits struct {
	Rate       *api.RateLimit // nil: none
	Uses       *int           // how many there may be in all, those that are used up among them; nil: any number
	AllowedIPs []string       // CIDR blocks; none: any address
}

// patched returns the limits with the patches of the request, which is valid, applied. Uses that are
// left are counted from what was used so far, which nobody forgets.
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

// admits reports whether the key may be presented from the address. An IPv4 address in the form of
// IPv6 (RFC 4291, section 2.5.5.2) is the IPv4 address. What can't be read is allowed nothing.
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

// Charge is what a verification takes of a key's limits when all else has passed.
type Charge struct {
	KeyID string
	Rate  *api.RateLimit // counts 1; nil: no such limit
	Uses  *int           // how many there may be in all; nil: no such limit
	Cost  int            // of the uses
	At    time.Time
}

// Spent is what came of a charge.
type Spent struct {
	Code     api.Code  // VALID where it was charged, or else RATE_LIMITED or USAGE_EXHAUSTED, and nothing was
	InWindow int       // verifications that passed in the window, this one among them
	Used     int       // uses in all, these among them
	ResetAt  time.Time // when the window is over; zero where the rate is not limited
}

// tell writes into the verdict what is left after the charge.
func (c Charge) tell(v *api.Verification, s Spent) {
	if c.Rate != nil {
		end := s.ResetAt
		if end.IsZero() {
			_, end = c.Rate.Window(c.At)
		}
		v.RateLimit = &api.RateLimitState{
			Limit: c.Rate.Limit, Remaining: max(0, c.Rate.Limit-s.InWindow), ResetAt: end,
			WindowSeconds: c.Rate.WindowSeconds, ResetSeconds: int((end.Sub(c.At) + time.Second - 1) / time.Second),
		}
	}
	if c.Uses != nil {
		left := max(0, *c.Uses-s.Used)
		v.RemainingUses = &left
	}
}
