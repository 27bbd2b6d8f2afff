package storetest_test

import (
	"context"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/credentialstore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// faulty is the engine with injected faults that no local engine produces.
type faulty struct {
	*dynamodb.Client
	inFlight sync.Map // item → *atomic.Int32: transactions at it now
	retries  atomic.Int32

	conflicts bool                  // as DynamoDB: transactions at one item at once may cancel each other
	before    func() error          // of a call; nil lets it through
	after     func(err error) error // of a transaction: what the caller sees
	instead   bool                  // after answers in the place of the engine
}

func (f *faulty) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	if f.before != nil {
		if err := f.before(); err != nil {
			return nil, err
		}
	}
	if f.conflicts {
		reasons, met := make([]types.CancellationReason, len(in.TransactItems)), false
		for i, item := range in.TransactItems {
			n, _ := f.inFlight.LoadOrStore(keyOf(item), new(atomic.Int32))
			others := n.(*atomic.Int32).Add(1) - 1
			defer n.(*atomic.Int32).Add(-1)
			reasons[i].Code = aws.String("None")
			if others > 0 && mathrand.IntN(int(others)+1) > 0 {
				reasons[i].Code, met = aws.String("TransactionConflict"), true
			}
		}
		if met {
			f.retries.Add(1)
			return nil, &types.TransactionCanceledException{Message: aws.String("conflict"), CancellationReasons: reasons}
		}
	}
	if f.instead {
		return nil, f.after(nil)
	}
	out, err := f.Client.TransactWriteItems(ctx, in, o...)
	if f.after != nil {
		err = f.after(err)
	}
	return out, err
}

func (f *faulty) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	if f.before != nil {
		if err := f.before(); err != nil {
			return nil, err
		}
	}
	return f.Client.GetItem(ctx, in, o...)
}

func (f *faulty) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, o ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	if f.before != nil {
		if err := f.before(); err != nil {
			return nil, err
		}
	}
	return f.Client.UpdateItem(ctx, in, o...)
}

func keyOf(item types.TransactWriteItem) string {
	var key map[string]types.AttributeValue
	switch {
	case item.Put != nil:
		key = item.Put.Item
	case item.Update != nil:
		key = item.Update.Key
	default:
		key = item.Delete.Key
	}
	return table.Item(key).String(table.PK) + " " + table.Item(key).String(table.SK)
}

func openFaulty(t *testing.T) (*stores, *faulty) {
	t.Helper()
	e := storetest.Open(t)
	f := &faulty{Client: e.Client}
	return build(t, table.New(f, e.Name), e), f
}

