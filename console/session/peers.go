package session

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"
)

// Peers connects a tab with the others of the same sign-in. Duplicating a tab copies its sessionStorage
// with the refresh token. The provider rotates that token and treats a second use as theft, so only one
// of the tabs may refresh at a time, and the others use the tokens that it got.
type Peers interface {
	Lock(ctx context.Context, name string) (release func(), err error) // held by one tab at a time
	Tell(text string)                                                  // sends to every other tab of the origin
	Hear(heard func(text string))                                      // receives from the others, on any goroutine
	Note(name, text string)                                            // stores for every current and future tab of the origin; an empty text deletes
	Notes(prefix string) map[string]string                             // by name, with that prefix
}

// How long a tab waits for tokens of the others: briefly for an access token, which saves a refresh, and
// long for the refresh token that has replaced its own. The tab with that token answers in a few
// milliseconds, or later if it draws or loads a page or was asleep.
const (
	moment = 60 * time.Millisecond
	long   = 5 * time.Second
)

// word is a message between tabs: a request for newer tokens, tokens, or a sign-out. It goes from memory
// to memory and is never stored.
type word struct {
	Ask       bool
	SignedOut bool   // every tab signs out
	Tokens    tokens // in a request, only the family and the turn
}

// listen starts to answer the other tabs.
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
	case w.Tokens.Family != held.Family: // also after the session's end, when this tab holds no tokens
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
		default: // the previous notice was not read yet
		}
	default:
		s.mu.Unlock()
	}
}

func (s *Session) tell(w word) {
	if s.peers == nil {
		return
	}
	text, _ := json.Marshal(w) // can't fail: strings, numbers and times
	s.peers.Tell(string(text))
}

// alone waits until no other tab is refreshing, and takes over the tokens that they have got. The caller
// must call release.
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

// catchUp takes over newer tokens from the other tabs. If this tab's refresh token was replaced, it asks
// until a tab answers, because using the old one would sign out all of them. If no tab answers in time,
// the tab with the newer token is gone.
func (s *Session) catchUp(ctx context.Context) {
	select {
	case <-s.news: // drop an old notice
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

// replacements is the prefix of the names of notes, one for each sign-in of this browser. A note holds
// the turn at which the refresh token was last replaced, so that every tab knows whether its own is the
// newest; it holds no token. Signing out deletes all notes: a tab that finds none has missed a sign-out.
const replacements = "arxkeys.turn."

// note tells all current and future tabs that the refresh token was replaced at this turn.
func (s *Session) note(t tokens) {
	if s.peers != nil && t.Family != "" {
		s.peers.Note(replacements+t.Family, strconv.Itoa(t.Turn)+" "+strconv.FormatInt(t.SignedInAt.Unix(), 10))
	}
}

// unnote deletes all notes.
func (s *Session) unnote() {
	if s.peers == nil {
		return
	}
	for name := range s.peers.Notes(replacements) {
		s.peers.Note(name, "")
	}
}

// signedOutElsewhere reports whether another tab has signed out, even if this tab has not received the
// message. The notes of expired sign-ins are deleted too, so their absence proves nothing.
func (s *Session) signedOutElsewhere(held tokens) bool {
	if s.peers == nil || held.Family == "" || s.now().Sub(held.SignedInAt) > MaxAge {
		return false
	}
	return s.peers.Notes(replacements + held.Family)[replacements+held.Family] == ""
}

// lockShelf waits until no other tab changes the shelf, but not for long, because a sign-out waits for
// it too. The caller must call release.
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

// replaced returns the turn at which the family's refresh token was last replaced; 0 if unknown.
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

// tidy deletes the notes of expired sign-ins, which their last tab left behind.
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
