package storetest

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/shared/store/table"
)

// Tape is an HTTP client to the engine that can replay the last response, so that every call allocates the same.
type Tape struct {
	Plays bool   // replay the last response
	asks  string // the operation that was recorded
	last  http.Response
	body  []byte
}

// Do sends the request, or replays the last response.
func (c *Tape) Do(r *http.Request) (*http.Response, error) {
	if !c.Plays {
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return nil, err
		}
		defer answer.Body.Close()
		c.body, err = io.ReadAll(answer.Body)
		c.asks, c.last = r.Header.Get("X-Amz-Target"), *answer
		return c.answer(), err
	}
	if r.Header.Get("X-Amz-Target") != c.asks {
		return nil, io.ErrUnexpectedEOF
	}
	return c.answer(), nil
}

func (c *Tape) answer() *http.Response {
	answer := c.last
	answer.Body = io.NopCloser(bytes.NewReader(c.body))
	return &answer
}

// OwnAllocations returns the allocations of whole beyond those of one GetItem of the SDK, and those of the SDK. The client
// uses the tape, and the last call of whole was a GetItem, which is replayed.
func (c *Tape) OwnAllocations(t *testing.T, client *dynamodb.Client, name string, at table.Key, whole func()) (own, sdk float64) {
	t.Helper()
	c.Plays = true
	key := table.NewItem(at)
	bare := func() {
		out, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &name, Key: key, ConsistentRead: aws.Bool(true)})
		if err != nil || len(out.Item) == 0 {
			t.Fatalf("%v, %v", out, err)
		}
	}
	all, sdk := testing.AllocsPerRun(200, whole), testing.AllocsPerRun(200, bare)
	t.Logf("%.0f allocations, %.0f of them the SDK's", all, sdk)
	return all - sdk, sdk
}
