// Package edge decides which address is the client's.
//
// Behind the CloudFront distribution, the address that API Gateway sees is the distribution's. The distribution sends the
// client's address in AddressHeader, and proves with a secret in SecretHeader that it sent it. Anyone can send the
// headers, but only the distribution knows the secret. X-Forwarded-For is never used.
package edge

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/lambda/log"
)

// Headers of the distribution. It overwrites what clients send in them.
const (
	AddressHeader = "X-Arxkeys-Viewer-Address"
	SecretHeader  = "X-Arxkeys-Edge-Secret"
)

// minSecretBytes is the minimum length of a secret.
const minSecretBytes = 32

// ErrDirect is returned for a request that did not come through the distribution, if such requests are refused.
var ErrDirect = errors.New("the request did not come through the edge")

// errAddress means that the distribution is misconfigured. It does not contain what was sent.
var errAddress = errors.New("the edge sent no single valid address in " + AddressHeader)

// Edge knows the secrets of the distribution. The zero value knows none, and accepts direct requests.
type Edge struct {
	digests       [][sha256.Size]byte
	refusesDirect bool
}

// New returns an Edge that accepts each of the secrets, which are separated by commas; empty ones are ignored. Two
// secrets are for the time in which one replaces the other. If refuseDirect is set, requests without a valid secret are
// refused. An error does not contain a secret.
func New(secrets string, refuseDirect bool) (Edge, error) {
	e := Edge{refusesDirect: refuseDirect}
	for secret := range strings.SplitSeq(secrets, ",") {
		switch {
		case secret == "":
		case len(secret) < minSecretBytes:
			return Edge{}, fmt.Errorf("an edge secret has %d characters: it must have at least %d", len(secret), minSecretBytes)
		default:
			e.digests = append(e.digests, sha256.Sum256([]byte(secret)))
		}
	}
	if refuseDirect && len(e.digests) == 0 {
		return Edge{}, errors.New("direct requests are refused, but there is no edge secret: every request would be refused")
	}
	return e, nil
}

// FromEnv returns the Edge of the environment variables EDGE_SECRETS, a list as in New, and REFUSE_DIRECT_CALLS, true or
// false. Both may be unset. An invalid value ends the program: a misconfigured function should not start.
func FromEnv() Edge {
	e, err := fromEnv(os.Getenv)
	if err != nil {
		lambdalog.Fatal("invalid settings of the edge", "cause", err.Error())
	}
	return e
}

// SecretDays returns how many days ago the edge's secret was set, according to EDGE_SECRET_SINCE, a date such as
// 2026-03-01. It returns false if the variable is empty, and ends the program if it is invalid.
func SecretDays(now time.Time) (days int, ok bool) {
	text := os.Getenv("EDGE_SECRET_SINCE")
	if text == "" {
		return 0, false
	}
	since, err := time.Parse(time.DateOnly, text)
	if err != nil {
		lambdalog.Fatal("invalid settings of the edge", "cause", "EDGE_SECRET_SINCE must be a date such as 2026-03-01")
	}
	return int(now.Sub(since) / (24 * time.Hour)), true
}

func fromEnv(env func(string) string) (Edge, error) {
	refuse := false
	if text := env("REFUSE_DIRECT_CALLS"); text != "" {
		var err error
		if refuse, err = strconv.ParseBool(text); err != nil {
			return Edge{}, errors.New("REFUSE_DIRECT_CALLS must be true or false")
		}
	}
	e, err := New(env("EDGE_SECRETS"), refuse)
	if err != nil {
		return Edge{}, fmt.Errorf("EDGE_SECRETS: %w", err)
	}
	return e, nil
}

// Client returns the client's address, or "" if it is unknown. Header returns all values of a request's header, and
// source is the address that API Gateway saw.
//
// Without a valid secret the client is the source, and AddressHeader is ignored; or the error is ErrDirect. With a valid
// secret, the error is any other if AddressHeader does not contain exactly one address: then nobody can tell who called.
func (e Edge) Client(header func(name string) []string, source string) (string, error) {
	if len(e.digests) == 0 || !e.proves(header(SecretHeader)) {
		if e.refusesDirect {
			return "", ErrDirect
		}
		return address(source), nil
	}
	sent := header(AddressHeader)
	if len(sent) != 1 || address(sent[0]) == "" {
		return "", errAddress
	}
	return address(sent[0]), nil
}

// proves reports whether the values are one valid secret. API Gateway joins repeated headers with a comma, which no
// secret contains. The time that it takes depends on no secret.
func (e Edge) proves(sent []string) bool {
	if len(sent) != 1 {
		return false
	}
	digest, equal := sha256.Sum256([]byte(sent[0])), 0
	for _, known := range e.digests {
		equal |= subtle.ConstantTimeCompare(digest[:], known[:])
	}
	return equal == 1
}

// address returns the address in its usual form, or "" for any other text, because it is stored in audit events.
func address(text string) string {
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		return ""
	}
	return a.Unmap().String()
}
