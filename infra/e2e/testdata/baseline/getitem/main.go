// Command getitem is the minimum of a verification: one strongly consistent GetItem with the same SDK, a comparison of
// digests, and a response. It has no other checks, no authentication and no log. It is a baseline for keys/verify.
package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type handler struct {
	client *dynamodb.Client
	table  *string
}

// Invoke compares the digest of the access key in the event's body with the stored one.
func (h handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	var event struct{ Body string }
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, err
	}
	var body struct{ Key string }
	if err := json.Unmarshal([]byte(event.Body), &body); err != nil {
		return nil, err
	}
	out, err := h.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: h.table, ConsistentRead: aws.Bool(true),
		Key: map[string]types.AttributeValue{
			"pk": &types.AttributeValueMemberS{Value: "cred#key_" + body.Key[9:25]},
			"sk": &types.AttributeValueMemberS{Value: "-"},
		},
	})
	if err != nil {
		return nil, err
	}
	stored, _ := out.Item["digest"].(*types.AttributeValueMemberB)
	sum := sha256.Sum256([]byte(body.Key))
	if stored == nil || subtle.ConstantTimeCompare(sum[:], stored.Value) != 1 {
		return nil, fmt.Errorf("not the key")
	}
	answer, err := json.Marshal(map[string]any{"valid": true, "code": "VALID", "id": body.Key[9:25]})
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]any{"statusCode": http.StatusOK, "body": string(answer)})
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
