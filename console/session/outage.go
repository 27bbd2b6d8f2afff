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

// Outage is the time in which the API can't be reached. What a person has read before can be read
// again, and nothing can be changed.
type Outage struct {
	Since time.Time
	Kept  time.Time // when the oldest answer came that is shown in its place; zero where none is
	Err   error     // why
}

// retryEvery is how often an outage is tried to be over.
const retryEvery = 10 * time.Second

// whileOut is why nothing can be changed.
const whileOut = "Changes wait until Arxkeys can be reached again."

// outliving carries the calls of the session's client. Answers are kept as they come; where none
// comes, what is kept stands in, marked so that nothing can be done with it.
type outliving struct {
	session *Session
	epoch   epoch
	inner   client.Transport
}

// Do carries the request, or answers it from the shelf.
func (t outliving) Do(ctx context.Context, r client.Request) (client.Response, error) {
	s := t.session
	if at, _ := bearerOf(r); at < 0 {
		if o := s.Standing().Outage; o != nil { // not even the sign-in could be refreshed
			return s.instead(ctx, t.epoch, r, client.Response{}, o.Err)
		}
	}
	answer, err := t.inner.Do(ctx, r)
	switch {
	case s.signedOutSince(t.epoch):
		return client.Response{}, errOver // nobody is to see it
	case ctx.Err() != nil:
		return answer, err // nobody waits for it
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

// instead answers from the shelf in the place of an answer that did not come or was of no use. One
// that came, and has nothing in its place, stays what it is: only this one thing may be out of order.
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

// outOfReach is the error of a call that an outage kept from being answered.
type outOfReach struct{ error }

func (e outOfReach) Unwrap() error { return e.error }

// ByOutage reports whether the call failed by an outage, of which the session's standing tells.
func ByOutage(err error) bool {
	var e outOfReach
	return errors.As(err, &e)
}

// withhold takes from an answer what could be done with what it shows, and says why.
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
			if !strings.Contains(action, ".") && !strings.HasPrefix(action, "read") { // a permission says what may be read too
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

// lose marks that the API can't be reached, and tries from then on whether it can. Kept is when the
// answer came that is shown instead; zero for none.
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

// regain marks that the API answers again. Only a try does: while one thing is out of order and
// others are not, every answer would end the outage and every page would begin it again.
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

// Retry tries now whether an outage is over. Where the session began within it, it is signed in.
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

// authorize returns the bearer of a call. Where an outage keeps it from being refreshed there is
// none, and the call is answered from the shelf.
func (s *Session) authorize(ctx context.Context, e epoch) (string, error) {
	outage := false
	if !s.within(e, func() { outage = s.standing.Outage != nil && s.tokens.Access == "" && s.tokens.Refresh == "" }) {
		return "", errOver
	}
	if outage {
		return "", nil // it began within the outage: the tab may hold what to sign in with, later
	}
	bearer, err := s.bearer(ctx, e)
	if err != nil && problem.Is(err, problem.Unavailable) {
		s.lose(e, err, time.Time{})
		return "", nil
	}
	return bearer, err
}
