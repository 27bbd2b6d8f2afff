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

// dialer returns a dial function that gives up early, so that an unreachable endpoint leaves time
// to try again.
func dialer(timeout time.Duration) func(context.Context, string, string) (net.Conn, error) {
	return (&net.Dialer{Timeout: timeout, KeepAlive: 30 * time.Second}).DialContext
}

// warmTimeout is how long the start of a function may wait for a connection.
const warmTimeout = 500 * time.Millisecond

// connect opens so many of the client's connections before they are needed: while a function starts, Lambda
// gives it more of a processor, and the roots that TLS trusts are read only once.
//
// It asks for nothing. An unsigned GET, to which DynamoDB says that it is healthy, leaves behind an idle
// connection; it is no action of a policy, and whatever comes of it is of no concern.
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
	// Only now: a connection whose answer has been read serves the next request, which then opens none.
	for _, greeting := range greetings {
		if greeting != nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(greeting.Body, maxGreeting)) // to its end, or the connection is not used again
			greeting.Body.Close()
		}
	}
}

// greet returns what the endpoint answers, or nil.
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

// maxGreeting is more than DynamoDB ever says, in bytes.
const maxGreeting = 4 << 10
