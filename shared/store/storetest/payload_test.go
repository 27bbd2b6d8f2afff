package storetest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/arxkeys/arxkeys/shared/store/table"
)

// DynamoDB recognizes attempts with one token only if they are identical: it rejects a token with another
// payload, though the change may have been made.
func TestAttemptsAtATransactionAreIdentical(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	var sent []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".GetItem") { // of the stamp
			fmt.Fprintf(w, `{"Item": {"format": {"N": "%d"}, "table": {"S": "arxkeys"}}}`, table.Format())
			return
		}
		mu.Lock()
		if sent = append(sent, string(body)); len(sent) == 4 {
			defer cancel() // the time is up
		}
		mu.Unlock()
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", server.URL)
	t.Setenv("AWS_ACCESS_KEY_ID", "local")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "local")
	t.Setenv("TABLE_NAME", "arxkeys")
	tx := new(table.Transaction)
	item := table.NewItem(table.Credential("key_0123456789abcdef"))
	for i := range 20 { // enough for the order of a map to show
		item.SetString(fmt.Sprint("attribute ", i), "x")
	}
	tx.Put(item)
	if err := table.FromEnv().Commit(ctx, tx); err == nil {
		t.Fatal("committed without a server")
	}
	server.Close() // an attempt that was given up may still be under way
	if len(sent) < 3 {
		t.Fatalf("%d attempts: the test proves nothing", len(sent))
	}
	for _, body := range sent[1:] {
		if body != sent[0] {
			t.Fatalf("an attempt sends\n%s\nthe first one sent\n%s", body, sent[0])
		}
	}
}
