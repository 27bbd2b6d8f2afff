package storetest_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// interrupted is the engine with a concurrent change between two reads: it happens once, before the first
// read at or from key. If after is set, it waits for a read of that partition first.
type interrupted struct {
	*dynamodb.Client
	before table.Key
	after  string
	act    func()

	once, readOnce sync.Once
	read           chan struct{} // closed after a read of after
}

func (i *interrupted) at(key table.Key) {
	if key == i.before {
		i.once.Do(func() {
			if i.after != "" {
				<-i.read
			}
			i.act()
		})
	}
}

func (i *interrupted) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	key := table.Item(in.Key)
	i.at(table.Key{PK: key.String(table.PK), SK: key.SortKey()})
	return i.Client.GetItem(ctx, in, o...)
}

func (i *interrupted) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	values := table.Item(in.ExpressionAttributeValues)
	i.at(table.Key{PK: values.String(":pk"), SK: values.String(":from")})
	out, err := i.Client.Query(ctx, in, o...)
	if values.String(":pk") == i.after {
		i.readOnce.Do(func() { close(i.read) })
	}
	return out, err
}

// TransactWriteItems rejects an empty condition, as DynamoDB does and the local engine does not.
func (i *interrupted) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	for _, item := range in.TransactItems {
		if item.Update != nil && aws.ToString(item.Update.ConditionExpression) == "" && item.Update.ConditionExpression != nil {
			return nil, errors.New("ValidationException: Invalid ConditionExpression: The expression can not be empty")
		}
	}
	return i.Client.TransactWriteItems(ctx, in, o...)
}

// openInterrupted returns the stores, and others that read the same table and are interrupted.
func openInterrupted(t *testing.T) (h, other *stores, i *interrupted) {
	t.Helper()
	h = open(t)
	i = &interrupted{Client: h.engine.Client, read: make(chan struct{})}
	return h, build(t, table.New(i, h.engine.Name), h.engine), i
}

func TestDeleteOfLastArxDeletedBetweenTwoReads(t *testing.T) {
	h, other, i := openInterrupted(t)
	by := owner("acme")
	arx := h.arx(by, "EU")
	i.before, i.act = table.DefaultArx("acme"), func() {
		if err := h.deleteArx(by, arx.ID); err != nil {
			t.Error(err)
		}
	}
	if err := other.deleteArx(by, arx.ID); !problem.Is(err, problem.WrongState) {
		t.Errorf("%v, want wrong_state", err)
	}
}

func TestKeyDeletedBetweenTwoReadsIsListedOnce(t *testing.T) {
	h, other, i := openInterrupted(t)
	by := owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	var newestFirst []string
	for range 3 {
		k, _ := h.key(by, app, arx, api.CreateKeyRequest{})
		newestFirst = append([]string{k.ID}, newestFirst...)
	}
	i.before, i.act = table.DeletedKeyRow("acme", api.KeyPrefix), func() {
		if err := h.deleteKey(by, newestFirst[1]); err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff(newestFirst, other.ids(by, api.ListKeysRequest{Include: "deleted"})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestExpiredKeyDeletedBetweenTwoReadsIsNotCountedTwice(t *testing.T) {
	h, other, i := openInterrupted(t)
	by := owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	expires := h.clock.now().Add(time.Hour)
	k, _ := h.key(by, app, arx, api.CreateKeyRequest{ExpiresAt: &expires})
	h.clock.set(expires)
	other.clock.set(expires)
	shards := table.Count("acme", table.OfApplication+"#"+app.ID, 0)
	i.before = table.Key{PK: shards.PK, SK: strings.TrimSuffix(shards.SK, "00")}
	i.act = func() {
		if err := h.deleteKey(by, k.ID); err != nil {
			t.Error(err)
		}
	}
	got := must(other.counts.KeysByApplication(t.Context(), "acme", app.ID, app.ID, expires))
	if diff := cmp.Diff(map[string]api.KeyTotals{app.ID: {Deleted: 1}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSettlingWaitsForAllItsWrites(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	for range 120 { // more than are read at once
		h.key(by, app, arx, api.CreateKeyRequest{})
	}
	if err := h.deleteArx(by, arx.ID); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	var running atomic.Int32
	err := h.keys.Settle(t.Context(), "acme", arx.ID, func(was keys.Key) (keys.Key, audit.Event, error) {
		running.Add(1)
		defer running.Add(-1)
		runtime.Gosched()
		return was, audit.Event{}, broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("%v, want the first error", err)
	}
	if n := running.Load(); n != 0 {
		t.Errorf("%d writes are still running", n)
	}
}
