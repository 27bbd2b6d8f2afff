// Package storetest provides tests with a table in a real DynamoDB-compatible engine.
package storetest

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/template"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Engine is a table in the engine that the tests of a package share.
type Engine struct {
	Client *dynamodb.Client // makes one attempt; package table retries
	Name   string           // of the table
}

// Open creates a table for the test, as template.yaml defines it. It uses the engine at DYNAMODB_ENDPOINT,
// or starts the one that infra/package.json installs. Without either the test fails.
func Open(t testing.TB) *Engine {
	t.Helper()
	running, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	definition, err := template.Read(filepath.Join(root(), "template.yaml"), template.Options{Attributes: map[string]string{
		"Table": "arxkeys", "Table.Arn": "arn", "UserPool": "pool", "UserPool.ProviderURL": "https://pool.example", "UserPoolClient": "client", "CommandLineClient": "line", "AWS::StackName": "stack",
	}})
	if err != nil {
		t.Fatal(err)
	}
	e := &Engine{
		Client: running.Client(func(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} }),
		Name:   "arxkeys-" + strings.ToLower(rand.Text()),
	}
	if err := running.EnsureTable(t.Context(), e.Name, definition.Table); err != nil {
		t.Fatal(err)
	}
	return e
}

// Table returns the table, accessed through the engine's own client.
func (e *Engine) Table() *table.Table { return table.New(e.Client, e.Name) }

// Items returns all items of the table, except for its stamp.
func (e *Engine) Items(t testing.TB) []table.Item {
	t.Helper()
	var items []table.Item
	pages := dynamodb.NewScanPaginator(e.Client, &dynamodb.ScanInput{TableName: &e.Name, ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatalf("read the table: %v", err)
		}
		for _, item := range page.Items {
			if table.Item(item).Key() != table.StampKey() {
				items = append(items, item)
			}
		}
	}
	return items
}

// shared starts the engine once for all tests of the process, in memory. It ends with the process.
var shared = sync.OnceValues(func() (*engine.Engine, error) {
	return engine.Start(context.Background(), engine.Config{Endpoint: os.Getenv("DYNAMODB_ENDPOINT"), Root: root()})
})

// root returns the repository's root, for tests of any package.
func root() string {
	_, here, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(here), "../../..")
}
