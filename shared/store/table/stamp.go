package table

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Stamp is what a table says about itself, in an item of its own. A copy of a table, such as one that was
// restored to a point in time, has the stamp of the original.
type Stamp struct {
	Format int    // version of the format of the items
	Table  string // name of the table that may be used
}

// StampKey is the key of the stamp.
func StampKey() Key { return Key{"meta#table", only} }

// format is the version of the format that this build reads and writes. Increase it with each change that an
// earlier build must not see. It is a string, so that a test can build functions of another format:
//
//	go build -ldflags='-X github.com/arxkeys/arxkeys/shared/store/table.format=2' ./functions/…
var format = "1"

// Format returns the version of the format that this build reads and writes.
func Format() int {
	n, err := strconv.Atoi(format)
	if err != nil || n < 1 {
		panic("the format of the table is " + strconv.Quote(format)) // set by the build
	}
	return n
}

const (
	stampFormat = "format"
	stampTable  = "table"
)

// getter and updater are the parts of DynamoDB's client that read and write stamps.
type (
	getter interface {
		GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	}
	updater interface {
		UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	}
)

// ReadStamp returns the table's stamp, and false if it has none. It makes one attempt.
func ReadStamp(ctx context.Context, client getter, name string) (s Stamp, ok bool, err error) {
	out, err := client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &name, Key: StampKey().attributes(), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return Stamp{}, false, fmt.Errorf("read the stamp of the table %s: %w", name, err)
	}
	return DecodeStamp(out.Item), len(out.Item) > 0, nil
}

// Found gives a new table the stamp of its name and of this build's format, and returns the stamp. It does
// not change an existing one. It makes one attempt, and may be repeated.
func Found(ctx context.Context, client updater, name string) (Stamp, error) {
	w := newWords()
	f, t := w.name(stampFormat), w.name(stampTable)
	update := fmt.Sprintf("SET %s = if_not_exists(%[1]s, %s), %s = if_not_exists(%[3]s, %s)", f, w.value(number(int64(Format()))), t, w.value(text(name)))
	out, err := client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &name, Key: StampKey().attributes(), UpdateExpression: &update,
		ExpressionAttributeNames: w.names, ExpressionAttributeValues: w.values, ReturnValues: types.ReturnValueAllNew,
	})
	if err != nil {
		return Stamp{}, fmt.Errorf("found the table %s: %w", name, err)
	}
	return DecodeStamp(out.Attributes), nil
}

// Restamp replaces the table's stamp, which must be was. It makes one attempt, and may be repeated.
func Restamp(ctx context.Context, client updater, name string, was, is Stamp) error {
	w := newWords()
	condition := w.equal(was.attributes())
	_, err := client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &name, Key: StampKey().attributes(), ConditionExpression: condition, UpdateExpression: w.update(Update{Set: is.attributes()}),
		ExpressionAttributeNames: w.names, ExpressionAttributeValues: w.values,
	})
	if _, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
		return fmt.Errorf("the stamp of the table %s has changed: %w", name, ErrStale)
	}
	if err != nil {
		return fmt.Errorf("write the stamp of the table %s: %w", name, err)
	}
	return nil
}

func (s Stamp) attributes() Item {
	item := Item{}
	item.SetInt(stampFormat, s.Format)
	item.SetString(stampTable, s.Table)
	return item
}

// DecodeStamp returns the stamp from its item.
func DecodeStamp(item Item) Stamp {
	return Stamp{Format: item.Int(stampFormat), Table: item.String(stampTable)}
}
