package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamo "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// table reports whether the table exists.
func (w *world) table(name string) bool {
	w.t.Helper()
	_, err := w.aws.tables.DescribeTable(w.t.Context(), &dynamodb.DescribeTableInput{TableName: &name})
	if _, absent := errors.AsType[*dynamo.ResourceNotFoundException](err); err != nil && !absent {
		w.t.Fatal(err)
	}
	return err == nil
}

// deployed returns the stack's outputs.
func (w *world) deployed() map[string]string {
	w.t.Helper()
	found, err := w.aws.find(w.t.Context(), w.stack)
	if err != nil || found == nil {
		w.t.Fatalf("%v, %v", found, err)
	}
	return found.outputs
}

func TestDestroyAsksFirst(t *testing.T) {
	w := newWorld(t, "asked")
	w.must("up")
	before := w.state()
	for _, typed := range []string{"", "y\n", "other\n"} {
		w.settings["typed"] = typed
		out, err := w.run("destroy", 0, false)
		if err == nil || !strings.Contains(err.Error(), "nothing is deleted") || !strings.Contains(out, "Type asked to confirm") {
			t.Errorf("%q typed: %v\n%s", typed, err, out)
		}
	}
	if after := w.state(); len(after) != len(before) {
		t.Errorf("%d things are left, of %d", len(after), len(before))
	}
}

func TestDestroyKeepsTheDataUntilToldOtherwise(t *testing.T) {
	w := newWorld(t, "destroyed")
	w.settings["PARAMETERS"] = "RestoredTable=restored-elsewhere"
	w.must("up")
	outputs := w.deployed()
	w.settings["typed"] = "destroyed\n"
	out := w.must("destroy")
	if !strings.Contains(out, "The table in use, restored-elsewhere, was restored") {
		t.Errorf("it does not say what happens to a restored table:\n%s", out)
	}
	if found, err := w.aws.find(t.Context(), w.stack); found != nil || err != nil {
		t.Errorf("the stack is left: %v, %v", found, err)
	}
	if _, err := w.aws.files.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String(outputs["ConsoleBucket"])}); err == nil {
		t.Error("the bucket is left")
	}
	if !w.table(outputs["TableName"]) || !strings.Contains(out, "It keeps the data: the table "+outputs["TableName"]) {
		t.Errorf("the table is deleted, or not named:\n%s", out)
	}

	w.settings["typed"] = ""
	if out := w.must("destroy"); !strings.Contains(out, "deleted already") || !strings.Contains(out, "DATA=delete") {
		t.Errorf("a second time, it prints\n%s", out)
	}
	w.settings["DATA"] = "all"
	if _, err := w.run("destroy", 0, false); err == nil {
		t.Error("DATA=all is accepted")
	}
	w.settings["DATA"], w.settings["typed"] = "delete", "destroyed\n"
	w.must("destroy")
	if w.table(outputs["TableName"]) {
		t.Error("the table is left")
	}
	for _, w.settings["DATA"] = range []string{"", "delete"} {
		if out := w.must("destroy"); !strings.Contains(out, "No data of it is left.") || strings.Contains(out, "Type") {
			t.Errorf("when nothing is left, it prints\n%s", out)
		}
	}
}

func TestDestroyCompletesWhatWasInterrupted(t *testing.T) {
	w := newWorld(t, "removed")
	w.settings["DATA"], w.settings["typed"] = "delete", "removed\n"
	for at, done := 1, false; !done; at++ {
		for _, after := range []bool{false, true} {
			w.must("up")
			outputs := w.deployed()
			_, err := w.run("destroy", at, after)
			if done = err == nil; done {
				break
			}
			w.must("destroy")
			if found, err := w.aws.find(t.Context(), w.stack); found != nil || err != nil || w.table(outputs["TableName"]) {
				t.Fatalf("interrupted at %d %t: the stack is %v, %v; the table %t", at, after, found, err, w.table(outputs["TableName"]))
			}
		}
		if at == 1 && done {
			t.Fatal("nothing is interrupted")
		}
	}
}

func TestProtectedUserPoolIsDeleted(t *testing.T) {
	c, err := connect(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	made, err := c.people.CreateUserPool(t.Context(), &cognitoidentityprovider.CreateUserPoolInput{PoolName: aws.String("protected"), DeletionProtection: cognito.DeletionProtectionTypeActive})
	if err != nil {
		t.Fatal(err)
	}
	id := made.UserPool.Id
	for range 2 { // the second time it is absent
		if err := c.deletePool(t.Context(), *id); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.people.DescribeUserPool(t.Context(), &cognitoidentityprovider.DescribeUserPoolInput{UserPoolId: id}); err == nil {
		t.Error("the user pool is left")
	}
}
