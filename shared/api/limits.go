package api

import (
	"fmt"
	"net/netip"
	"time"
)

// Bounds of a key's limits.
const (
	MaxRatePerSecond = 500               // verifications a second, on average over the window
	MaxWindowSeconds = 30 * 24 * 60 * 60 // 30 days
	MaxUses          = 1_000_000_000     // uses of a key, and the cost of one verification
	MaxAllowedIPs    = 50                // CIDR blocks of a key
)

// RateLimit is the number of verifications of an API key that may pass in a window. Windows are fixed: they
// start at multiples of their length since 1970 in UTC, so a window of 60 seconds starts with the minute.
type RateLimit struct {
	Limit         int `json:"limit"`          // At most 500 for each second of the window.
	WindowSeconds int `json:"window_seconds"` // 1 to 2592000 (30 days).
}

// Window returns the window that contains the time.
func (l RateLimit) Window(at time.Time) (start, end time.Time) {
	length := time.Duration(l.WindowSeconds) * time.Second
	start = time.UnixMilli(at.UnixMilli() - at.UnixMilli()%length.Milliseconds()).UTC()
	return start, start.Add(length)
}

// RateLimitState is a rate limit and what remains of it.
type RateLimitState struct {
	Limit     int       `json:"limit"`
	Remaining int       `json:"remaining"`
	ResetAt   time.Time `json:"reset_at"` // Start of the next window.

	WindowSeconds int `json:"window_seconds"` // Length of the window.
	ResetSeconds  int `json:"reset_seconds"`  // From the verdict to the next window, rounded up.
}

// HeaderFields returns the values of the headers RateLimit-Policy and RateLimit
// (draft-ietf-httpapi-ratelimit-headers).
func (s RateLimitState) HeaderFields() (policy, limit string) {
	return fmt.Sprintf(`"key";q=%d;w=%d`, s.Limit, s.WindowSeconds), fmt.Sprintf(`"key";r=%d;t=%d`, s.Remaining, s.ResetSeconds)
}

func (c *check) rateLimit(l *RateLimit) {
	if l == nil {
		return
	}
	if l.WindowSeconds < 1 || l.WindowSeconds > MaxWindowSeconds {
		c.add("rate_limit.window_seconds", "out_of_range", "must be from 1 to %d seconds.", MaxWindowSeconds)
		return
	}
	if most := MaxRatePerSecond * l.WindowSeconds; l.Limit < 1 || l.Limit > most {
		c.add("rate_limit.limit", "out_of_range", "must be from 1 to %d in %d seconds, which is %d a second.", most, l.WindowSeconds, MaxRatePerSecond)
	}
}

func (c *check) remainingUses(uses *int, least int) {
	if uses != nil && (*uses < least || *uses > MaxUses) {
		c.add("remaining_uses", "out_of_range", "must be from %d to %d. Omit it for unlimited uses.", least, MaxUses)
	}
}

// allowedIPs requires blocks in their canonical form.
func (c *check) allowedIPs(blocks []string) {
	if len(blocks) > MaxAllowedIPs {
		c.add("allowed_ips", "too_many", "at most %d.", MaxAllowedIPs)
		return
	}
	seen := map[netip.Prefix]bool{}
	for i, text := range blocks {
		field := fmt.Sprintf("allowed_ips[%d]", i)
		block, err := netip.ParsePrefix(text)
		address, addressErr := netip.ParseAddr(text)
		switch {
		case err != nil && addressErr == nil && address.Zone() == "":
			address = address.Unmap()
			c.add(field, "invalid", "must be a block of addresses. For this address alone, write %s/%d.", address, address.BitLen())
		case err != nil:
			c.add(field, "invalid", "must be a block of IPv4 or IPv6 addresses, such as 203.0.113.0/24 or 2001:db8::/32.")
		case block.Addr().Is4In6():
			c.add(field, "invalid", "is an IPv4-mapped IPv6 address. Write it as IPv4.")
		case block != block.Masked():
			c.add(field, "invalid", "is not the first address of the block. Write %s.", block.Masked())
		case text != block.String():
			c.add(field, "invalid", "write it as %s.", block)
		case seen[block]:
			c.add(field, "duplicate", "%s is listed more than once.", block)
		}
		seen[block] = true
	}
}
