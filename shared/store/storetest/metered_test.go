package storetest_test

import (
	"context"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/shared/store/storetest"
)

// metered counts the cost of calls to DynamoDB.
type metered struct {
	*dynamodb.Client

	mu  sync.Mutex
	was cost
}

// cost is the cost of calls: capacity units, and processor time of this process.
type cost struct {
	calls       int
	read, write float64
	began       time.Duration // processor time until then
}

func newMetered(e *storetest.Engine) *metered { return &metered{Client: e.Client} }

// reset clears the counts.
func (m *metered) reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.was = cost{began: processor()}
}

// spent returns the cost since the last reset.
func (m *metered) spent() cost {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.was
}

// spend records a successful call.
func (m *metered) spend(err error, into func(*cost) *float64, units func() []types.ConsumedCapacity) {
	if err != nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.was.calls++
	for _, c := range units() {
		*into(&m.was) += aws.ToFloat64(c.CapacityUnits)
	}
}

func reading(c *cost) *float64 { return &c.read }
func writing(c *cost) *float64 { return &c.write }

func capacity(c *types.ConsumedCapacity) []types.ConsumedCapacity {
	if c == nil {
		return nil
	}
	return []types.ConsumedCapacity{*c}
}

func (m *metered) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.GetItem(ctx, in, o...)
	m.spend(err, reading, func() []types.ConsumedCapacity { return capacity(out.ConsumedCapacity) })
	return out, err
}

func (m *metered) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.BatchGetItem(ctx, in, o...)
	m.spend(err, reading, func() []types.ConsumedCapacity { return out.ConsumedCapacity })
	return out, err
}

func (m *metered) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.Query(ctx, in, o...)
	m.spend(err, reading, func() []types.ConsumedCapacity { return capacity(out.ConsumedCapacity) })
	return out, err
}

func (m *metered) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, o ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.UpdateItem(ctx, in, o...)
	m.spend(err, writing, func() []types.ConsumedCapacity { return capacity(out.ConsumedCapacity) })
	return out, err
}

func (m *metered) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Client.TransactWriteItems(ctx, in, o...)
	m.spend(err, writing, func() []types.ConsumedCapacity { return out.ConsumedCapacity })
	return out, err
}

// report reports the cost of one operation of the benchmark.
func (m *metered) report(b *testing.B) {
	spent := m.spent()
	b.ReportMetric(float64(spent.calls)/float64(b.N), "calls/op")
	b.ReportMetric(spent.read/float64(b.N), "RCU/op")
	b.ReportMetric(spent.write/float64(b.N), "WCU/op")
	b.ReportMetric(float64((processor()-spent.began).Microseconds())/float64(b.N), "cpu-µs/op")
}

// processor returns the processor time of this process. The engine is a separate process.
func processor() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
