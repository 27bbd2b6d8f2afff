package session

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// Shelf keeps answers in the browser. Each principal has a box of their own.
type Shelf interface {
	Boxes(ctx context.Context) []string
	Put(ctx context.Context, box, address string, answer client.Response) error
	Get(ctx context.Context, box, address string) (client.Response, bool)
	Prune(ctx context.Context, box string, before time.Time) // deletes the answers received before then, and the box if it becomes empty
	Remove(ctx context.Context, box string)
}

// keptAt is the header of a kept answer with the time at which it was received.
const keptAt = "x-kept-at"

// cameBefore reports whether the kept answer was received before then, or does not say when.
func cameBefore(kept string, then time.Time) bool {
	at, err := time.Parse(time.RFC3339, kept)
	return err != nil || at.Before(then)
}

// sweepEvery is how often answers that are too old are deleted.
const sweepEvery = 10 * time.Minute

// shelved is the shelf of a session. It keeps the answers that the principal has read, for reading them
// again while the API can't be reached. They are at most [MaxAge] old, and are deleted at sign-out.
type shelved struct {
	shelf Shelf // may be nil
	now   func() time.Time
	lives func(epoch) bool
	lock  func() (release func(), ok bool) // across all tabs, so that a sign-out also deletes what another tab is just writing
	turn  chan struct{}                    // likewise within this tab
	box   string                           // of the principal whose answers are kept; empty if none are
}

// boxOf returns the name of a principal's box, which does not reveal who that is.
func boxOf(me api.Me) string {
	sum := sha256.Sum256([]byte(me.Tenant + "\x00" + me.Principal.Kind + "\x00" + me.Principal.ID))
	return "kept-" + base64.RawURLEncoding.EncodeToString(sum[:12])
}

// change changes the shelf exclusively, unless the session has ended since the epoch.
func (s *shelved) change(e epoch, do func()) {
	if s.shelf == nil {
		return
	}
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	release, ok := s.lock()
	defer release()
	if ok && s.lives(e) {
		do()
	}
}

// open starts to keep the principal's answers, and deletes the boxes of everybody else.
func (s *shelved) open(ctx context.Context, e epoch, me api.Me) {
	s.change(e, func() {
		s.box = boxOf(me)
		for _, box := range s.shelf.Boxes(ctx) {
			if box != s.box {
				s.shelf.Remove(ctx, box)
			}
		}
	})
}

// find opens the box of the last principal, if they have not signed out and their session may not have
// expired yet.
func (s *shelved) find(ctx context.Context, e epoch) (found bool) {
	s.change(e, func() {
		for _, box := range s.shelf.Boxes(ctx) {
			s.box = box
			if _, _, found = s.get(ctx, api.GetMe.Path); found {
				return
			}
			s.shelf.Remove(ctx, box)
		}
		s.box = ""
	})
	return found
}

// wipe deletes all boxes, and stops keeping answers.
func (s *shelved) wipe() {
	if s.shelf == nil {
		return
	}
	ctx := context.Background() // must complete even if the caller has gone
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	release, _ := s.lock() // wipe even without the lock
	defer release()
	s.box = ""
	for _, box := range s.shelf.Boxes(ctx) {
		s.shelf.Remove(ctx, box)
	}
}

// sweep deletes the answers older than [MaxAge] from all boxes.
func (s *shelved) sweep(ctx context.Context) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	release, ok := s.lock()
	defer release()
	if !ok {
		return // the next sweep will do it
	}
	for _, box := range s.shelf.Boxes(ctx) {
		s.shelf.Prune(ctx, box, s.now().Add(-MaxAge))
	}
}

// sweepShelf sweeps for the lifetime of the page.
func (s *Session) sweepShelf() {
	for s.shelved.shelf != nil {
		s.shelved.sweep(context.Background())
		s.sleep(sweepEvery)
	}
}

// holdsSecret reports whether the text contains an access key or a management key. No answer to a GET
// does; this check is defense in depth.
func holdsSecret(text string) bool {
	for {
		_, rest, found := strings.Cut(text, "arx")
		if !found {
			return false
		}
		text = rest
		if !strings.HasPrefix(rest, "k_") && !strings.HasPrefix(rest, "m_") {
			continue
		}
		end := strings.IndexFunc(rest, func(r rune) bool {
			return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
		})
		if end > 60 || end < 0 && len(rest) > 60 {
			return true
		}
	}
}

// put keeps the answer if it is a successful one to a GET of the API.
func (s *shelved) put(ctx context.Context, e epoch, r client.Request, answer client.Response) {
	if s.shelf == nil || r.Method != "GET" || answer.Status != 200 || holdsSecret(string(answer.Body)) {
		return
	}
	kept := client.Response{Status: 200, Body: answer.Body, Header: map[string]string{
		"content-type": answer.Get("Content-Type"), "etag": answer.Get("ETag"), keptAt: s.now().UTC().Format(time.RFC3339),
	}}
	s.change(e, func() {
		if s.box != "" {
			s.shelf.Put(ctx, s.box, address(r.URL), kept) // a full disk only means that less is kept
		}
	})
}

// look returns the kept answer to the request, and when it was received.
func (s *shelved) look(ctx context.Context, r client.Request) (client.Response, time.Time, bool) {
	if s.shelf == nil || r.Method != "GET" {
		return client.Response{}, time.Time{}, false
	}
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	return s.get(ctx, address(r.URL))
}

func (s *shelved) get(ctx context.Context, address string) (client.Response, time.Time, bool) {
	if s.box == "" {
		return client.Response{}, time.Time{}, false
	}
	kept, ok := s.shelf.Get(ctx, s.box, address)
	if !ok {
		return client.Response{}, time.Time{}, false
	}
	if oldest := s.now().Add(-MaxAge); cameBefore(kept.Get(keptAt), oldest) {
		s.shelf.Prune(ctx, s.box, oldest)
		return client.Response{}, time.Time{}, false
	}
	at, _ := time.Parse(time.RFC3339, kept.Get(keptAt)) // cameBefore has parsed it without error
	return kept, at, true
}

// address returns the URL without its origin.
func address(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		if at := strings.Index(rest, "/"); at >= 0 {
			return rest[at:]
		}
	}
	return url
}
