package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// faults is a proxy in front of the engine that behaves like DynamoDB under load: no local engine has conflicts,
// throttling, or connections that break after the write was done.
type faults struct {
	engine string // its endpoint
	server *httptest.Server

	throttle float64       // share of calls that are throttled
	reset    float64       // share of calls whose connection breaks after the write
	stall    float64       // share of calls that are delayed
	stalled  time.Duration // how long they are delayed

	refuses atomic.Pointer[string] // throttle calls whose body contains it; nil: none

	mu       sync.Mutex
	inFlight map[string]int // transactions in progress by item: the more, the likelier is a conflict

	conflicts, throttles, resets, stalls atomic.Int64
}

// newFaults returns a proxy in front of the engine. It injects conflicts only; the caller may set the other rates
// before the first call.
func newFaults(engine string) *faults {
	f := &faults{engine: engine, inFlight: map[string]int{}}
	f.server = httptest.NewServer(f)
	return f
}

func (f *faults) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if text := f.refuses.Load(); rand.Float64() < f.throttle || text != nil && bytes.Contains(body, []byte(*text)) {
		f.throttles.Add(1)
		refuse(w, "ProvisionedThroughputExceededException", `"message": "slow down"`)
		return
	}
	if rand.Float64() < f.stall {
		f.stalls.Add(1)
		time.Sleep(f.stalled)
	}
	if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".TransactWriteItems") {
		items := touched(body)
		reasons, met := f.enter(items)
		defer f.leave(items)
		if met {
			f.conflicts.Add(1)
			refuse(w, "TransactionCanceledException", `"message": "conflict", "CancellationReasons": [`+strings.Join(reasons, ",")+`]`)
			return
		}
	}
	out, err := http.NewRequestWithContext(r.Context(), r.Method, f.engine+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		return
	}
	out.Header = r.Header.Clone()
	res, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || rand.Float64() < f.reset {
		f.resets.Add(1)
		panic(http.ErrAbortHandler) // closes the connection
	}
	for name, values := range res.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(res.StatusCode)
	w.Write(answer)
}

func refuse(w http.ResponseWriter, code, rest string) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(http.StatusBadRequest)
	fmt.Fprintf(w, `{"__type": "com.amazonaws.dynamodb.v20120810#%s", %s}`, code, rest)
}

// enter records that a transaction on the items is in progress, and returns for each item whether it conflicts with
// another.
func (f *faults) enter(items []string) (reasons []string, met bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, item := range items {
		others := f.inFlight[item]
		f.inFlight[item]++
		if others > 0 && rand.IntN(others+1) > 0 {
			met = true
			reasons = append(reasons, `{"Code": "TransactionConflict", "Message": "ongoing"}`)
		} else {
			reasons = append(reasons, `{"Code": "None"}`)
		}
	}
	return reasons, met
}

func (f *faults) leave(items []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, item := range items {
		if f.inFlight[item]--; f.inFlight[item] == 0 {
			delete(f.inFlight, item)
		}
	}
}

// touched returns the items that a transaction writes, one word each.
func touched(body []byte) (items []string) {
	type key struct {
		PK struct{ S string } `json:"pk"`
		SK struct{ S string } `json:"sk"`
	}
	var transaction struct {
		TransactItems []map[string]struct{ Item, Key *key }
	}
	if err := json.Unmarshal(body, &transaction); err != nil {
		panic(err)
	}
	for _, action := range transaction.TransactItems {
		for _, a := range action {
			at := a.Item
			if at == nil {
				at = a.Key
			}
			items = append(items, at.PK.S+" "+at.SK.S)
		}
	}
	return items
}
