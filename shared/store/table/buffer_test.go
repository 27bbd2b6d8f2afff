package table

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// counted counts the writes to a connection.
type counted struct {
	net.Conn
	writes *atomic.Int32
}

func (c counted) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

// With one piece, net/http no longer uses the body when the response arrives, however early that is.
func TestRequestIsSentInOnePiece(t *testing.T) {
	var requests, writes atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		// More than is read with the head.
		w.Write([]byte(`{"Item": {"pk": {"S": "` + strings.Repeat("x", 64<<10) + `"}}}`))
	}))
	defer server.Close()
	bare := awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, address)
			return counted{conn, &writes}, err
		}
	})
	db := New(dynamodb.New(dynamodb.Options{
		Region:       defaultRegion,
		Credentials:  aws.CredentialsProviderFunc(credentials),
		BaseEndpoint: &server.URL,
		Retryer:      aws.NopRetryer{},
		HTTPClient:   BufferRequestBody(bare),
	}), "arxkeys")
	t.Setenv("AWS_ACCESS_KEY_ID", "local")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "local")
	const calls = 200
	for range calls {
		if _, err := db.Get(t.Context(), Credential("key_0123456789abcdef")); err != nil {
			t.Fatal(err)
		}
	}
	// The number of connections is not checked: on a busy machine another one may be opened before the last
	// is free.
	if requests.Load() < calls || writes.Load() != requests.Load() {
		t.Errorf("%d calls: %d requests in %d pieces", calls, requests.Load(), writes.Load())
	}
}
