package session

import (
	"context"
	"strings"

	"github.com/arxkeys/arxkeys/shared/client"
)

// retrying is a transport that answers a 401 by refreshing the access token, which may have expired early
// by the server's clock, and sending the call once more. A 401 to a fresh token ends the session.
type retrying struct {
	session *Session
	epoch   epoch
}

// Do sends the request, and once more with another bearer token if the first is refused.
func (t retrying) Do(ctx context.Context, r client.Request) (client.Response, error) {
	answer, err := t.session.transport.Do(ctx, r)
	if err != nil || answer.Status != 401 {
		return answer, err
	}
	at, presented := bearerOf(r)
	if at < 0 {
		return answer, nil
	}
	if err := t.session.renew(ctx, t.epoch, presented); err != nil {
		return client.Response{}, err
	}
	fresh, err := t.session.bearer(ctx, t.epoch)
	if err != nil {
		return client.Response{}, err
	}
	header := append([][2]string(nil), r.Header...)
	header[at] = [2]string{"Authorization", "Bearer " + fresh}
	r.Header = header
	answer, err = t.session.transport.Do(ctx, r)
	if err == nil && answer.Status == 401 {
		t.session.end(t.epoch, errOver)
	}
	return answer, err
}

// bearerOf returns the index of the header with a bearer token, and the token; -1 if there is none.
func bearerOf(r client.Request) (at int, bearer string) {
	for i, h := range r.Header {
		if bearer, ok := strings.CutPrefix(h[1], "Bearer "); ok && h[0] == "Authorization" {
			return i, bearer
		}
	}
	return -1, ""
}
