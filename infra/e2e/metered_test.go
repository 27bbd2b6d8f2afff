package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// metered stands between functions and the engine, and counts what their calls cost.
type metered struct {
	*httptest.Server

	mu          sync.Mutex
	calls       int
	read, write float64 // units of capacity
}

// newMetered returns one in front of the engine at the address.
func newMetered(b *testing.B, engine string) *metered {
	b.Helper()
	to, err := url.Parse(engine)
	if err != nil {
		b.Fatal(err)
	}
	m := &metered{}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ModifyResponse = m.spend
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		// Nobody asks for the capacity but this. The engine looks at no signature.
		body = bytes.Replace(body, []byte("{"), []byte(`{"ReturnConsumedCapacity":"TOTAL",`), 1)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		r.Host = to.Host
		proxy.ServeHTTP(w, r)
	}))
	b.Cleanup(m.Close)
	return m
}

// spend notes what a call has cost.
func (m *metered) spend(res *http.Response) error {
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	_, action, known := strings.Cut(res.Request.Header.Get("X-Amz-Target"), ".")
	if !known || res.StatusCode != http.StatusOK {
		return nil
	}
	type capacity struct{ CapacityUnits float64 }
	var one struct{ ConsumedCapacity capacity }
	var many struct{ ConsumedCapacity []capacity }
	units := 0.0
	if json.Unmarshal(body, &one) == nil {
		units = one.ConsumedCapacity.CapacityUnits
	} else if err := json.Unmarshal(body, &many); err != nil {
		return err
	}
	for _, c := range many.ConsumedCapacity {
		units += c.CapacityUnits
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.calls++
	if action == "Query" || strings.HasSuffix(action, "GetItem") {
		m.read += units
	} else {
		m.write += units
	}
	return nil
}

// reset begins to count anew, and returns what was spent.
func (m *metered) reset() (calls int, read, write float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	calls, read, write = m.calls, m.read, m.write
	m.calls, m.read, m.write = 0, 0, 0
	return calls, read, write
}
