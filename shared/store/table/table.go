// Package table is the one DynamoDB table that holds everything.
//
// It composes keys, moves values in and out of items, pages, and commits transactions. It knows no
// noun; the packages beside it, one per noun, know theirs. An item past its time to live is absent
// to every read and to Insert, though DynamoDB may keep it for days. Errors come out as problems: what can't
// be found out in time is problem.Unavailable.
package table

import (
	"cmp"
	"context"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// client is what the table needs of DynamoDB.
type client interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
}

// Table is the table. It is safe for concurrent use.
type Table struct {
	client client
	name   string
	now    func() time.Time // says which items are past their time to live

	eventual bool // reads may miss what was written a moment ago
}

// New returns the table of that name behind the client.
func New(client client, name string) *Table {
	return &Table{client: client, name: name, now: time.Now}
}

// Now returns the time by the table's clock.
func (t *Table) Now() time.Time { return t.now() }

// WithClock returns the table with another clock.
func (t *Table) WithClock(now func() time.Time) *Table {
	with := *t
	with.now = now
	return &with
}

// EventuallyConsistent returns the table with reads that cost half as much and may miss what was written a
// moment ago. It is for figures that lag anyway.
func (t *Table) EventuallyConsistent() *Table {
	with := *t
	with.eventual = true
	return &with
}

// consistent is what a read asks for.
func (t *Table) consistent() *bool { return aws.Bool(!t.eventual) }

const (
	attemptTimeout      = 2 * time.Second // of one call: DynamoDB answers within milliseconds, or not at all
	connectTimeout      = time.Second
	connectionsPerHost  = 64
	defaultRegion       = "us-east-1"
	endpointEnvironment = "AWS_ENDPOINT_URL_DYNAMODB"
)

// FromEnv returns the table that TABLE_NAME names, with the region, the credentials and the
// endpoint of the standard AWS environment variables.
//
// The client is put together by hand: the SDK's config package finds credentials in places where a
// Lambda has none, and costs a quarter of the cold start.
func FromEnv() *Table { return New(clientFromEnv(), os.Getenv("TABLE_NAME")) }

// ConnectingFromEnv is FromEnv for functions that stand in front of somebody's every request: it begins to
// open so many connections as their first one takes at once. Connected returns once they are open, at most
// half a second after the beginning; where there are none, the first call finds out why.
//
// Others do without: who they are asked by is a person's token as a rule, and its keys come first.
func ConnectingFromEnv(connections int) (t *Table, connected func()) {
	client := clientFromEnv()
	done := make(chan struct{})
	go func() {
		defer close(done)
		connect(client.Options(), connections)
	}()
	return New(client, os.Getenv("TABLE_NAME")), func() { <-done }
}

func clientFromEnv() *dynamodb.Client {
	options := dynamodb.Options{
		Region:      cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"), defaultRegion),
		Credentials: aws.CredentialsProviderFunc(credentials),
		Retryer:     aws.NopRetryer{}, // we retry: the SDK leaves out cancelled transactions
		HTTPClient: BufferRequestBody(awshttp.NewBuildableClient().WithTimeout(attemptTimeout).WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConnsPerHost = connectionsPerHost
			t.DialContext = dialer(connectTimeout)
		})),
	}
	if endpoint := os.Getenv(endpointEnvironment); endpoint != "" {
		options.BaseEndpoint = aws.String(endpoint)
	}
	return dynamodb.New(options)
}

// credentials are those that Lambda puts into the environment. They hold for the life of it.
func credentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{
		AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
		Source:          "environment",
	}, nil
}
