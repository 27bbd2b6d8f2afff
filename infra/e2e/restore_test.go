package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/lambda"
	"github.com/arxkeys/arxkeys/infra/local/restore"
	"github.com/arxkeys/arxkeys/infra/local/stack"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// TestStackSwitchesToARestoredTable goes through the runbook of infra/docs/operate.md with the real functions: restore,
// revoke, switch, check.
func TestStackSwitchesToARestoredTable(t *testing.T) {
	const restored = "arxkeys-restored"
	l := newLaptop(t.TempDir())
	if err := l.start(false); err != nil {
		t.Fatal(err)
	}
	defer func() { l.stop() }()
	management := l.managementKey()
	_, _, _, kept := someKey(t, l, management, nil)
	_, _, id, deleted := someKey(t, l, management, nil)

	// The point in time.
	since := time.Now()
	definition := fromTemplate(t)
	if err := l.engine.EnsureTable(t.Context(), restored, definition.Table); err != nil {
		t.Fatal(err)
	}
	pages := dynamodb.NewScanPaginator(l.engine.Client(), &dynamodb.ScanInput{TableName: aws.String(stack.DefaultTable), ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for batch := range slices.Chunk(page.Items, 25) {
			var puts []types.WriteRequest
			for _, item := range batch {
				puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
			}
			if _, err := l.engine.Client().BatchWriteItem(t.Context(), &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{restored: puts}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := client.Call(t.Context(), l.client(), api.DeleteKey, api.Target{ID: id}); err != nil {
		t.Fatal(err)
	}

	// verify returns what a new environment returns for the deleted key.
	verify := func(table string) string {
		t.Helper()
		body, err := json.Marshal(api.VerifyKeyRequest{Key: deleted})
		if err != nil {
			t.Fatal(err)
		}
		event, err := json.Marshal(events.APIGatewayV2HTTPRequest{
			Version: "2.0", Headers: map[string]string{"authorization": "Bearer " + management, "content-type": "application/json"}, Body: string(body),
		})
		if err != nil {
			t.Fatal(err)
		}
		environment := l.environment()
		environment["TABLE_NAME"] = table
		f := lambda.New(lambda.Config{
			Name: "verify", Binary: build.Binary(root, "keys/verify"), Region: engine.Region, Timeout: 10 * time.Second, MemoryMB: 256,
			Environment: environment, MaxEnvironments: 1, Output: func(string) {},
		})
		defer f.Stop()
		result, err := f.Invoke(t.Context(), event)
		if err != nil {
			t.Fatal(err)
		}
		return string(result.Payload)
	}
	refused := func(what, table string) {
		t.Helper()
		if got := verify(table); !strings.Contains(got, `"statusCode":503`) || !strings.Contains(got, "table_restored") {
			t.Errorf("%s: %s", what, got)
		}
	}
	refused("before its revocations are replayed", restored)
	r := restore.Restore{Client: l.engine.Client(), To: restored, Since: since, Report: func(line string) { t.Log(line) }}
	if err := r.FromTable(t.Context(), stack.DefaultTable, 0); err != nil {
		t.Fatal(err)
	}
	refused("the old table, which is closed", stack.DefaultTable)
	if got := verify(restored); !strings.Contains(got, `NOT_FOUND`) {
		t.Errorf("the deleted key, in the restored table: %s", got)
	}

	// The switch.
	l.stop()
	l.parameters = map[string]string{"RestoredTable": restored}
	if err := l.start(false); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[api.ClearText]api.Code{kept: api.CodeValid, deleted: api.CodeNotFound} {
		if v, err := client.Call(t.Context(), l.client(), api.VerifyKey, api.VerifyKeyRequest{Key: key}); err != nil || v.Code != want {
			t.Errorf("after the switch: %+v, %v, want %s", v, err, want)
		}
	}
}
