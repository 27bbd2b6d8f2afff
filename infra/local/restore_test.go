package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// The commands export the audit of a table, and restore a copy of it from the export and from the table.
func TestCommandsRestoreATable(t *testing.T) {
	old := storetest.Open(t)
	storetest.Key(t, old.Table(), "acme")
	at := time.Now().UTC().Format(time.RFC3339)
	options := old.Client.Options()
	credentials, err := options.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	env := environment("DYNAMODB_ENDPOINT=http://" + credentials.AccessKeyID + "@" + strings.TrimPrefix(*options.BaseEndpoint, "http://"))
	command := func(args ...string) (string, error) {
		var out strings.Builder
		err := run(t.Context(), args, env, &out)
		return out.String(), err
	}
	export, err := command("audit", "-table", old.Name)
	if err != nil || strings.Count(export, "\n") != 4 || !strings.HasSuffix(export, `"events":3}}`+"\n") {
		t.Fatalf("%v: %s", err, export)
	}
	if none, err := command("audit", "-table", old.Name, "-since", "2100-01-01T00:00:00Z"); err != nil || strings.Count(none, "\n") != 1 {
		t.Errorf("%v: %s", err, none)
	}
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	if err := os.WriteFile(file, []byte(export), 0o600); err != nil {
		t.Fatal(err)
	}

	copied := storetest.Open(t)
	out, err := old.Client.Scan(t.Context(), &dynamodb.ScanInput{TableName: &old.Name, ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range out.Items {
		if _, err := old.Client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &copied.Name, Item: item}); err != nil {
			t.Fatal(err)
		}
	}
	if told, err := command("restore", "-to", copied.Name, "-audit", file, "-since", at); err != nil || !strings.Contains(told, "is complete and consistent") {
		t.Errorf("%v: %s", err, told)
	}
	if stamp, _, err := table.ReadStamp(t.Context(), old.Client, copied.Name); err != nil || stamp.Table != copied.Name {
		t.Errorf("%+v, %v", stamp, err)
	}
	if told, err := command("restore", "-to", copied.Name, "-from", old.Name, "-since", at); err != nil || !strings.Contains(told, "Nothing to do") {
		t.Errorf("once more: %v: %s", err, told)
	}
	if told, err := command("restore", "-to", copied.Name, "-from", old.Name, "-cancel"); err == nil || !strings.Contains(err.Error(), "is complete") {
		t.Errorf("cancelled: %v: %s", err, told)
	}
}
