// Command probe calls DynamoDB as functions do, and prints what it asks and what it makes of answers, which it
// gives itself. Built with the trimmed SDK it prints what it prints with the whole one.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// answer is the HTTP client: it prints what is asked, and answers.
type answer struct {
	status int
	body   string
}

func (a answer) Do(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var asked any
	if err := json.Unmarshal(body, &asked); err != nil {
		return nil, err
	}
	show(r.Method, r.URL.String(), r.Header.Get("X-Amz-Target"), r.Header.Get("Content-Type"), asked)
	return &http.Response{
		StatusCode: a.status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}, "X-Amzn-Requestid": {"1"}},
		Body: io.NopCloser(strings.NewReader(a.body)), Request: r,
	}, nil
}

// show prints the values as JSON, whose names are in order.
func show(values ...any) {
	text, err := json.Marshal(values)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(string(text))
}

func client(region string, a answer) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: region, HTTPClient: a, Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "a", SecretAccessKey: "b"}, nil
		}),
	})
}

const item = `{"s": {"S": "text"}, "n": {"N": "12"}, "b": {"B": "AQI="}, "t": {"BOOL": true}, "z": {"NULL": true},
	"ss": {"SS": ["a", "b"]}, "ns": {"NS": ["1"]}, "bs": {"BS": ["AQ=="]}, "l": {"L": [{"S": "in"}]}, "m": {"M": {"k": {"N": "1"}}}}`

var (
	ctx   = context.Background()
	table = aws.String("table")
	whole = map[string]types.AttributeValue{
		"s": &types.AttributeValueMemberS{Value: "text"}, "n": &types.AttributeValueMemberN{Value: "12"},
		"b": &types.AttributeValueMemberB{Value: []byte{1, 2}}, "t": &types.AttributeValueMemberBOOL{Value: true},
		"z": &types.AttributeValueMemberNULL{Value: true}, "ss": &types.AttributeValueMemberSS{Value: []string{"a", "b"}},
		"ns": &types.AttributeValueMemberNS{Value: []string{"1"}}, "bs": &types.AttributeValueMemberBS{Value: [][]byte{{1}}},
		"l": &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberS{Value: "in"}}},
		"m": &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"k": &types.AttributeValueMemberN{Value: "1"}}},
	}
	key   = map[string]types.AttributeValue{"pk": whole["s"], "sk": whole["s"]}
	named = map[string]string{"#a": "attribute"}
)

// calls are those that functions make, each with all that they set.
var calls = map[string]func(*dynamodb.Client) (any, error){
	"GetItem": func(c *dynamodb.Client) (any, error) {
		return c.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: key, ConsistentRead: aws.Bool(true), ProjectionExpression: aws.String("#a"), ExpressionAttributeNames: named})
	},
	"BatchGetItem": func(c *dynamodb.Client) (any, error) {
		return c.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems:           map[string]types.KeysAndAttributes{"table": {Keys: []map[string]types.AttributeValue{key}, ConsistentRead: aws.Bool(true)}},
			ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
		})
	},
	"Query": func(c *dynamodb.Client) (any, error) {
		return c.Query(ctx, &dynamodb.QueryInput{
			TableName: table, KeyConditionExpression: aws.String("pk = :p"), FilterExpression: aws.String("#a = :p"), ExpressionAttributeNames: named,
			ExpressionAttributeValues: whole, ExclusiveStartKey: key, Limit: aws.Int32(7), ScanIndexForward: aws.Bool(false), IndexName: aws.String("index"), Select: types.SelectCount,
		})
	},
	"UpdateItem": func(c *dynamodb.Client) (any, error) {
		return c.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: table, Key: key, UpdateExpression: aws.String("SET #a = :s"), ConditionExpression: aws.String("attribute_exists(pk)"),
			ExpressionAttributeNames: named, ExpressionAttributeValues: whole, ReturnValues: types.ReturnValueAllNew,
			ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
		})
	},
	"TransactWriteItems": func(c *dynamodb.Client) (any, error) {
		condition := aws.String("attribute_not_exists(pk)")
		return c.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{ClientRequestToken: aws.String("token"), TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{TableName: table, Item: whole, ConditionExpression: condition, ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld}},
			{Delete: &types.Delete{TableName: table, Key: key}},
			{Update: &types.Update{TableName: table, Key: key, UpdateExpression: aws.String("ADD #a :n"), ExpressionAttributeNames: named, ExpressionAttributeValues: whole}},
			{ConditionCheck: &types.ConditionCheck{TableName: table, Key: key, ConditionExpression: condition}},
		}})
	},
}

var answers = []answer{
	{200, `{"Item": ` + item + `, "Attributes": ` + item + `, "Items": [` + item + `], "Count": 1, "ScannedCount": 2, "LastEvaluatedKey": {"pk": {"S": "k"}},
		"Responses": {"table": [` + item + `]}, "UnprocessedKeys": {"table": {"Keys": [{"pk": {"S": "k"}}]}}, "ConsumedCapacity": {"TableName": "table", "CapacityUnits": 1.5}}`},
	{200, `{"Responses": {"table": []}, "ConsumedCapacity": [{"TableName": "table", "CapacityUnits": 1.5}]}`},
	{400, `{"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "no", "Item": ` + item + `}`},
	{400, `{"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", "message": "no", "CancellationReasons": [{"Code": "None"},
		{"Code": "ConditionalCheckFailed", "Message": "no", "Item": ` + item + `}, {"Code": "TransactionConflict"}]}`},
	{400, `{"__type": "com.amazonaws.dynamodb.v20120810#TransactionInProgressException", "Message": "no"}`},
	{400, `{"__type": "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException", "Message": "no"}`},
	{400, `{"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", "message": "slow",
		"ThrottlingReasons": [{"reason": "TableReadKeyRangeThroughputExceeded", "resource": "table"}]}`},
	{400, `{"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "slow"}`},
	{400, `{"__type": "com.amazonaws.dynamodb.v20120810#RequestLimitExceeded", "message": "slow"}`},
	{400, `{"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message": "where"}`},
	{400, `{"__type": "com.amazon.coral.validate#ValidationException", "message": "wrong"}`},
	{400, `{"__type": "com.amazon.coral.service#AccessDeniedException", "Message": "no"}`},
	{500, `{"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError", "message": "we"}`},
	{503, `no JSON`},
	{200, `{"Item": {"s": {"X": 1}}}`},
	{200, `{"Item`},
}

func main() {
	for _, name := range []string{"GetItem", "BatchGetItem", "Query", "UpdateItem", "TransactWriteItems"} {
		for _, a := range answers {
			out, err := calls[name](client("eu-central-1", a))
			if err == nil {
				show(name, out)
				continue
			}
			api, isAPI := errors.AsType[smithy.APIError](err)
			show(name, err.Error(), fmt.Sprintf("%T", api))
			if isAPI {
				show(api, api.ErrorCode(), api.ErrorMessage(), api.ErrorFault())
			}
		}
	}
	for _, region := range []string{"us-east-1", "eu-west-3", "cn-north-1", "us-gov-west-1", "eusc-de-east-1", "us-iso-east-1", "mars-north-1", ""} {
		if _, err := calls["GetItem"](client(region, answers[0])); err != nil {
			show(region, err.Error())
		}
	}
}