func TestConflictsAreRetriedUntilAllSucceed(t *testing.T) {
	h, f := openFaulty(t)
	by := owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	f.conflicts = true
	const many = 40
	var group sync.WaitGroup
	for range many {
		k, secret, e := h.newKey(by, app, arx, api.CreateKeyRequest{})
		group.Go(func() {
			if err := h.keys.Create(t.Context(), k, secret.Digest(), e, requeststore.Request{}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	h.wantTotals(by, api.KeyTotals{Total: many, Active: many})
	if f.retries.Load() == 0 {
		t.Error("no conflict occurred: the test proves nothing")
	}
}

func TestConnectionLostAfterTheChangeMakesItOnce(t *testing.T) {
	h, f := openFaulty(t)
	by := owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	lost := 0
	f.after = func(err error) error {
		if lost++; lost <= 3 && err == nil {
			return &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}
		}
		return err
	}
	k, _ := h.key(by, app, arx, api.CreateKeyRequest{})
	if lost < 4 {
		t.Fatalf("%d attempts: nothing was lost", lost)
	}
	h.wantTotals(by, api.KeyTotals{Total: 1, Active: 1})
	lost = 0
	if err := h.deleteKey(by, k.ID); err != nil {
		t.Fatal(err)
	}
	h.wantTotals(by, api.KeyTotals{Deleted: 1})
}

// A lasting fault is reported with its reason and whether anything may have been changed.
func TestLastingFaultsAreReportedWithTheirReason(t *testing.T) {
	none := errors.New("x")
	for name, c := range map[string]struct {
		fault        error
		create, read *problem.Problem
	}{
		"throttled": {
			&types.ProvisionedThroughputExceededException{Message: aws.String("slow down")}, problem.Throttled(none), problem.Throttled(none),
		},
		"never reached": {&net.OpError{Op: "dial", Err: errors.New("connection refused")}, problem.Busy(none), problem.Busy(none)},
		"cut off":       {&net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, problem.Undecided(none), problem.Busy(none)},
		"conflict":      {&types.TransactionConflictException{Message: aws.String("conflict")}, problem.Contended(none), problem.Busy(none)},
		"their side":    {&types.InternalServerError{Message: aws.String("oops")}, problem.Undecided(none), problem.Busy(none)},
	} {
		t.Run(name, func(t *testing.T) {
			h, f := openFaulty(t)
			by := owner("acme")
			app, arx := h.application(by, "Billing"), h.arx(by, "EU")
			k, secret, e := h.newKey(by, app, arx, api.CreateKeyRequest{})
			const tries = 3
			calls := 0
			var cancel context.CancelFunc
			f.before = func() error {
				if calls++; calls == tries {
					cancel() // the time is up
				}
				return c.fault
			}
			upTo := func() (ctx context.Context) {
				calls = 0
				ctx, cancel = context.WithCancel(t.Context())
				return ctx
			}
			says := func(what string, err error, want *problem.Problem) {
				t.Helper()
				if got := problem.Of(err); got.Code != want.Code || got.Detail != want.Detail || got.RetryAfter <= 0 {
					t.Errorf("%s: %v, want %q and a Retry-After", what, err, want.Detail)
				}
			}
			says("create", h.keys.Create(upTo(), k, secret.Digest(), e, requeststore.Request{}), c.create)
			if calls < tries {
				t.Errorf("create: %d calls: it was not retried", calls)
			}
			_, err := credentialstore.Find(upTo(), h.db, k.ID)
			says("read", err, c.read)
			if calls < tries {
				t.Errorf("read: %d calls: it was not retried", calls)
			}
			f.before = nil
			h.wantTotals(by, api.KeyTotals{})
		})
	}
}

// A change whose item is changed concurrently on every attempt reports contention, and changes nothing.
func TestChangeThatAlwaysLosesTheRaceIsContended(t *testing.T) {
	h, f := openFaulty(t)
	by := owner("acme")
	k, _ := h.key(by, h.application(by, "Billing"), h.arx(by, "EU"), api.CreateKeyRequest{})
	stale := &types.TransactionCanceledException{CancellationReasons: []types.CancellationReason{{Code: aws.String("ConditionalCheckFailed")}}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	tries := 0
	f.after = func(error) error {
		if tries == 3 {
			cancel() // the time is up
		}
		return stale
	}
	f.instead = true
	_, err := h.keys.Change(ctx, "acme", k.ID, func(was keys.Key) (keys.Key, audit.Event, error) {
		tries++
		return h.transition(by, "keys.disable", only(keys.Disable), "")(was)
	})
	if p := problem.Of(err); p.Code != problem.Contention || p.RetryAfter <= 0 || tries < 3 {
		t.Errorf("%v after %d tries, want contention and a Retry-After", err, tries)
	}
	if got := must(h.keys.Get(t.Context(), "acme", k.ID)); got.State != api.KeyActive {
		t.Errorf("it is %s", got.State)
	}
}

// A throttled read during a change is retried as long as there is time.
func TestThrottledReadDoesNotEndAChange(t *testing.T) {
	h, f := openFaulty(t)
	by := owner("acme")
	k, _ := h.key(by, h.application(by, "Billing"), h.arx(by, "EU"), api.CreateKeyRequest{})
	var calls atomic.Int32
	f.before = func() error {
		if calls.Add(1) < 40 { // longer than one read is tried
			return &types.ProvisionedThroughputExceededException{Message: aws.String("slow down")}
		}
		return nil
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	if _, err := h.keys.Change(ctx, "acme", k.ID, h.deletion(by)); err != nil {
		t.Error(err)
	}
}

func TestTransientFaultsAreRetried(t *testing.T) {
	h, f := openFaulty(t)
	by := owner("acme")
	var n atomic.Int32
	f.before = func() error {
		if n.Add(1)%2 == 1 {
			return &types.ProvisionedThroughputExceededException{Message: aws.String("slow down")}
		}
		return nil
	}
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	k, _ := h.key(by, app, arx, api.CreateKeyRequest{})
	if err := h.deleteKey(by, k.ID); err != nil {
		t.Fatal(err)
	}
	h.wantTotals(by, api.KeyTotals{Deleted: 1})
}

// A change that was decided on an outdated item is decided again.
func TestRacingDeletesDeleteOnce(t *testing.T) {
	h, by := open(t), owner("acme")
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	k, _ := h.key(by, app, arx, api.CreateKeyRequest{})
	var done, refused atomic.Int32
	var group sync.WaitGroup
	for range 12 {
		group.Go(func() {
			switch err := h.deleteKey(by, k.ID); {
			case err == nil:
				done.Add(1)
			case problem.Is(err, problem.WrongState):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	if done.Load() != 1 || refused.Load() != 11 {
		t.Errorf("%d deleted it, %d were refused, want 1 and 11", done.Load(), refused.Load())
	}
	h.wantTotals(by, api.KeyTotals{Deleted: 1})
}

// A permanent failure returns at once, with its cause.
func TestPermanentFailureIsNotRetried(t *testing.T) {
	h, f := openFaulty(t)
	calls := 0
	fault := fmt.Errorf("no such table: %w", &types.ResourceNotFoundException{Message: aws.String("table")})
	f.before = func() error { calls++; return fault }
	if _, err := credentialstore.Find(t.Context(), h.db, "key_0123456789abcdef"); !errors.Is(err, fault) || calls != 1 {
		t.Errorf("%v after %d calls, want the cause after one", err, calls)
	}
	err := h.keys.Create(t.Context(), keys.Key{}, accesskey.Digest{}, audit.Event{}, requeststore.Request{})
	if !errors.Is(err, fault) || calls != 2 {
		t.Errorf("%v after %d calls, want the cause after one more", err, calls)
	}
}

// Connection failures reach us wrapped by the SDK in many ways. All of them are problem.Unavailable.
func TestBrokenConnectionsAreUnavailable(t *testing.T) {
	half := "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: 1000\r\n\r\n{\"Item\":"
	for name, answer := range map[string]string{"hangs up": "", "half an answer": half, "their side": "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					c.Read(make([]byte, 4096))
					c.Write([]byte(answer))
					c.Close()
				}
			}()
			t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://"+l.Addr().String())
			t.Setenv("AWS_ACCESS_KEY_ID", "local")
			t.Setenv("AWS_SECRET_ACCESS_KEY", "local")
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			_, err = table.FromEnv().Get(ctx, table.Credential("key_0123456789abcdef"))
			if !problem.Is(err, problem.Unavailable) {
				t.Errorf("%v, want unavailable", err)
			}
		})
	}
}
