package table

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Get returns the item at the key, or nil if there is none. The read is strongly consistent. If attributes
// are given, the item contains only those and its time to live.
func (t *Table) Get(ctx context.Context, at Key, attributes ...string) (Item, error) {
	in := &dynamodb.GetItemInput{TableName: &t.name, Key: at.attributes(), ConsistentRead: t.consistent()}
	in.ProjectionExpression, in.ExpressionAttributeNames = projection(attributes)
	var item Item
	err := retryRead(ctx, func(ctx context.Context) error {
		out, err := t.client.GetItem(ctx, in)
		if err == nil {
			item = out.Item
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read item: %w", err)
	}
	if item[TTL] != nil && item.expired(t.now()) {
		return nil, nil
	}
	return item, nil
}

// projection returns a projection expression of the attributes and the time to live, with placeholders,
// since names may be reserved words.
func projection(attributes []string) (*string, map[string]string) {
	if len(attributes) == 0 {
		return nil, nil
	}
	attributes = append(slices.Clone(attributes), TTL)
	slices.Sort(attributes)
	attributes = slices.Compact(attributes) // DynamoDB rejects duplicates
	names, list := map[string]string{}, make([]string, len(attributes))
	for i, a := range attributes {
		list[i] = fmt.Sprintf("#p%d", i)
		names[list[i]] = a
	}
	return aws.String(strings.Join(list, ", ")), names
}

// withKeys adds the key attributes to a list that is not empty.
func withKeys(attributes []string) []string {
	if len(attributes) == 0 {
		return nil
	}
	return append([]string{PK, SK}, attributes...)
}

// BatchItems is the most keys that DynamoDB accepts in one BatchGetItem.
const BatchItems = 100

// GetAll returns the items at the keys that exist, in any order. The read is strongly consistent, and reads
// a repeated key once. If attributes are given, the items contain only those, their keys and their time to
// live.
func (t *Table) GetAll(ctx context.Context, keys []Key, attributes ...string) ([]Item, error) {
	shown, names := projection(withKeys(attributes))
	var items []Item
	seen := map[Key]bool{}
	var wanted []map[string]types.AttributeValue
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			wanted = append(wanted, k.attributes())
		}
	}
	for len(wanted) > 0 {
		batch := wanted[:min(len(wanted), BatchItems)]
		wanted = wanted[len(batch):]
		err := retryRead(ctx, func(ctx context.Context) error {
			out, err := t.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
				RequestItems: map[string]types.KeysAndAttributes{t.name: {
					Keys: batch, ConsistentRead: t.consistent(), ProjectionExpression: shown, ExpressionAttributeNames: names,
				}},
			})
			if err != nil {
				return err
			}
			for _, item := range out.Responses[t.name] {
				items = append(items, item)
			}
			if batch = out.UnprocessedKeys[t.name].Keys; len(batch) > 0 {
				return &types.ProvisionedThroughputExceededException{Message: aws.String("keys left unprocessed")}
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read items: %w", err)
		}
	}
	return t.live(items), nil
}

// Range is a range of a partition, from sort key From to sort key To, inclusive.
type Range struct {
	PK       string
	From, To string
	Backward bool // in descending order
}

// last sorts after every character that occurs in sort keys.
const last = "\U0010ffff"

// Partition returns the range of the key's whole partition.
func Partition(of Key) Range { return Range{PK: of.PK, From: " ", To: last} }

// Prefixed returns the range of the sort keys that begin with the key's sort key.
func Prefixed(with Key) Range { return Range{PK: with.PK, From: with.SK, To: with.SK + last} }

// Between returns the range from the sort keys that begin with from's to those that begin with to's.
func Between(from, to Key) Range { return Range{PK: from.PK, From: from.SK, To: to.SK + last} }

// Before returns the part of the range before the sort key, exclusive.
func (r Range) Before(sortKey string) Range {
	r.To = beforeKey(sortKey)
	return r
}

// After returns the part of the range after the sort key, exclusive.
func (r Range) After(sortKey string) Range {
	r.From = sortKey + " "
	return r
}

// beforeKey returns a sort key directly before another. Sort keys end in a base62 character or a digit, so
// it decrements the last character and appends the highest one.
func beforeKey(sortKey string) string {
	if sortKey == "" {
		return ""
	}
	end := len(sortKey) - 1
	return sortKey[:end] + string(sortKey[end]-1) + last
}

// Query returns at most limit items of the range in its order, or all if limit is 0. It reads as many pages
// as needed. The read is strongly consistent. If attributes are given, the items contain only those, their
// keys and their time to live.
func (t *Table) Query(ctx context.Context, r Range, limit int, attributes ...string) ([]Item, error) {
	if r.From > r.To {
		return nil, nil
	}
	in := &dynamodb.QueryInput{
		TableName:                 &t.name,
		KeyConditionExpression:    aws.String("pk = :pk AND sk BETWEEN :from AND :to"),
		ExpressionAttributeValues: Item{":pk": text(r.PK), ":from": text(r.From), ":to": text(r.To)},
		ConsistentRead:            t.consistent(),
		ScanIndexForward:          aws.Bool(!r.Backward),
	}
	in.ProjectionExpression, in.ExpressionAttributeNames = projection(withKeys(attributes))
	var items []Item
	passed := false // found an expired item; more may follow
	for {
		if limit > 0 {
			in.Limit = aws.Int32(int32(limit - len(items)))
			if passed {
				in.Limit = aws.Int32(int32(max(limit-len(items), chunkItems)))
			}
		}
		var out *dynamodb.QueryOutput
		err := retryRead(ctx, func(ctx context.Context) (err error) {
			out, err = t.client.Query(ctx, in)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("query items: %w", err)
		}
		page := make([]Item, len(out.Items))
		for i, item := range out.Items {
			page[i] = item
		}
		page = t.live(page)
		passed = passed || len(page) < len(out.Items)
		items = append(items, page...)
		if limit > 0 && len(items) >= limit {
			return items[:limit], nil
		}
		if len(out.LastEvaluatedKey) == 0 {
			return items, nil
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
}
