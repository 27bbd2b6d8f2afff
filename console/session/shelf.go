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

// Shelf keeps answers in the browser, in boxes. A box is one principal's own.
type Shelf interface {
	Boxes(ctx context.Context) []string
	Put(ctx context.Context, box, address string, answer client.Response) error
	Get(ctx context.Context, box, address string) (client.Response, bool)
	Prune(ctx context.Context, box string, before time.Time) // removes answers that came before then, and a box without any
	Remove(ctx context.Context, box string)
}

// keptAt is the header in which a kept answer says when it came.
const keptAt = "x-kept-at"

// cameBefore reports whether the kept answer came before then, or does not say when.
func cameBefore(kept string, then time.Time) bool {
	at, err := time.Parse(time.RFC3339, kept)
	return err != nil || at.Before(then)
}

// sweepEvery is how often answers are looked through for those that are too old.
const sweepEvery = 10 * time.Minute

// shelved is the shelf of a session: what its principal has read, for reading it again while the API
// can't be reached. Nothing on it is older than [MaxAge], and nothing of it outlives the sign-out.
type shelved struct {
	shelf Shelf // nil where there is none
	now   func() time.Time
	lives func(epoch) bool
	lock  func() (release func(), ok bool) // of all tabs: what one is putting when another signs out is removed
	turn  chan struct{}                    // in this tab one at a time, for the same reason
	box   string                           // whose answers are kept; empty for nobody's
}

// boxOf names the box of a principal, and does not tell who that is.
func boxOf(me api.Me) string {
	sum := sha256.Sum256([]byte(me.Tenant + "\x00" + me.Principal.Kind + "\x00" + me.Principal.ID))
	return "kept-" + base64.RawURLEncoding.EncodeToString(sum[:12])
}

// change changes the shelf while no other tab does, unless the session has ended since the epoch.
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

// open keeps what the principal reads from now on. What anybody else has left here is removed.
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

// find opens the box that the last principal here has left without signing out, if it is of a time
// at which they might still be signed in.
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

// wipe removes all that is kept, whoever's it is, and keeps nothing more.
func (s *shelved) wipe() {
	if s.shelf == nil {
		return
	}
	ctx := context.Background() // whoever asked for it does not wait any more
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	release, _ := s.lock() // without it too
	defer release()
	s.box = ""
	for _, box := range s.shelf.Boxes(ctx) {
		s.shelf.Remove(ctx, box)
	}
}

// sweep removes the answers of all boxes that are older than [MaxAge].
func (s *shelved) sweep(ctx context.Context) {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	release, ok := s.lock()
	defer release()
	if !ok {
		return // the next time
	}
	for _, box := range s.shelf.Boxes(ctx) {
		s.shelf.Prune(ctx, box, s.now().Add(-MaxAge))
	}
}

// sweepShelf sweeps for as long as the page lives.
func (s *Session) sweepShelf() {
	for s.shelved.shelf != nil {
		s.shelved.sweep(context.Background())
		s.sleep(sweepEvery)
	}
}

// holdsSecret reports whether there is an access key or a management key in the text. No answer to
// GET holds one: this is the second lock of that door.
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

// put keeps the answer, if it is one to keep: a good one, to a GET of the API.
func (s *shelved) put(ctx context.Context, e epoch, r client.Request, answer client.Response) {
	if s.shelf == nil || r.Method != "GET" || answer.Status != 200 || holdsSecret(string(answer.Body)) {
		return
	}
	kept := client.Response{Status: 200, Body: answer.Body, Header: map[string]string{
		"content-type": answer.Get("Content-Type"), "etag": answer.Get("ETag"), keptAt: s.now().UTC().Format(time.RFC3339),
	}}
	s.change(e, func() {
		if s.box != "" {
			s.shelf.Put(ctx, s.box, address(r.URL), kept) // a full disk keeps less, and breaks nothing
		}
	})
}

// look returns what is kept of the request, and when it came.
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
	at, _ := time.Parse(time.RFC3339, kept.Get(keptAt)) // cameBefore has read it
	return kept, at, true
}

// address is the request's without the origin.
func address(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		if at := strings.Index(rest, "/"); at >= 0 {
			return rest[at:]
		}
	}
	return url
}
