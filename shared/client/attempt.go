//go:build !js

package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
)

const (
	maxAttempts     = 2
	pause           = 50 * time.Millisecond // before the second attempt
	maxVerdictBytes = 1 << 20
	maxKeyBytes     = 512 // the API refuses longer ones
)

// attempts asks, if need be twice, and returns how often it has asked.
func (v *Verifier) attempts(ctx context.Context, key string, q Question) (Verdict, int, error) {
	if key == "" || len(key) > maxKeyBytes {
		return Verdict{Code: api.CodeMalformed}, 0, nil
	}
	body, err := json.Marshal(q.request(key))
	if err != nil {
		return Verdict{}, 0, &UndecidedError{cause: errors.New("the question can’t be encoded as JSON")}
	}
	ctx, cancel := context.WithTimeout(ctx, v.timeout)
	defer cancel()
	for n := 1; ; n++ {
		a := v.attempt(ctx, body, q.Arx)
		if a.err == nil {
			return a.verdict, n, nil
		}
		if n == maxAttempts || !a.repeatable || !wait(ctx, max(pause, a.after)) {
			return Verdict{}, n, a.err
		}
	}
}

// wait waits, if the time suffices, and reports whether it has.
func wait(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// attempt is the result of one request.
type attempt struct {
	verdict    Verdict
	err        error
	repeatable bool          // nothing can have been charged
	after      time.Duration // when to repeat it
}

// attempt sends one request.
func (v *Verifier) attempt(ctx context.Context, body []byte, arx string) attempt {
	// A transport that does not report its connections is never repeated.
	var asked, connected atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	request, err := http.NewRequestWithContext(traced, api.VerifyKey.Method, v.url, bytes.NewReader(body))
	if err != nil {
		return attempt{err: &UndecidedError{cause: err}}
	}
	request.Header.Set("Authorization", v.authorize())
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	response, err := v.http.Do(request)
	if err != nil {
		return attempt{
			err:        &UndecidedError{cause: unwrapped(err)},
			repeatable: asked.Load() && !connected.Load() && ctx.Err() == nil && !isTimeout(err),
		}
	}
	defer response.Body.Close()
	undecided := func(cause error) *UndecidedError {
		return &UndecidedError{Status: response.StatusCode, RequestID: response.Header.Get("X-Request-Id"), cause: cause}
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxVerdictBytes+1))
	switch {
	case response.StatusCode == http.StatusTooManyRequests:
		after, ok := throttledFor(response.Header)
		return attempt{err: undecided(errors.New("status 429")), repeatable: ok, after: after}
	case response.StatusCode != http.StatusOK:
		return attempt{err: undecided(fmt.Errorf("status %d", response.StatusCode))}
	case err != nil:
		return attempt{err: undecided(fmt.Errorf("read response: %w", err))}
	case len(text) > maxVerdictBytes:
		return attempt{err: undecided(fmt.Errorf("the response exceeds %d bytes", maxVerdictBytes))}
	}
	verdict, err := readVerdict(text, arx)
	if err != nil {
		return attempt{err: undecided(err)}
	}
	return attempt{verdict: verdict}
}

// throttledFor returns when to repeat a throttled request, and false if not at all.
func throttledFor(h http.Header) (time.Duration, bool) {
	values := h.Values("Retry-After")
	if len(values) == 0 {
		return 0, true
	}
	seconds, err := strconv.ParseUint(values[0], 10, 31)
	return time.Duration(seconds) * time.Second, err == nil && len(values) == 1
}

// unwrapped returns the error without method and URL, which say nothing new.
func unwrapped(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

func isTimeout(err error) bool {
	n, ok := errors.AsType[net.Error](err)
	return ok && n.Timeout()
}

// readVerdict decodes a verdict, and refuses one that contradicts itself or the question.
func readVerdict(text []byte, arx string) (Verdict, error) {
	var in struct {
		api.Verification
		Valid *bool `json:"valid"`
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return Verdict{}, errors.New("the response is not a verdict in JSON")
	}
	v := in.Verification
	if in.Valid == nil || v.Code == "" {
		return Verdict{}, errors.New("the verdict is incomplete")
	}
	v.Valid = *in.Valid
	switch {
	case v.Valid != (v.Code == api.CodeValid):
		return Verdict{}, fmt.Errorf("the verdict contradicts itself: valid is %t, the code is %q", v.Valid, v.Code)
	case !v.Valid:
		return v, nil
	case v.Key == nil || v.Key.ID == "" || v.Application == nil || v.Application.ID == "" || v.Arx == nil || v.Arx.ID == "":
		return Verdict{}, errors.New("the verdict is incomplete: it names no key, application or Arx")
	case arx != AnyArx && v.Arx.ID != arx:
		return Verdict{}, fmt.Errorf("the verdict is about the Arx %q, which was not asked for", v.Arx.ID)
	}
	return v, nil
}
