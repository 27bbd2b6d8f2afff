package table

import (
	"context"
	"io"
	"net"
	"net/http"
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

// connect opens the client's connection before it is needed: while a function starts, Lambda gives it
// more of a processor, and the roots that TLS trusts are read only once.
//
// It asks for nothing. An unsigned GET, to which DynamoDB says that it is healthy, leaves behind an idle
// connection; it is no action of a policy, and whatever comes of it is of no concern.
func connect(o dynamodb.Options) {
	ctx, cancel := context.WithTimeout(context.Background(), warmTimeout)
	defer cancel()
	where := dynamodb.EndpointParameters{Region: &o.Region, Endpoint: o.BaseEndpoint}
	endpoint, err := o.EndpointResolverV2.ResolveEndpoint(ctx, where.WithDefaults())
	if err != nil {
		return
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint.URI.String(), nil)
	if err != nil {
		return
	}
	answer, err := o.HTTPClient.Do(request)
	if err != nil {
		return
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxGreeting)) // to its end, or the connection is not used again
}

// maxGreeting is more than DynamoDB ever says, in bytes.
const maxGreeting = 4 << 10
