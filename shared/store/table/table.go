// Package table provides access to the DynamoDB table that stores all data.
//
// It builds keys, encodes and decodes items, reads pages, and commits transactions. It knows no entity;
// each entity has a package beside it. Reads and Insert treat an item past its time to live as absent,
// although DynamoDB may keep it for days. Errors are problems: what cannot be completed in time is
// problem.Unavailable.
package table

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// client is the part of DynamoDB's client that the table uses.
type client interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
}

// Table is a DynamoDB table. It is safe for concurrent use.
type Table struct {
	client client
	name   string
	now    func() time.Time // decides which items have expired

	eventual bool // reads are eventually consistent
}

// New returns the table with that name, whatever its stamp.
func New(client client, name string) *Table {
	return &Table{client: client, name: name, now: time.Now}
}

// Now returns the time by the table's clock.
func (t *Table) Now() time.Time { return t.now() }

// WithClock returns a copy of the table with another clock.
func (t *Table) WithClock(now func() time.Time) *Table {
	with := *t
	with.now = now
	return &with
}

// EventuallyConsistent returns a copy of the table whose reads cost half as much and may miss recent
// writes. Use it for figures that lag anyway.
func (t *Table) EventuallyConsistent() *Table {
	with := *t
	with.eventual = true
	return &with
}

// consistent returns the ConsistentRead parameter of a read.
func (t *Table) consistent() *bool { return aws.Bool(!t.eventual) }

const (
	attemptTimeout      = 2 * time.Second // of one call; DynamoDB usually responds within milliseconds
	connectTimeout      = time.Second
	connectingTimeout   = 500 * time.Millisecond // of a function's start
	connectionsPerHost  = 64
	defaultRegion       = "us-east-1"
	endpointEnvironment = "AWS_ENDPOINT_URL_DYNAMODB"
)

// FromEnv returns the table that TABLE_NAME names, with the region, credentials and endpoint from the
// standard AWS environment variables. The table is [Checked].
//
// It builds the client by hand: the SDK's config package looks for credentials in places that Lambda does
// not have, and takes a quarter of the cold start.
func FromEnv() *Table { return fromEnvironment(Check{}) }

// FoundingFromEnv is FromEnv for functions that may be the first to write to a new table: those that create
// what depends on nothing else.
func FoundingFromEnv() *Table { return fromEnvironment(Check{Founds: true}) }

// ConnectingFromEnv is FromEnv for functions that every request of a customer waits for, such as
// verification. It starts to check the table, which opens the connection that the first request uses:
// Lambda gives a function more CPU while it starts. connected waits until it is done, at most half a second;
// if that failed, the first call checks the table again. A table without a stamp is refused.
//
// Other functions do not need it: their callers usually send an access token, so their first request has to
// fetch the issuer's keys before it reads the table.
func ConnectingFromEnv() (t *Table, connected func()) {
	t = fromEnvironment(Check{Verifies: true})
	done := make(chan struct{})
	go func() {
		defer close(done)
		ctx, cancel := context.WithTimeout(context.Background(), connectingTimeout)
		defer cancel()
		_ = t.client.(*checked).check(ctx, false)
	}()
	return t, func() { <-done }
}

func fromEnvironment(c Check) *Table { return Checked(clientFromEnv(), os.Getenv("TABLE_NAME"), c) }

func clientFromEnv() *dynamodb.Client {
	options := dynamodb.Options{
		Region:      cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"), defaultRegion),
		Credentials: aws.CredentialsProviderFunc(credentials),
		// Package table retries itself, since the SDK does not retry cancelled transactions.
		Retryer: aws.NopRetryer{},
		HTTPClient: BufferRequestBody(awshttp.NewBuildableClient().WithTimeout(attemptTimeout).WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConnsPerHost = connectionsPerHost
			// With a short timeout, an unreachable endpoint leaves time for a retry.
			t.DialContext = (&net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}).DialContext
		})),
	}
	if endpoint := os.Getenv(endpointEnvironment); endpoint != "" {
		options.BaseEndpoint = aws.String(endpoint)
	}
	return dynamodb.New(options)
}

// credentials returns the credentials that Lambda sets in the environment. They are valid as long as the
// environment.
func credentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{
		AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
		Source:          "environment",
	}, nil
}
