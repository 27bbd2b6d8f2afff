package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/signin"
	"github.com/arxkeys/arxkeys/infra/local/stack"
)

// root is the repository's root.
var root, _ = filepath.Abs("../..")

const startTimeout = 5 * time.Minute // the first start builds every function

// laptop is the local stand-in for AWS on the data of one scenario. It can be stopped and started again; the port,
// the data and the log stay.
type laptop struct {
	dataDir    string
	port       int
	log        buffer
	parameters map[string]string          // of template.yaml
	between    func(engine string) string // returns the address of a proxy in front of the engine; nil: no proxy

	engine *engine.Engine
	way    *way
	stack  *stack.Stack
}

func newLaptop(dataDir string) *laptop { return &laptop{dataDir: dataDir} }

// encoded returns the value as JSON.
func encoded(t testing.TB, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// start starts the engine, a relay to it that can be cut, and everything else.
func (l *laptop) start(standard bool) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	if l.engine, err = engine.Start(ctx, engine.Config{Root: root, DataDir: filepath.Join(l.dataDir, "engine")}); err != nil {
		return err
	}
	endpoint := l.engine.Endpoint
	if l.between != nil {
		endpoint = l.between(endpoint)
	}
	if l.way, err = newWay(strings.TrimPrefix(endpoint, "http://")); err != nil {
		return err
	}
	c := stack.Config{
		Root: root, Port: l.port, DataDir: filepath.Join(l.dataDir, "stack"), DynamoDBEndpoint: "http://" + l.engine.AccessKey + "@" + l.way.address(), Output: &l.log,
		Parameters: l.parameters, Contract: true,
	}
	if standard {
		c.Shape = signin.Standard
	}
	if l.stack, err = stack.Start(ctx, c); err != nil {
		return fmt.Errorf("%w\n%s", err, l.log.String())
	}
	l.port = l.stack.Port()
	_, err = l.stack.ManagementKey(ctx)
	return err
}

// broken are the log lines of all laptops about responses that the OpenAPI document does not describe.
var broken lines

// stop ends everything that start started.
func (l *laptop) stop() {
	broken.add(breaches(l.logged()))
	if l.stack != nil {
		l.stack.Stop()
	}
	if l.way != nil {
		l.way.listener.Close()
		l.way.cut(true)
	}
	if l.engine != nil {
		l.engine.Stop()
	}
	l.stack, l.way, l.engine = nil, nil, nil
}

func (l *laptop) url() string { return l.stack.URL() }

func (l *laptop) managementKey() string {
	key, _ := l.stack.ManagementKey(context.Background()) // start has waited for it
	return key
}

// logged returns all output: of functions, of the engine, and the line of each request.
func (l *laptop) logged() string { return l.log.String() }

// items returns every item of every table, as text.
func (l *laptop) items() (items []string, err error) {
	db := l.engine.Client()
	tables, err := db.ListTables(context.Background(), &dynamodb.ListTablesInput{})
	if err != nil {
		return nil, err
	}
	for _, name := range tables.TableNames {
		pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: aws.String(name), ConsistentRead: aws.Bool(true)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(context.Background())
			if err != nil {
				return nil, err
			}
			for _, item := range page.Items {
				var text strings.Builder
				for attribute, value := range item {
					fmt.Fprintf(&text, "%s=%s\n", attribute, plain(value))
				}
				items = append(items, text.String())
			}
		}
	}
	return items, nil
}

// breaches returns the lines of a log about responses that the OpenAPI document does not describe.
func breaches(log string) (all []string) {
	for line := range strings.Lines(log) {
		if strings.HasPrefix(line, "contract: ") {
			all = append(all, strings.TrimSpace(line))
		}
	}
	return all
}

// lines is a set of strings that is safe for concurrent use.
type lines struct {
	mu  sync.Mutex
	all []string
}

func (l *lines) add(more []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range more {
		if !slices.Contains(l.all, line) {
			l.all = append(l.all, line)
		}
	}
}

// buffer is a bytes.Buffer that is safe for concurrent use.
type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
