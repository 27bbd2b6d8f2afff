package session

import "github.com/arxkeys/arxkeys/shared/problem"

// epoch counts how often a session has ended in this page: it expired, or somebody signed out, here or in
// another tab. An asynchronous operation notes the epoch in which it begins, and changes the session or
// the browser's storage only through [Session.within]. So an operation that began before an end changes
// nothing after it, whenever its answer arrives.
type epoch int

// present returns the current epoch.
func (s *Session) present() epoch {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.epoch
}

// within runs the change, unless the session has ended since the epoch. The session can't end while the
// change runs, so the end removes what it has written. The change must not block, and must not call
// methods of the session.
func (s *Session) within(e epoch, change func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e != s.epoch {
		return false
	}
	change()
	return true
}

// stand changes the standing, unless the session has ended since the epoch.
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

// lives reports whether the session has not ended since the epoch and no other tab has signed out. A
// sign-out that this tab has not received yet takes effect now.
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

// signedOutSince reports whether somebody has signed out since the epoch. Then not even the page on the
// screen may get the answer to a request of that epoch.
func (s *Session) signedOutSince(e epoch) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return e < s.signedOut
}

// end ends the session because its tokens expired or were refused. The page stays on the screen. The
// answers kept for offline reading are deleted, because the person may no longer be allowed to read them.
func (s *Session) end(e epoch, why error) {
	ended := false
	s.within(e, func() {
		switch s.standing.State {
		case SigningOut, SignedOut, Ended:
			return // it has ended already
		}
		ended = true
		st := Standing{State: SignedOut, Err: why}
		if s.standing.State == SignedIn && s.live {
			st.State = Ended
		}
		s.epoch++
		s.tokens, s.standing = tokens{}, st
		s.tab.Remove(keptKey)
		s.tab.Remove(permissionsKey)
	})
	if ended {
		s.changed()
		go s.shelved.wipe()
	}
}

var errOver = problem.New(problem.Unauthenticated, "You are signed out. Sign in to continue where you were.")
