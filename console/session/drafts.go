package session

import (
	"encoding/json"

	"github.com/arxkeys/arxkeys/shared/accesskey"
)

// draftsKey begins the keys of the drafts in the tab's sessionStorage.
const draftsKey = "draft/"

// Draft reads the draft of the name into the value, and reports whether there is one. A draft is
// what somebody has not finished on a page: it outlives a reload and the end of the session, belongs
// to one person in one tab, and is gone when anybody signs out.
func (s *Session) Draft(name string, v any) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	key, ok := s.draftKey(name)
	return ok && json.Unmarshal([]byte(s.tab.Get(key)), v) == nil
}

// KeepDraft keeps the value as the draft of the name. It keeps nothing while nobody is signed in,
// where the tab has no room, or where an access key or a management key was entered: no store of the
// browser holds one.
func (s *Session) KeepDraft(name string, v any) {
	text, err := json.Marshal(v)
	if err != nil || accesskey.Contains(string(text)) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if key, ok := s.draftKey(name); ok {
		s.tab.Set(key, string(text))
	}
}

// DropDraft removes the draft of the name.
func (s *Session) DropDraft(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if key, ok := s.draftKey(name); ok {
		s.tab.Remove(key)
	}
}

// draftKey returns where a draft of the person on whose page this is lies; not ok where it is
// nobody's.
func (s *Session) draftKey(name string) (key string, ok bool) {
	return s.draftsOf() + name, s.standing.State == SignedIn || s.standing.State == Ended
}

func (s *Session) draftsOf() string { return draftsKey + s.me.Principal.ID + "/" }
