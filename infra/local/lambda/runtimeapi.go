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

// runtimeAPI serves the Lambda Runtime API, 2018-06-01, and what of the Extensions API, 2020-01-01, a runtime needs to
// be sent SIGTERM (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
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

// headTimeout is for how long a request may take to show its head.
const headTimeout = 10 * time.Second

// secretly serves below a path that names a secret, and refuses everything else, above all what a page of a browser may
// send: every program and every page of this machine reaches a port of it.
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

// next answers with an event, when there is one. Asking for it ends the invocation before it.
func (e *environment) next(w http.ResponseWriter, r *http.Request) {
	if !e.ask() {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "an event is being asked for already")
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

// ask makes the environment idle, and reports whether it was not asking already.
func (e *environment) ask() bool {
	f := e.f
	f.mu.Lock()
	defer f.mu.Unlock()
	if e.asking {
		return false
	}
	e.asking = true
	if _, here := f.environments[e]; !here {
		return true // its process ended with this request under way
	}
	if e.deadline != nil {
		e.deadline.Stop()
	}
	if e.current != nil {
		e.current.finish(nil, &Error{"Runtime.NoResponse", "the function asked for the next event without an answer to this one"})
		e.current = nil
	}
	if !e.initialised {
		e.initialised = true
		f.starting--
	}
	if e.ending {
		return true // it is given nothing any more
	}
	if e.retired {
		e.ending = true
		go e.shutdown()
		f.assign() // another one for who has waited for this
		return true
	}
	f.idle = append(f.idle, e)
	e.boredom = time.AfterFunc(f.config.IdleTimeout, e.bored)
	f.assign()
	return true
}

// stopAsking is for a connection that broke. What was given meanwhile goes to another environment.
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

// take makes the event the current one and returns its deadline. It reports false where the event has been given to
// another environment meanwhile, because this one's process has ended.
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

// response takes the answer to the current event.
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
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "not the event that was given")
	case tooLarge:
		refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", fmt.Sprintf("Exceeded maximum allowed payload size (%d bytes).", MaxPayloadBytes))
	default:
		accept(w)
	}
}

// failure takes the function's own error instead of an answer.
func (e *environment) failure(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, MaxPayloadBytes))
	if err != nil {
		return
	}
	if !e.answer(r.PathValue("id"), nil, functionError(r.Header.Get("Lambda-Runtime-Function-Error-Type"), body)) {
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "not the event that was given")
		return
	}
	accept(w)
}

// answer finishes the current event, and reports whether it is the one that is meant and was open.
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

// linger is for a process that has answered and does not ask for the next event: others are started beside it.
func (e *environment) linger(inv *invocation) {
	e.f.mu.Lock()
	defer e.f.mu.Unlock()
	if e.current == inv {
		e.lingering = true
		e.f.assign()
	}
}

// initError takes the reason for which a process ends before its first event.
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

// functionError reads an error as runtimes send it.
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

// register notes that an extension runs in the process. That is how a runtime asks to be sent SIGTERM.
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

// extensionNext never answers: an internal extension can't be told of events, only waits for the end.
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
