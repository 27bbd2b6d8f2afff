package table

import (
	"context"
	"fmt"
	"hash/fnv"
	"iter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Job is work that becomes due some time, on items of all tenants. An item that waits for it says so
// by two attributes, and lies in an index of those that do: the index is as small as what is left to
// do.
type Job string

// The jobs.
const (
	Expiry     Job = "expiry"      // of expired keys that are counted as active
	Settlement Job = "settlement"  // of deleted Arxes whose keys' rows may not show it
	KeyPurge   Job = "key-purge"   // of what is left of deleted keys
	ArxPurge   Job = "arx-purge"   // of what is left of deleted Arxes
	CountPurge Job = "count-purge" // of what is left of the counts of Arxes that are gone
	RollUpJob  Job = "roll-up"     // of the keys of a tenant
)

const (
	jobIndex  = "jobs"
	jobShards = 16 // partitions of a job in the index: a thousand items a second each
	job       = "job"
	due       = "due"
)

// SetDue lets the item, which tells of the resource with the id, wait for the job.
func (i Item) SetDue(of Job, id string, at time.Time) {
	hash := fnv.New32a()
	hash.Write([]byte(id))
	i[job] = text(shardOf(of, int(hash.Sum32()%jobShards)))
	i.SetTime(due, at)
}

func shardOf(of Job, shard int) string { return fmt.Sprintf("%s#%02d", of, shard) }

// Due goes through the keys of the items that wait for the job and are due at the time, the longest
// due of a shard first. The index follows the table after a moment: an item may have been done
// already, and one that is new may be missing until the next time. It ends with the first error.
func (t *Table) Due(ctx context.Context, of Job, now time.Time) iter.Seq2[Key, error] {
	return func(yield func(Key, error) bool) {
		for shard := range jobShards {
			for key, err := range t.dueShard(ctx, shardOf(of, shard), now) {
				if !yield(key, err) || err != nil {
					return
				}
			}
		}
	}
}

func (t *Table) dueShard(ctx context.Context, shard string, now time.Time) iter.Seq2[Key, error] {
	return func(yield func(Key, error) bool) {
		in := &dynamodb.QueryInput{
			TableName:                 &t.name,
			IndexName:                 aws.String(jobIndex),
			KeyConditionExpression:    aws.String("#job = :job AND #due <= :now"),
			ExpressionAttributeNames:  map[string]string{"#job": job, "#due": due},
			ExpressionAttributeValues: Item{":job": text(shard), ":now": number(now.UnixMilli())},
			Limit:                     aws.Int32(chunkItems),
		}
		for {
			var out *dynamodb.QueryOutput
			err := retryRead(ctx, func(ctx context.Context) (err error) {
				out, err = t.client.Query(ctx, in)
				return err
			})
			if err != nil {
				yield(Key{}, fmt.Errorf("query what is due: %w", err))
				return
			}
			for _, item := range out.Items {
				if !yield(Item(item).Key(), nil) {
					return
				}
			}
			if len(out.LastEvaluatedKey) == 0 {
				return
			}
			in.ExclusiveStartKey = out.LastEvaluatedKey
		}
	}
}
