package table

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// checkEvery is how long an environment relies on a stamp that it has read.
const checkEvery = time.Minute

// Check says how a table with a missing stamp is treated. Every other stamp must name this table and this
// build's format.
//
// A new table has no stamp. Reads find nothing in it, and are allowed. The first write gives it a stamp, so
// that a table with data always has one.
type Check struct {
	Founds   bool             // transactions give a table without a stamp one; without it they are refused
	Verifies bool             // reads are refused too: what is not known to be in order verifies nothing
	Now      func() time.Time // nil means time.Now
}

// Checked returns the table with that name. Before it uses the table, and then once a minute, it reads the
// stamp. If the stamp is not that of this name and of this build's format, every call returns
// problem.TableFormat or problem.TableRestored, and nothing is written. Reads wait for the stamp only after
// they have been sent; writes are sent after it was read.
func Checked(c client, name string, check Check) *Table {
	if check.Now == nil {
		check.Now = time.Now
	}
	return New(&checked{client: c, name: name, Check: check}, name)
}

// checked is a client that checks the table's stamp.
type checked struct {
	client
	Check
	name string

	read atomic.Int64 // when the stamp was last found in order, in nanoseconds since 1970; 0 means never
	mu   sync.Mutex   // held while the stamp is read
}

// inOrder reports whether the stamp was found in order within the last minute. It compares wall-clock times,
// because the monotonic clock may stop while Lambda freezes the environment.
func (c *checked) inOrder() bool {
	age := c.Now().UnixNano() - c.read.Load()
	return age >= 0 && age < int64(checkEvery)
}

// check returns an error if the table must not be used. writing means that data is about to be written.
func (c *checked) check(ctx context.Context, writing bool) error {
	if c.inOrder() {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inOrder() {
		return nil
	}
	at := c.Now() // before the read
	stamp, ok, err := ReadStamp(ctx, c.client, c.name)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnwritten, err)
	}
	switch {
	case ok:
	case writing && c.Founds:
		if stamp, err = Found(ctx, c.client, c.name); err != nil {
			return fmt.Errorf("%w: %w", errUnwritten, err)
		}
	case writing || c.Verifies:
		return problem.WrongTable(problem.TableFormat, fmt.Errorf("the table %s has no stamp", c.name))
	default:
		return nil
	}
	switch is := (Stamp{Format(), c.name}); {
	case stamp.Format != is.Format:
		return problem.WrongTable(problem.TableFormat, fmt.Errorf("the table %s has the format %d, and this build has the format %d", c.name, stamp.Format, is.Format))
	case stamp.Table != is.Table:
		return problem.WrongTable(problem.TableRestored, fmt.Errorf("the table %s has the stamp of the table %s, from which it was restored", c.name, stamp.Table))
	}
	c.read.Store(at.UnixNano())
	return nil
}

// reading starts a check beside a read. The returned function waits for its result.
func (c *checked) reading(ctx context.Context) func() error {
	if c.inOrder() {
		return fine
	}
	result := make(chan error, 1)
	go func() { result <- c.check(ctx, false) }()
	return func() error { return <-result }
}

func fine() error { return nil }

func (c *checked) GetItem(ctx context.Context, in *dynamodb.GetItemInput, options ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	checked := c.reading(ctx)
	out, err := c.client.GetItem(ctx, in, options...)
	if refused := checked(); refused != nil {
		return nil, refused
	}
	return out, err
}

func (c *checked) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, options ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	checked := c.reading(ctx)
	out, err := c.client.BatchGetItem(ctx, in, options...)
	if refused := checked(); refused != nil {
		return nil, refused
	}
	return out, err
}

func (c *checked) Query(ctx context.Context, in *dynamodb.QueryInput, options ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	checked := c.reading(ctx)
	out, err := c.client.Query(ctx, in, options...)
	if refused := checked(); refused != nil {
		return nil, refused
	}
	return out, err
}

func (c *checked) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, options ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	if err := c.check(ctx, true); err != nil {
		return nil, err
	}
	return c.client.UpdateItem(ctx, in, options...)
}

func (c *checked) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, options ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	if err := c.check(ctx, true); err != nil {
		return nil, err
	}
	return c.client.TransactWriteItems(ctx, in, options...)
}
