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

// Get returns the item at the key, strongly consistent; nil where there is none. With attributes
// named, it returns only those and the time to live.
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

// projection names attributes, and the time to live, in the form that lets them be reserved words.
func projection(attributes []string) (*string, map[string]string) {
	if len(attributes) == 0 {
		return nil, nil
	}
	attributes = append(slices.Clone(attributes), TTL)
	slices.Sort(attributes)
	attributes = slices.Compact(attributes) // DynamoDB refuses what is named twice
	names, list := map[string]string{}, make([]string, len(attributes))
	for i, a := range attributes {
		list[i] = fmt.Sprintf("#p%d", i)
		names[list[i]] = a
	}
	return aws.String(strings.Join(list, ", ")), names
}

// withKeys adds the keys to attributes that are named.
func withKeys(attributes []string) []string {
	if len(attributes) == 0 {
		return nil
	}
	return append([]string{PK, SK}, attributes...)
}

// BatchItems is how many keys DynamoDB takes in one BatchGetItem.
const BatchItems = 100

// GetAll returns the items at the keys, strongly consistent, in no order. Where there is none, none
// is returned; a key that is named twice is read once. With attributes named, it returns only those,
// the keys, and the time to live.
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

// Range is a stretch of a partition, from the sort key From to the sort key To, both included.
type Range struct {
	PK       string
	From, To string
	Backward bool // from To to From
}

// last sorts after every character that sort keys are made of.
const last = "\U0010ffff"

// Partition is the whole of the key's partition.
func Partition(of Key) Range { return Range{PK: of.PK, From: " ", To: last} }

// Prefixed is what begins with the key's sort key, in the key's partition.
func Prefixed(with Key) Range { return Range{PK: with.PK, From: with.SK, To: with.SK + last} }

// Between is what begins with the sort key of from, to what begins with that of to.
func Between(from, to Key) Range { return Range{PK: from.PK, From: from.SK, To: to.SK + last} }

// Before returns the part of the range in front of the sort key, which it leaves out.
func (r Range) Before(sortKey string) Range {
	r.To = beforeKey(sortKey)
	return r
}

// After returns the part of the range behind the sort key, which it leaves out.
func (r Range) After(sortKey string) Range {
	r.From = sortKey + " "
	return r
}

// beforeKey returns a sort key that lies directly in front of another. Sort keys end in a base62
// character or a digit, so that taking one off the last and adding the highest character does it.
func beforeKey(sortKey string) string {
	if sortKey == "" {
		return ""
	}
	end := len(sortKey) - 1
	return sortKey[:end] + string(sortKey[end]-1) + last
}

// Query returns items of the range in its order, strongly consistent: at most limit, or all where
// limit is 0. It reads as many pages as that takes. With attributes named, it returns only those, the keys,
// and the time to live.
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
	passed := false // an item past its time to live, behind which more of them may lie
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
