package session

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Outage is a time during which the API can't be reached. Answers that the person has read before can
// be read again; nothing can be changed.
type Outage struct {
	Since time.Time
	Kept  time.Time // when the oldest of the kept answers on the screen was received; zero if there is none
	Err   error     // why the API can't be reached
}

// retryEvery is how often the session checks whether an outage is over.
const retryEvery = 10 * time.Second

// whileOut is the reason that actions show during an outage.
const whileOut = "Changes wait until Arxkeys can be reached again."

// outliving is a transport that keeps the API's answers. If a call gets no answer, it returns the kept
// one, with all actions withheld.
type outliving struct {
	session *Session
	epoch   epoch
	inner   client.Transport
}

// Do sends the request, or answers it from the shelf.
func (t outliving) Do(ctx context.Context, r client.Request) (client.Response, error) {
	s := t.session
	if at, _ := bearerOf(r); at < 0 {
		if o := s.Standing().Outage; o != nil { // the access token could not even be refreshed
			return s.instead(ctx, t.epoch, r, client.Response{}, o.Err)
		}
	}
	answer, err := t.inner.Do(ctx, r)
	switch {
	case s.signedOutSince(t.epoch):
		return client.Response{}, errOver // the answer must not reach a page
	case ctx.Err() != nil:
		return answer, err // the caller has gone
	case err != nil && problem.Is(err, problem.Unauthenticated):
		return answer, err
	case err != nil:
		return s.instead(ctx, t.epoch, r, answer, err)
	case answer.Status == 502 || answer.Status == 503 || answer.Status == 504:
		return s.instead(ctx, t.epoch, r, answer, nil)
	}
	s.shelved.put(ctx, t.epoch, r, answer)
	return answer, nil
}

// instead answers from the shelf if no usable answer came. If an answer came but nothing is kept, it
// returns that answer: perhaps only this one operation is out of order.
func (s *Session) instead(ctx context.Context, e epoch, r client.Request, answer client.Response, err error) (client.Response, error) {
	kept, at, ok := s.shelved.look(ctx, r)
	if err == nil && !ok {
		return answer, nil
	}
	if err == nil {
		err = problem.New(problem.Unavailable, "The API can’t answer just now.")
	}
	s.lose(e, err, at)
	if !ok {
		return client.Response{}, outOfReach{err}
	}
	kept.Body = withhold(kept.Body)
	return kept, nil
}

// outOfReach is the error of a call that got no answer because of an outage.
type outOfReach struct{ error }

func (e outOfReach) Unwrap() error { return e.error }

// ByOutage reports whether the call failed because of an outage. The session's standing describes it.
func ByOutage(err error) bool {
	var e outOfReach
	return errors.As(err, &e)
}

// withhold marks all actions in an answer as not allowed, with the reason.
func withhold(body []byte) []byte {
	var answer any
	if json.Unmarshal(body, &answer) != nil {
		return body
	}
	refuse(answer)
	without, err := json.Marshal(answer)
	if err != nil {
		return body
	}
	return without
}

func refuse(value any) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			refuse(item)
		}
	case map[string]any:
		can, ok := v["can"].(map[string]any)
		why := map[string]any{}
		for action := range can {
			if !strings.Contains(action, ".") && !strings.HasPrefix(action, "read") { // permissions to read stay
				can[action], why[action] = false, whileOut
			}
		}
		if ok && len(why) > 0 {
			v["why"] = why
		}
		for _, item := range v {
			refuse(item)
		}
	}
}

// lose records that the API can't be reached, and starts to retry. Kept is when the answer shown instead
// was received; zero if there is none.
func (s *Session) lose(e epoch, err error, kept time.Time) {
	watched := true
	ok := s.within(e, func() {
		o := Outage{Since: s.now(), Err: err, Kept: kept}
		if before := s.standing.Outage; before != nil {
			o.Since = before.Since
			if kept.IsZero() || !before.Kept.IsZero() && before.Kept.Before(kept) {
				o.Kept = before.Kept
			}
		}
		s.standing.Outage = &o
		watched, s.watched = s.watched, true
	})
	if ok {
		s.changed()
	}
	if !watched {
		go s.watchOutage()
	}
}

// regain records that the API answers again. Only a retry calls it: if a single operation is out of
// order, any other answer would end the outage, and the next page would begin it again.
func (s *Session) regain(e epoch) {
	if s.within(e, func() { s.standing.Outage = nil }) {
		s.changed()
	}
}

func (s *Session) watchOutage() {
	for s.Standing().Outage != nil {
		s.sleep(retryEvery)
		s.Retry(context.Background())
	}
	s.mu.Lock()
	s.watched = false
	s.mu.Unlock()
}

// Retry checks now whether an outage is over. If the session started during the outage, it signs in.
func (s *Session) Retry(ctx context.Context) {
	e := s.present()
	if s.Standing().Outage == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, renewalTimeout)
	defer cancel()
	if s.holds() {
		bearer, err := s.bearer(ctx, e)
		if err != nil {
			return
		}
		answer, err := retrying{s, e}.Do(ctx, client.Request{Method: "GET", URL: s.tab.Origin() + api.GetMe.Path, Header: [][2]string{{"Authorization", "Bearer " + bearer}}})
		if err == nil && answer.Status < 500 {
			s.regain(e)
		}
		return
	}
	if st := s.start(ctx, e); st.State == SignedOut || st.State == SignedIn && s.holds() {
		st.Outage = nil
		s.stand(e, st)
	}
}

// authorize returns the bearer token of a call. It is empty if an outage prevents the refresh; the shelf
// then answers the call.
func (s *Session) authorize(ctx context.Context, e epoch) (string, error) {
	outage := false
	if !s.within(e, func() { outage = s.standing.Outage != nil && s.tokens.Access == "" && s.tokens.Refresh == "" }) {
		return "", errOver
	}
	if outage {
		return "", nil // the session started during the outage: the tab may still hold a refresh token for later
	}
	bearer, err := s.bearer(ctx, e)
	if err != nil && problem.Is(err, problem.Unavailable) {
		s.lose(e, err, time.Time{})
		return "", nil
	}
	return bearer, err
}
