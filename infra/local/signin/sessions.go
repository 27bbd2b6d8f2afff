package signin

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/private"
)

// sessions are the sessions of signed-in people. They are stored in a file, which contains digests and no tokens.
//
// A refresh token is the id of its session, a dot and a secret. Every refresh replaces the secret, and using an old
// one ends the session: either this token or its successor was stolen, and it cannot be known which.
type sessions struct {
	path string
	now  func() time.Time

	mu   sync.Mutex
	byID map[string]session
}

// session is the session of a person.
type session struct {
	Client  string    `json:"client"`
	Subject string    `json:"subject"`
	Scopes  []string  `json:"scopes"`
	At      time.Time `json:"at"`      // the time of the sign-in
	Expires time.Time `json:"expires"` // refreshes do not extend it
	Digest  string    `json:"digest"`  // SHA-256 of the current secret
}

var (
	errNoSession = errors.New("no such session")
	errReused    = errors.New("the refresh token was used before: the session has ended")
)

// loadSessions reads the sessions in a file. A missing file has none.
func loadSessions(path string, now func() time.Time) (*sessions, error) {
	s := &sessions{path: path, now: now, byID: map[string]session{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &s.byID); err != nil {
		return nil, fmt.Errorf("%s is unreadable (%w): delete it; everyone must sign in again", path, err)
	}
	return s, nil
}

// begin begins a session for a person who has just signed in, and returns its id and its first refresh token.
func (s *sessions) begin(e entrance) (id, token string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, secret := rand.Text(), rand.Text()+rand.Text()
	began := session{Client: e.Client, Subject: e.Person.Subject, Scopes: e.Scopes, At: e.At, Expires: e.At.Add(sessionLife), Digest: digest(secret)}
	if err := s.put(id, began); err != nil {
		return "", "", err
	}
	return id, id + "." + secret, nil
}

// rotate returns the client's session of a refresh token, and the next token. A token that is not the latest ends the
// session and returns errReused. An unknown token, and one of another client, returns errNoSession.
func (s *sessions) rotate(client, token string) (id string, current session, next string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, secret, _ := strings.Cut(token, ".")
	current, ok := s.byID[id]
	if !ok || current.Client != client || !s.now().Before(current.Expires) {
		return "", session{}, "", errNoSession
	}
	if subtle.ConstantTimeCompare([]byte(digest(secret)), []byte(current.Digest)) != 1 {
		return "", session{}, "", errors.Join(errReused, s.delete(id))
	}
	secret = rand.Text() + rand.Text()
	current.Digest = digest(secret)
	if err := s.put(id, current); err != nil {
		return "", session{}, "", err
	}
	return id, current, id + "." + secret, nil
}

// end ends a session, if it exists.
func (s *sessions) end(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.byID[id]; !ok {
		return nil
	}
	return s.delete(id)
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func (s *sessions) put(id string, current session) error {
	next := s.living()
	next[id] = current
	return s.save(next)
}

func (s *sessions) delete(id string) error {
	next := s.living()
	delete(next, id)
	return s.save(next)
}

// living returns a copy of the sessions that have not expired.
func (s *sessions) living() map[string]session {
	living := maps.Clone(s.byID)
	maps.DeleteFunc(living, func(_ string, x session) bool { return !s.now().Before(x.Expires) })
	return living
}

// save writes the sessions to the file, and only then replaces those in memory.
func (s *sessions) save(next map[string]session) error {
	text, err := json.Marshal(next)
	if err != nil {
		return err
	}
	if err := private.Write(s.path, text); err != nil {
		return fmt.Errorf("store sessions: %w", err)
	}
	s.byID = next
	return nil
}
