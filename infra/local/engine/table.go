package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/infra/template"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// The region and secret that functions send to an engine, beside its access key. Amazon's DynamoDB Local separates
// data by region and access key.
const (
	Region       = "us-east-1"
	AnyAccessKey = "local" // for an engine that accepts any
	SecretKey    = "local"
)

const tableTimeout = 20 * time.Second

// Client returns a client of the engine. The options override its defaults.
func (e *Engine) Client(options ...func(*dynamodb.Options)) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region:       Region,
		BaseEndpoint: aws.String(e.Endpoint),
		HTTPClient:   table.BufferRequestBody(awshttp.NewBuildableClient()),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: e.AccessKey, SecretAccessKey: SecretKey}, nil
		}),
	}, options...)
}

// EnsureTable creates the table as the template defines it if it does not exist, with its stamp, and adds missing
// indexes. It ignores point-in-time recovery, deletion protection and the stream. An existing table with other keys is
// an error. It does not change an existing stamp.
func (e *Engine) EnsureTable(ctx context.Context, name string, definition template.Table) error {
	ctx, cancel := context.WithTimeout(ctx, tableTimeout)
	defer cancel()
	db := e.Client()
	there, err := describe(ctx, db, name)
	if err != nil {
		return err
	}
	if there == nil {
		if err := create(ctx, db, name, definition); err != nil {
			return err
		}
	} else if err := compare(name, there, definition); err != nil {
		return err
	} else if err := addIndexes(ctx, db, name, there, definition); err != nil {
		return err
	}
	if _, err := table.Found(ctx, db, name); err != nil {
		return err
	}
	return expire(ctx, db, name, definition.TTLAttribute)
}

// describe returns the table, or nil if there is none.
func describe(ctx context.Context, db *dynamodb.Client, name string) (*types.TableDescription, error) {
	out, err := db.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
	if _, ok := errors.AsType[*types.ResourceNotFoundException](err); ok {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("describe table %s: %w", name, err)
	}
	return out.Table, nil
}

func create(ctx context.Context, db *dynamodb.Client, name string, d template.Table) error {
	input := &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		KeySchema: schema(d.PartitionKey, d.SortKey), AttributeDefinitions: attributes(d),
	}
	for _, i := range d.Indexes {
		input.GlobalSecondaryIndexes = append(input.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: &i.Name, KeySchema: schema(i.PartitionKey, i.SortKey), Projection: projection(i),
		})
	}
	if _, err := db.CreateTable(ctx, input); err != nil {
		if _, ok := errors.AsType[*types.ResourceInUseException](err); !ok { // another process was faster
			return fmt.Errorf("create table %s: %w", name, err)
		}
	}
	if err := dynamodb.NewTableExistsWaiter(db).Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, tableTimeout); err != nil {
		return fmt.Errorf("create table %s: %w", name, err)
	}
	return nil
}

// compare returns an error if the keys of the existing table differ from the template.
func compare(name string, there *types.TableDescription, d template.Table) error {
	kinds := map[string]string{}
	for _, a := range there.AttributeDefinitions {
		kinds[aws.ToString(a.AttributeName)] = string(a.AttributeType)
	}
	differs := func(what string, has []types.KeySchemaElement, partition, sort template.Attribute) error {
		got, want := keys(has, kinds), keys(schema(partition, sort), map[string]string{partition.Name: partition.Type, sort.Name: sort.Type})
		if got == want {
			return nil
		}
		return fmt.Errorf("%s has the keys %s, and template.yaml defines %s: revert template.yaml, or start with an empty DATA_DIR", what, got, want)
	}
	if err := differs("the table "+name, there.KeySchema, d.PartitionKey, d.SortKey); err != nil {
		return err
	}
	for _, i := range there.GlobalSecondaryIndexes {
		at := slices.IndexFunc(d.Indexes, func(x template.Index) bool { return x.Name == aws.ToString(i.IndexName) })
		if at < 0 {
			continue // an index that the template no longer has is harmless
		}
		if err := differs("the index "+d.Indexes[at].Name+" of the table "+name, i.KeySchema, d.Indexes[at].PartitionKey, d.Indexes[at].SortKey); err != nil {
			return err
		}
	}
	return nil
}

