package table

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// dialer returns a dial function with a short timeout, so that an unreachable endpoint leaves time for a
// retry.
func dialer(timeout time.Duration) func(context.Context, string, string) (net.Conn, error) {
	return (&net.Dialer{Timeout: timeout, KeepAlive: 30 * time.Second}).DialContext
}

// warmTimeout bounds how long the start of a function waits for connections.
const warmTimeout = 500 * time.Millisecond

// connect opens connections before they are needed: Lambda gives a function more CPU while it starts, and
// TLS reads its root certificates only once.
//
// It sends an unsigned GET, which DynamoDB answers with a health message, and which leaves an idle
// connection behind. The request needs no permission, and its result is ignored.
func connect(o dynamodb.Options, connections int) {
	ctx, cancel := context.WithTimeout(context.Background(), warmTimeout)
	defer cancel()
	where := dynamodb.EndpointParameters{Region: &o.Region, Endpoint: o.BaseEndpoint}
	endpoint, err := o.EndpointResolverV2.ResolveEndpoint(ctx, where.WithDefaults())
	if err != nil {
		return
	}
	greetings := make([]*http.Response, connections)
	var group sync.WaitGroup
	for i := range greetings {
		group.Go(func() { greetings[i] = greet(ctx, o.HTTPClient, endpoint.URI.String()) })
	}
	group.Wait()
	// Wait for all first: a connection whose response has been read would serve the next request instead of
	// a new connection.
	for _, greeting := range greetings {
		if greeting != nil {
			// A connection is reused only if its response was read to the end.
			_, _ = io.Copy(io.Discard, io.LimitReader(greeting.Body, maxGreeting))
			greeting.Body.Close()
		}
	}
}

// greet returns the endpoint's response, or nil.
func greet(ctx context.Context, client dynamodb.HTTPClient, endpoint string) *http.Response {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint, nil)
	if err != nil {
		return nil
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil
	}
	return answer
}

// maxGreeting is larger than any health message of DynamoDB, in bytes.
const maxGreeting = 4 << 10
