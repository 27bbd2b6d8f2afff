package lambda

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/infra/local/loopback"
)

// runtimeAPI serves the Lambda Runtime API, 2018-06-01, and the parts of the Extensions API, 2020-01-01, that a runtime
// needs to receive SIGTERM (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
func (e *environment) runtimeAPI() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", e.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", e.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", e.failure)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", e.initError)
	mux.HandleFunc("POST /2020-01-01/extension/register", e.register)
	mux.HandleFunc("GET /2020-01-01/extension/event/next", e.extensionNext)
	return mux
}

// headTimeout is how long a request's header may take to arrive.
const headTimeout = 10 * time.Second

// secretly serves the API under a path that contains a secret, and refuses everything else, because every program on
// this machine, and every page in its browsers, can reach the port.
func secretly(secret string, api http.Handler) http.Handler {
	api = http.StripPrefix("/"+secret, api)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		if subtle.ConstantTimeCompare([]byte(given), []byte(secret)) != 1 || !loopback.IsHost(r) || loopback.FromBrowser(r) {
			refuse(w, http.StatusForbidden, "AccessDenied", "this is the Runtime API of another process")
			return
		}
		api.ServeHTTP(w, r)
	})
}

// next responds with an event when there is one. The request for it ends the previous invocation.
func (e *environment) next(w http.ResponseWriter, r *http.Request) {
	if !e.ask() {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "another request for the next event is in progress")
		return
	}
	var inv *invocation
	select {
	case inv = <-e.work:
	case <-r.Context().Done():
		e.stopAsking()
		return
	}
	deadline, mine := e.take(inv)
	if !mine {
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(deadline.UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:"+e.f.config.Region+":000000000000:function:"+e.f.config.Name)
	h.Set("Lambda-Runtime-Trace-Id", inv.trace)
	w.Write(inv.event)
}

// ask makes the environment idle. It reports false if a request for the next event is already in progress.
func (e *environment) ask() bool {
	f := e.f
	f.mu.Lock()
	defer f.mu.Unlock()
	if e.asking {
		return false
	}
	e.asking = true
	if _, here := f.environments[e]; !here {
		return true // its process ended during this request
	}
	if e.deadline != nil {
		e.deadline.Stop()
	}
	if e.current != nil {
		e.current.finish(nil, &Error{"Runtime.NoResponse", "the function asked for the next event without a response to this one"})
		e.current = nil
	}
	if !e.initialised {
		e.initialised = true
		f.starting--
	}
	if e.ending {
		return true // it receives no more events
	}
	if e.retired {
		e.ending = true
		go e.shutdown()
		f.assign() // start another one for events that waited for this one
		return true
	}
	f.idle = append(f.idle, e)
	e.boredom = time.AfterFunc(f.config.IdleTimeout, e.bored)
	f.assign()
	return true
}

// stopAsking is for a broken connection. An event that was sent meanwhile goes to another environment.
func (e *environment) stopAsking() {
	f := e.f
	f.mu.Lock()
	defer f.mu.Unlock()
	e.asking = false
	f.rest(e)
	if e.given == nil {
		return
	}
	<-e.work
	f.waiting = append([]*invocation{e.given}, f.waiting...)
	e.given = nil
	f.assign()
}

// take makes the event the current one and returns its deadline. It reports false if the process has ended and the
// event was sent to another environment meanwhile.
func (e *environment) take(inv *invocation) (deadline time.Time, mine bool) {
	f := e.f
	f.mu.Lock()
	defer f.mu.Unlock()
	e.asking = false
	if e.given != inv {
		return time.Time{}, false
	}
	e.given, e.current, e.lingering = nil, inv, false
	inv.result.Cold = !e.used
	e.used = true
	e.deadline = time.AfterFunc(f.config.Timeout, func() { e.expire(inv, f.config.Timeout) })
	return time.Now().Add(f.config.Timeout), true
}

// response receives the response to the current event.
func (e *environment) response(w http.ResponseWriter, r *http.Request) {
	payload, err := io.ReadAll(io.LimitReader(r.Body, MaxPayloadBytes+1))
	if err != nil {
		return // the process is dying
	}
	tooLarge := len(payload) > MaxPayloadBytes
	var failed error
	if kind := r.Trailer.Get("Lambda-Runtime-Function-Error-Type"); tooLarge {
		failed = &Error{"Function.ResponseSizeTooLarge", fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", MaxPayloadBytes)}
	} else if kind != "" { // it failed while it was writing
		body, _ := base64.StdEncoding.DecodeString(r.Trailer.Get("Lambda-Runtime-Function-Error-Body"))
		failed = functionError(kind, body)
	}
	if failed != nil {
		payload = nil
	}
	switch {
	case !e.answer(r.PathValue("id"), payload, failed):
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "this is not the current event")
	case tooLarge:
		refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", fmt.Sprintf("Exceeded maximum allowed payload size (%d bytes).", MaxPayloadBytes))
	default:
		accept(w)
	}
}

// failure receives the function's error instead of a response.
func (e *environment) failure(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxPayloadBytes))
	if err != nil {
		return
	}
	if !e.answer(r.PathValue("id"), nil, functionError(r.Header.Get("Lambda-Runtime-Function-Error-Type"), body)) {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "this is not the current event")
		return
	}
	accept(w)
}

// answer finishes the current event. It reports false if the id is not that of the current event, or the event was
// finished before.
func (e *environment) answer(id string, payload []byte, err error) bool {
	e.f.mu.Lock()
	defer e.f.mu.Unlock()
	if e.current == nil || e.current.id != id || e.current.answered() {
		return false
	}
	inv := e.current
	inv.finish(payload, err)
	time.AfterFunc(finishGrace, func() { e.linger(inv) })
	return true
}

// linger marks an environment that has responded and does not ask for the next event, so that others are started.
func (e *environment) linger(inv *invocation) {
	e.f.mu.Lock()
	defer e.f.mu.Unlock()
	if e.current == inv {
		e.lingering = true
		e.f.assign()
	}
}

// initError receives the reason why a process exits before its first event.
func (e *environment) initError(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxPayloadBytes))
	if err != nil {
		return
	}
	e.f.mu.Lock()
	e.why = functionError(r.Header.Get("Lambda-Runtime-Function-Error-Type"), body)
	e.f.mu.Unlock()
	accept(w)
}

// functionError parses an error in the form that runtimes send.
func functionError(kind string, body []byte) *Error {
	var sent struct {
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		sent.Message = string(body)
	}
	if sent.Type == "" {
		sent.Type = kind
	}
	if sent.Type == "" {
		sent.Type = "Runtime.Unknown"
	}
	return &Error{sent.Type, sent.Message}
}

// register records that an extension runs in the process. This is how a runtime registers for SIGTERM.
func (e *environment) register(w http.ResponseWriter, r *http.Request) {
	e.f.mu.Lock()
	e.wantsTerm = true
	e.f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Lambda-Extension-Identifier", uuid())
	json.NewEncoder(w).Encode(map[string]string{
		"functionName": e.f.config.Name, "functionVersion": "$LATEST", "handler": "bootstrap",
	})
}

// extensionNext never responds: an internal extension receives no events, and only waits for the end.
func (e *environment) extensionNext(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func accept(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	io.WriteString(w, `{"status":"OK"}`)
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"errorType": kind, "errorMessage": message})
}
