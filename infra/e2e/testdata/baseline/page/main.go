// Command page is the minimum of a page of 50 API keys: with the same SDK it reads the newest rows, one small usage
// item for each, and the counts, and encodes the page. It has no other checks, no authentication, no parents of keys
// and no log. It is a baseline for keys/list.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const rows = 50

type handler struct {
	client *dynamodb.Client
	table  *string
}

// key is a row of the page.
type key struct {
	ID            string `json:"id"`
	Name          string `json:"name"`
	ApplicationID string `json:"application_id"`
	ArxID         string `json:"arx_id"`
	Env           string `json:"env"`
	LastFour      string `json:"last_four"`
	Status        string `json:"status"`
	RotateBy      int    `json:"rotate_by"`
	CreatedAt     int    `json:"created_at"`
	LastUsedAt    int    `json:"last_used_at"`
}

// Invoke answers the newest keys of the tenant that the event names.
func (h handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var event struct{ Tenant string }
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, err
	}
	counts, err := h.query(ctx, "rec#"+event.Tenant+"#totals", "!", "expiring", 0, true)
	if err != nil {
		return nil, err
	}
	active := 0
	for _, item := range counts {
		active += number(item, "active")
	}
	items, err := h.query(ctx, "rec#"+event.Tenant+"#keys", "live#", "live#~", rows, true)
	if err != nil {
		return nil, err
	}
	if len(items) < rows {
		return nil, fmt.Errorf("the tenant %q has %d keys", event.Tenant, len(items))
	}
	used, err := h.query(ctx, "use#"+event.Tenant+"#latest", text(items[len(items)-1], "i"), text(items[0], "i"), 2*rows, false)
	if err != nil {
		return nil, err
	}
	last := map[string]int{}
	for _, item := range used {
		last[text(item, "sk")] = number(item, "newest")
	}
	page := make([]key, len(items))
	for i, item := range items {
		page[i] = key{
			ID: text(item, "i"), Name: text(item, "n"), ApplicationID: text(item, "a"), ArxID: text(item, "x"), Env: text(item, "e"), LastFour: text(item, "l"),
			Status: text(item, "s"), RotateBy: number(item, "r"), CreatedAt: number(item, "t"), LastUsedAt: last[text(item, "i")],
		}
	}
	answer, err := json.Marshal(map[string]any{"items": page, "active": active})
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{"statusCode": http.StatusOK, "body": string(answer)})
}

func (h handler) query(ctx context.Context, partition, from, to string, limit int32, consistent bool) ([]map[string]types.AttributeValue, error) {
	in := &dynamodb.QueryInput{
		TableName: h.table, ConsistentRead: &consistent, ScanIndexForward: aws.Bool(false), KeyConditionExpression: aws.String("pk = :p AND sk BETWEEN :f AND :t"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":p": &types.AttributeValueMemberS{Value: partition}, ":f": &types.AttributeValueMemberS{Value: from}, ":t": &types.AttributeValueMemberS{Value: to},
		},
	}
	if limit > 0 {
		in.Limit = &limit
	}
	out, err := h.client.Query(ctx, in)
	if err != nil {
		return nil, err
	}
	return out.Items, nil
}

func text(item map[string]types.AttributeValue, attribute string) string {
	if v, ok := item[attribute].(*types.AttributeValueMemberS); ok {
		return v.Value
	}
	return ""
}

func number(item map[string]types.AttributeValue, attribute string) int {
	if v, ok := item[attribute].(*types.AttributeValueMemberN); ok {
		n, _ := strconv.Atoi(v.Value)
		return n
	}
	return 0
}

func main() {
	lambda.Start(handler{
		client: dynamodb.New(dynamodb.Options{
			Region: os.Getenv("AWS_REGION"), Retryer: aws.NopRetryer{}, BaseEndpoint: aws.String(os.Getenv("AWS_ENDPOINT_URL_DYNAMODB")),
			Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
				return aws.Credentials{AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY")}, nil
			}),
		}),
		table: aws.String(os.Getenv("TABLE_NAME")),
	})
}
