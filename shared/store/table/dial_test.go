package table

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestFirstCallsUseTheOpenConnections(t *testing.T) {
	var connections, greetings atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			greetings.Add(1)
			if r.Header.Get("Authorization") != "" || r.Header.Get("X-Amz-Target") != "" {
				t.Errorf("the request has headers of a signed call: %v", r.Header)
			}
			w.WriteHeader(http.StatusNotFound) // whatever it is
			w.Write([]byte("healthy"))
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.Write([]byte(`{"Item": {"pk": {"S": "cred#key_0123456789abcdef"}}}`))
	}))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", server.URL)
	t.Setenv("AWS_ACCESS_KEY_ID", "local")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "local")

	db, connected := ConnectingFromEnv(2)
	connected()
	if greetings.Load() != 2 || connections.Load() != 2 {
		t.Errorf("%d greetings over %d connections", greetings.Load(), connections.Load())
	}
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			if item, err := db.Get(t.Context(), Credential("key_0123456789abcdef")); err != nil || len(item) == 0 {
				t.Errorf("%v, %v", item, err)
			}
		})
	}
	group.Wait()
	if greetings.Load() != 2 || connections.Load() != 2 {
		t.Errorf("after the first calls: %d greetings over %d connections", greetings.Load(), connections.Load())
	}
}

func TestStartContinuesWithoutAResponse(t *testing.T) {
	release := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer silent.Close()
	defer close(release)
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, endpoint := range []string{silent.URL, gone.URL, "http://%zz"} {
		t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
		started := make(chan *Table)
		go func() {
			db, connected := ConnectingFromEnv(2)
			connected()
			started <- db
		}()
		select {
		case db := <-started:
			if db == nil {
				t.Errorf("%s: no table returned", endpoint)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s: the start hangs", endpoint)
		}
	}
}