// keys formats a key schema as "pk (S), sk (S)".
func keys(elements []types.KeySchemaElement, kinds map[string]string) string {
	var words []string
	for _, k := range elements {
		name := aws.ToString(k.AttributeName)
		word := name + " (" + kinds[name] + ")"
		if k.KeyType == types.KeyTypeHash {
			words = slices.Insert(words, 0, word)
		} else {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

// addIndexes creates missing indexes, one at a time, as DynamoDB requires.
func addIndexes(ctx context.Context, db *dynamodb.Client, name string, there *types.TableDescription, d template.Table) error {
	for _, i := range d.Indexes {
		if slices.ContainsFunc(there.GlobalSecondaryIndexes, func(x types.GlobalSecondaryIndexDescription) bool { return aws.ToString(x.IndexName) == i.Name }) {
			continue
		}
		only := template.Table{PartitionKey: i.PartitionKey, SortKey: i.SortKey}
		_, err := db.UpdateTable(ctx, &dynamodb.UpdateTableInput{
			TableName: &name, AttributeDefinitions: attributes(only),
			GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
				IndexName: &i.Name, KeySchema: schema(i.PartitionKey, i.SortKey), Projection: projection(i),
			}}},
		})
		if err != nil {
			return fmt.Errorf("add the index %s to the table %s: %w", i.Name, name, err)
		}
		if err := dynamodb.NewTableExistsWaiter(db).Wait(ctx, &dynamodb.DescribeTableInput{TableName: &name}, tableTimeout); err != nil {
			return fmt.Errorf("add the index %s to the table %s: %w", i.Name, name, err)
		}
	}
	return nil
}

// expire enables time to live.
func expire(ctx context.Context, db *dynamodb.Client, name, attribute string) error {
	if attribute == "" {
		return nil
	}
	now, err := db.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: &name})
	if err != nil {
		return fmt.Errorf("describe time to live of table %s: %w", name, err)
	}
	if d := now.TimeToLiveDescription; d != nil && d.TimeToLiveStatus == types.TimeToLiveStatusEnabled {
		if aws.ToString(d.AttributeName) == attribute {
			return nil
		}
		return fmt.Errorf("the table %s expires by %s, and template.yaml says %s: revert template.yaml, or start with an empty DATA_DIR", name, aws.ToString(d.AttributeName), attribute)
	}
	_, err = db.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName: &name, TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &attribute, Enabled: aws.Bool(true)},
	})
	if err != nil {
		return fmt.Errorf("enable time to live of table %s: %w", name, err)
	}
	return nil
}

func schema(partition, sort template.Attribute) []types.KeySchemaElement {
	out := []types.KeySchemaElement{{AttributeName: aws.String(partition.Name), KeyType: types.KeyTypeHash}}
	if sort.Name != "" {
		out = append(out, types.KeySchemaElement{AttributeName: aws.String(sort.Name), KeyType: types.KeyTypeRange})
	}
	return out
}

// attributes returns every key attribute of the table and of its indexes, once each.
func attributes(d template.Table) []types.AttributeDefinition {
	all := []template.Attribute{d.PartitionKey, d.SortKey}
	for _, i := range d.Indexes {
		all = append(all, i.PartitionKey, i.SortKey)
	}
	var out []types.AttributeDefinition
	seen := map[string]bool{"": true}
	for _, a := range all {
		if !seen[a.Name] {
			seen[a.Name] = true
			out = append(out, types.AttributeDefinition{AttributeName: aws.String(a.Name), AttributeType: types.ScalarAttributeType(a.Type)})
		}
	}
	return out
}

func projection(i template.Index) *types.Projection {
	return &types.Projection{ProjectionType: types.ProjectionType(i.Projection), NonKeyAttributes: i.Include}
}
