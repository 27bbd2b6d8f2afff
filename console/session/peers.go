package session

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// Peers is how a tab speaks with the others that come from the same sign-in: duplicating a tab
// copies what it keeps, the refresh token among it. The provider rotates that token and takes its
// second use for a theft, so that only one of them may refresh at a time, and the others go on with
// what it got.
type Peers interface {
	Lock(ctx context.Context, name string) (release func(), err error) // one tab at a time holds it
	Tell(text string)                                                  // to every other tab of the origin
	Hear(heard func(text string))                                      // what the others tell, on any goroutine
	Note(name, text string)                                            // for every tab of the origin, also those to come; no text takes the note away
	Notes(prefix string) map[string]string                             // by name, those that begin so
}

// A tab waits for what the others hold: a moment for an access token, which saves a refresh, and long
// for the refresh token that has replaced its own. Who holds that one answers in a few milliseconds,
// or later where it draws a page, loads one, or was asleep.
const (
	moment = 60 * time.Millisecond
	long   = 5 * time.Second
)

// word is what tabs tell each other: a question for newer tokens, tokens, or that somebody has
// signed out. It goes from memory to memory and is kept nowhere.
type word struct {
	Ask       bool
	SignedOut bool   // every tab signs out
	Tokens    tokens // of a question, only whose and which
}

// listen begins to answer the other tabs.
func (s *Session) listen(tab Tab) {
	if peers, ok := tab.(Peers); ok {
		s.peers, s.news, s.patience = peers, make(chan struct{}, 1), long
		peers.Hear(s.hear)
	}
}

func (s *Session) hear(text string) {
	var w word
	if json.Unmarshal([]byte(text), &w) != nil {
		return
	}
	if w.SignedOut {
		s.followSignOut()
		return
	}
	if w.Tokens.Family == "" {
		return
	}
	s.mu.Lock()
	held := s.tokens
	newer := w.Tokens.Turn > held.Turn || w.Tokens.Turn == held.Turn && held.Access == "" && w.Tokens.Access != ""
	switch {
	case w.Tokens.Family != held.Family: // also after the end: this tab holds none
		s.mu.Unlock()
	case w.Ask:
		s.mu.Unlock()
		if held.Turn > w.Tokens.Turn || held.Turn == w.Tokens.Turn && held.Access != "" {
			s.tell(word{Tokens: held})
		}
	case newer:
		s.tokens = w.Tokens
		s.store(w.Tokens)
		s.mu.Unlock()
		select {
		case s.news <- struct{}{}:
		default: // nobody has looked at the one before
		}
	default:
		s.mu.Unlock()
	}
}

func (s *Session) tell(w word) {
	if s.peers == nil {
		return
	}
	text, _ := json.Marshal(w) // strings, numbers and times
	s.peers.Tell(string(text))
}

// alone waits until no other tab refreshes, and takes over what they have got meanwhile. The release
// has to be called.
func (s *Session) alone(ctx context.Context) (release func(), err error) {
	family := s.held().Family
	if s.peers == nil || family == "" {
		return func() {}, nil
	}
	if release, err = s.peers.Lock(ctx, "arxkeys.refresh."+family); err != nil {
		return nil, err
	}
	s.catchUp(ctx)
	return release, nil
}

// catchUp takes over what the other tabs hold, if it is newer. Where this tab's refresh token was
// replaced, it asks until somebody answers: to use it would sign out all of them. Where nobody does
// for long, the tab that held the other one is gone.
func (s *Session) catchUp(ctx context.Context) {
	select {
	case <-s.news: // of before
	default:
	}
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	for {
		held := s.held()
		s.tell(word{Ask: true, Tokens: tokens{Family: held.Family, Turn: held.Turn}})
		select {
		case <-s.news:
		case <-time.After(moment):
		case <-ctx.Done():
			return
		}
		if held = s.held(); held.Turn >= s.replaced(held.Family) {
			return
		}
	}
}

// replacements begins the names of notes, one for each sign-in of this browser. A note says at which
// turn the refresh token was replaced last: a number and no token, so that every tab knows whether
// its own is the newest. Signing out removes all notes: a tab without one has missed that.
const replacements = "arxkeys.turn."

// note tells all tabs, also those to come, that a refresh token was replaced at this turn.
func (s *Session) note(t tokens) {
	if s.peers != nil && t.Family != "" {
		s.peers.Note(replacements+t.Family, strconv.Itoa(t.Turn)+" "+strconv.FormatInt(t.SignedInAt.Unix(), 10))
	}
}

// unnote removes all notes.
func (s *Session) unnote() {
	if s.peers == nil {
		return
	}
	for name := range s.peers.Notes(replacements) {
		s.peers.Note(name, "")
	}
}

// signedOutElsewhere reports whether another tab has signed out, whether or not this one has
// received that. Notes of sign-ins that are over by their age are removed too, and tell nothing.
func (s *Session) signedOutElsewhere(held tokens) bool {
	if s.peers == nil || held.Family == "" || s.now().Sub(held.SignedInAt) > MaxAge {
		return false
	}
	return s.peers.Notes(replacements + held.Family)[replacements+held.Family] == ""
}

// lockShelf waits until no other tab changes what is kept for reading it again; not for long, since
// a sign-out waits too. The release has to be called.
func (s *Session) lockShelf() (release func(), ok bool) {
	if s.peers == nil {
		return func() {}, true
	}
	ctx, cancel := context.WithTimeout(context.Background(), long)
	defer cancel()
	release, err := s.peers.Lock(ctx, "arxkeys.shelf")
	if err != nil {
		return func() {}, false
	}
	return release, true
}

// replaced returns the turn at which the family's refresh token was replaced last; 0 where nobody knows.
func (s *Session) replaced(family string) int {
	turn, _, _ := parseNote(s.peers.Notes(replacements + family)[replacements+family])
	return turn
}

func parseNote(text string) (turn int, signedInAt time.Time, err error) {
	of, at, _ := strings.Cut(text, " ")
	turn, err = strconv.Atoi(of)
	seconds, wrong := strconv.ParseInt(at, 10, 64)
	return turn, time.Unix(seconds, 0), errors.Join(err, wrong)
}

// tidy takes away the notes of sign-ins that are over, of whose tabs the last one has left them.
func (s *Session) tidy() {
	if s.peers == nil {
		return
	}
	for name, text := range s.peers.Notes(replacements) {
		if _, signedIn, err := parseNote(text); err != nil || s.now().Sub(signedIn) > MaxAge {
			s.peers.Note(name, "")
		}
	}
}
