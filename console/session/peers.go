package session

import (
	"context"
	"encoding/json"
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
}

// patience is how long a tab waits for what the others hold. They answer in a few milliseconds.
const patience = 60 * time.Millisecond

// word is what tabs tell each other: a question for newer tokens, or tokens. It goes from memory to
// memory and is kept nowhere.
type word struct {
	Ask    bool
	Tokens tokens // of a question, only whose and which
}

// listen begins to answer the other tabs.
func (s *Session) listen(tab Tab) {
	if peers, ok := tab.(Peers); ok {
		s.peers, s.news = peers, make(chan struct{}, 1)
		peers.Hear(s.hear)
	}
}

func (s *Session) hear(text string) {
	var w word
	if json.Unmarshal([]byte(text), &w) != nil || w.Tokens.Family == "" {
		return
	}
	s.mu.Lock()
	held := s.tokens
	newer := w.Tokens.Turn > held.Turn || w.Tokens.Turn == held.Turn && held.Access == ""
	switch {
	case w.Tokens.Family != held.Family:
		s.mu.Unlock()
	case w.Ask:
		s.mu.Unlock()
		if held.Access != "" && held.Turn >= w.Tokens.Turn {
			s.tell(word{Tokens: held})
		}
	case newer && w.Tokens.Access != "":
		s.tokens = w.Tokens
		s.mu.Unlock()
		s.store(w.Tokens)
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
	s.mu.Lock()
	held := s.tokens
	s.mu.Unlock()
	if s.peers == nil || held.Family == "" {
		return func() {}, nil
	}
	if release, err = s.peers.Lock(ctx, "arxkeys.refresh."+held.Family); err != nil {
		return nil, err
	}
	select {
	case <-s.news: // of before
	default:
	}
	s.tell(word{Ask: true, Tokens: tokens{Family: held.Family, Turn: held.Turn}})
	select {
	case <-s.news:
	case <-time.After(patience):
	case <-ctx.Done():
	}
	return release, nil
}
