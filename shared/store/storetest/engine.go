// Package storetest gives tests a table in a real DynamoDB-compatible engine.
package storetest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Engine is a table of its own in the engine that the tests of a package share.
type Engine struct {
	Client *dynamodb.Client
	Name   string // of the table
}

// Open makes a new table for the test. It uses the engine at DYNAMODB_ENDPOINT or else starts the
// one that infra/package.json installs; where there is neither, the test fails and says so.
func Open(t testing.TB) *Engine {
	t.Helper()
	endpoint, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	e := &Engine{
		Client: dynamodb.New(dynamodb.Options{
			Region: "us-east-1", BaseEndpoint: &endpoint, Retryer: aws.NopRetryer{},
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
			}),
		}),
		Name: "arxkeys-" + strings.ToLower(fmt.Sprintf("%x", time.Now().UnixNano())),
	}
	_, err = e.Client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &e.Name, BillingMode: types.BillingModePayPerRequest,
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String(table.PK), KeyType: types.KeyTypeHash}, {AttributeName: aws.String(table.SK), KeyType: types.KeyTypeRange},
		},
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String(table.PK), AttributeType: types.ScalarAttributeTypeS}, {AttributeName: aws.String(table.SK), AttributeType: types.ScalarAttributeTypeS},
		},
	})
	if err != nil {
		t.Fatalf("create table: %v", err)
	}
	return e
}

// Table returns the table behind the engine's own client.
func (e *Engine) Table() *table.Table { return table.New(e.Client, e.Name) }

// Items returns all that lies in the table.
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
			items = append(items, item)
		}
	}
	return items
}

// shared starts the engine once for all tests of the process, in memory. It dies with the process.
var shared = sync.OnceValues(func() (endpoint string, err error) {
	if endpoint := os.Getenv("DYNAMODB_ENDPOINT"); endpoint != "" {
		return endpoint, nil
	}
	_, here, _, _ := runtime.Caller(0)
	binary := filepath.Join(filepath.Dir(here), "../../../infra/node_modules/@dynoxide/linux-x64/dynoxide")
	if _, err := os.Stat(binary); err != nil {
		return "", fmt.Errorf("there is no DynamoDB engine: run npm ci --prefix infra, or set DYNAMODB_ENDPOINT: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	address := listener.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	listener.Close()
	command := exec.Command(binary, "--host", "127.0.0.1", "--port", port)
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() { // Pdeathsig is about the thread that forks: keep it
		runtime.LockOSThread()
		started <- command.Start()
		command.Wait()
	}()
	if err := <-started; err != nil {
		return "", fmt.Errorf("start the DynamoDB engine: %w", err)
	}
	for range 200 {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return "http://" + address, nil
		}
		time.Sleep(25 * time.Millisecond)
	}
	return "", fmt.Errorf("the DynamoDB engine does not answer at %s", address)
})
