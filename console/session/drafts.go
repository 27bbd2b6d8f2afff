package session

import (
	"encoding/json"

	"github.com/arxkeys/arxkeys/shared/accesskey"
)

// draftsKey is the prefix of the drafts' keys in sessionStorage.
const draftsKey = "draft/"

// Draft reads the draft with the name into v, and reports whether there is one. A draft is unfinished
// input of a page. It survives a reload and the end of the session, belongs to one person in one tab, and
// is deleted when anybody signs out.
func (s *Session) Draft(name string, v any) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	key, ok := s.draftKey(name)
	return ok && json.Unmarshal([]byte(s.tab.Get(key)), v) == nil
}

// KeepDraft stores v as the draft with the name. It stores nothing if nobody is signed in, if the storage
// is full, or if v contains an access key or a management key, which the browser must never store.
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

// DropDraft deletes the draft with the name.
func (s *Session) DropDraft(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if key, ok := s.draftKey(name); ok {
		s.tab.Remove(key)
	}
}

// draftKey returns the storage key of a draft of the person whose page this is, or false if nobody is
// signed in.
func (s *Session) draftKey(name string) (key string, ok bool) {
	return s.draftsOf() + name, s.standing.State == SignedIn || s.standing.State == Ended
}

func (s *Session) draftsOf() string { return draftsKey + s.me.Principal.ID + "/" }
