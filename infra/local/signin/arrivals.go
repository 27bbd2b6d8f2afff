package signin

import (
	"crypto/rand"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
)

const (
	requestLife = 10 * time.Minute // to choose who one is
	codeLife    = time.Minute      // from the page back to the console, and to the token endpoint
	maxUnderWay = 1000             // requests, and codes; a further one takes the place of the oldest
)

// arrivals are the sign-ins under way: requests that wait for a person to say who they are, and
// codes that wait to be exchanged. A restart forgets them, and people start again.
type arrivals struct {
	now func() time.Time

	mu       sync.Mutex
	requests latest[request]
	codes    latest[code]
}

// request is what the console asked the authorization endpoint for.
type request struct {
	oidc.AuthRequest
	expires time.Time
}

// latest keeps the latest values, maxUnderWay at most, by names that nobody guesses. So whoever sends
// many requests pushes out the oldest ones, and never the one that comes after them.
type latest[T any] struct {
	byName map[string]*T
	names  []string // the oldest first
}

// add keeps a value and returns its name.
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

// code is what the console may exchange, once.
type code struct {
	request  oidc.AuthRequest
	entrance entrance
	expires  time.Time
	spent    bool
	session  string // that it was exchanged for
}

func newArrivals(now func() time.Time) *arrivals {
	return &arrivals{now: now}
}

// wait keeps a request and returns its id.
func (a *arrivals) wait(r oidc.AuthRequest) (id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.requests.add(request{AuthRequest: r, expires: a.now().Add(requestLife)})
}

// request returns a request that waits. It goes on waiting after a code was issued, so that a double
// click and the back button do what they seem to.
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

// spend returns what a code stands for, once: whoever presents it, and whatever comes of it, it is
// spent. A second time it returns the session that the first exchange began: whoever has it may
// have stolen the code (RFC 6749, section 4.1.2).
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

// exchanged notes which session a code was exchanged for.
func (a *arrivals) exchanged(text, session string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c, ok := a.codes.byName[text]; ok {
		c.session = session
	}
}
