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

// Job is work that becomes due at a time, on items of all tenants. A waiting item has two attributes that
// put it in a sparse index, so the index is only as large as the remaining work.
type Job string

// The jobs.
const (
	Expiry     Job = "expiry"      // expired keys that are counted as active
	Settlement Job = "settlement"  // deleted Arxes whose keys' rows may not show the deletion yet
	KeyPurge   Job = "key-purge"   // deleted keys at the end of their retention
	ArxPurge   Job = "arx-purge"   // deleted Arxes at the end of their retention
	CountPurge Job = "count-purge" // counts of purged Arxes
	RollUpJob  Job = "roll-up"     // the keys of a tenant
)

const (
	jobIndex  = "jobs"
	jobShards = 4 // partitions of a job in the index, each good for a thousand writes a second, and each read by every run
	job       = "job"
	due       = "due"
)

// SetDue makes the item, which belongs to the resource with the id, due for the job at that time.
func (i Item) SetDue(of Job, id string, at time.Time) {
	hash := fnv.New32a()
	hash.Write([]byte(id))
	i[job] = text(shardOf(of, int(hash.Sum32()%jobShards)))
	i.SetTime(due, at)
}

func shardOf(of Job, shard int) string { return fmt.Sprintf("%s#%02d", of, shard) }

// Due iterates over the keys of the items that are due for the job at now, within a shard the longest due
// first. The index is eventually consistent: an item may be done already, and a new one may be missing
// until the next run. Due stops at the first error.
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
				yield(Key{}, fmt.Errorf("query due items: %w", err))
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
