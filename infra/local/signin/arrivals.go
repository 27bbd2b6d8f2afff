package signin

import (
	"crypto/rand"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

const (
	requestLife = 10 * time.Minute // to choose a person on the sign-in page
	codeLife    = time.Minute      // from the sign-in page to the token endpoint
	maxUnderWay = 1000             // of requests, and of codes; a further one replaces the oldest
)

// arrivals are the sign-ins in progress: requests that wait for a person to choose who they are, and codes that wait
// to be exchanged. They are lost at a restart, and people start again.
type arrivals struct {
	now func() time.Time

	mu       sync.Mutex
	requests latest[request]
	codes    latest[code]
}

// request is an authorization request of the console.
type request struct {
	oidc.AuthRequest
	expires time.Time
}

// latest stores the latest values, at most maxUnderWay, by unguessable names. A flood of requests evicts the oldest
// ones, and never a later one.
type latest[T any] struct {
	byName map[string]*T
	names  []string // the oldest first
}

// add stores a value and returns its name.
func (l *latest[T]) add(value T) string {
	if l.byName == nil {
		l.byName = map[string]*T{}
	}
	if len(l.names) >= maxUnderWay {
		delete(l.byName, l.names[0])
		l.names = l.names[1:]
	}
	name := rand.Text()
	l.byName[name], l.names = &value, append(l.names, name)
	return name
}

// code is an authorization code, which can be exchanged once.
type code struct {
	request  oidc.AuthRequest
	entrance entrance
	expires  time.Time
	spent    bool
	session  string // the session that it was exchanged for
}

func newArrivals(now func() time.Time) *arrivals {
	return &arrivals{now: now}
}

// wait stores a request and returns its id.
func (a *arrivals) wait(r oidc.AuthRequest) (id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.requests.add(request{AuthRequest: r, expires: a.now().Add(requestLife)})
}

// request returns a waiting request. It keeps waiting after a code was issued, so that a double click and the back
// button work as expected.
func (a *arrivals) request(id string) (oidc.AuthRequest, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r, ok := a.requests.byName[id]
	if !ok || !a.now().Before(r.expires) {
		return oidc.AuthRequest{}, false
	}
	return r.AuthRequest, true
}

// issue returns a code for a person's request.
func (a *arrivals) issue(r oidc.AuthRequest, e entrance) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.codes.add(code{request: r, entrance: e, expires: a.now().Add(codeLife)})
}

// spend returns a code, once: it is spent even if the exchange fails. A second time, spend returns the session that the
// first exchange began, because the code may have been stolen (RFC 6749, section 4.1.2).
func (a *arrivals) spend(text string) (c code, replayed, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	found, ok := a.codes.byName[text]
	if !ok || !a.now().Before(found.expires) {
		return code{}, false, false
	}
	if found.spent {
		return *found, true, true
	}
	found.spent = true
	return *found, false, true
}

// exchanged records which session a code was exchanged for.
func (a *arrivals) exchanged(text, session string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c, ok := a.codes.byName[text]; ok {
		c.session = session
	}
}
