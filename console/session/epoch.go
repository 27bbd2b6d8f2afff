package session

import "github.com/arxkeys/arxkeys/shared/problem"

// epoch counts the ends of a session in this page: it ran out, or somebody signed out, here or in
// another tab. Whatever takes time notes the epoch in which it begins and changes the session or a
// store of the browser only through [Session.within]. What was begun before an end is thus not kept
// after it, whenever its answer arrives.
type epoch int

// present returns the epoch in which something begins.
func (s *Session) present() epoch {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.epoch
}

// within runs the change, unless the session has ended since the epoch. The session can't end
// meanwhile, so that its end removes what the change has written. The change must not block, and
// must not use the session's methods.
func (s *Session) within(e epoch, change func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e != s.epoch {
		return false
	}
	change()
	return true
}

// stand changes how the session stands, unless it has ended since the epoch.
func (s *Session) stand(e epoch, st Standing) bool {
	ok := s.within(e, func() { s.standing = st })
	if ok {
		s.changed()
	}
	return ok
}

// changed calls the watchers.
func (s *Session) changed() {
	s.mu.Lock()
	watchers := s.watchers
	s.mu.Unlock()
	for _, changed := range watchers {
		changed()
	}
}

// lives reports whether the session goes on: it has not ended since the epoch, and no other tab has
// signed out. A sign-out that this tab has not received yet takes effect now.
func (s *Session) lives(e epoch) bool {
	ok, elsewhere := false, false
	s.within(e, func() {
		elsewhere = s.signedOutElsewhere(s.tokens)
		ok = !elsewhere
	})
	if elsewhere {
		s.followSignOut()
	}
	return ok
}

// signedOutSince reports whether somebody has signed out since the epoch: not even the page on the
// screen may have what was asked for in it.
func (s *Session) signedOutSince(e epoch) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return e < s.signedOut
}

// end ends the session because its tokens ran out or were refused. What is on the page stays; what
// is kept for reading it later does not, since nobody knows whether the person may still read it.
func (s *Session) end(e epoch, why error) {
	ended := false
	s.within(e, func() {
		switch s.standing.State {
		case SigningOut, SignedOut, Ended:
			return // it has ended before
		}
		ended = true
		st := Standing{State: SignedOut, Err: why}
		if s.standing.State == SignedIn && s.live {
			st.State = Ended
		}
		s.epoch++
		s.tokens, s.standing = tokens{}, st
		s.tab.Remove(keptKey)
	})
	if ended {
		s.changed()
		go s.shelved.wipe()
	}
}

var errOver = problem.New(problem.Unauthenticated, "You are signed out. Sign in to go on where you were.")
