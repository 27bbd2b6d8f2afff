package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/infra/events/examples"
	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/lambda"
	"github.com/arxkeys/arxkeys/infra/template"
	"github.com/arxkeys/arxkeys/shared/api"
)

// TestEveryEventHasTheExpectedStatus sends every event of infra/events to the real binary of its function over the
// Runtime API, as Lambda and the SAM CLI do, each on fresh sample data.
func TestEveryEventHasTheExpectedStatus(t *testing.T) {
	dataset, err := examples.Recorded()
	if err != nil {
		t.Fatal(err)
	}
	definition := fromTemplate(t)
	var names []string
	for _, op := range api.Served() {
		names = append(names, folder(op.Name))
	}
	names = append(names, "authorizers/apikey")
	if _, err := build.Functions(t.Context(), root, names, nil); err != nil {
		t.Fatal(err)
	}
	db, err := engine.Start(t.Context(), engine.Config{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Stop)
	through, err := newWay(strings.TrimPrefix(db.Endpoint, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { through.listener.Close() })

	hand := func(t *testing.T, table, operation, file string) ([]byte, error) {
		t.Helper()
		event, err := os.ReadFile(filepath.Join(root, "infra/events", file))
		if err != nil {
			t.Fatalf("%v: run make events", err)
		}
		f := lambda.New(lambda.Config{
			Name: operation, Binary: build.Binary(root, folder(operation)), Region: engine.Region, Timeout: 10 * time.Second, MemoryMB: 512,
			Environment: eventEnvironment(t, definition, db, "http://"+through.address(), table, operation),
		})
		defer f.Stop()
		result, err := f.Invoke(t.Context(), event)
		return result.Payload, err
	}
	invoke := func(t *testing.T, table, operation, file string) events.APIGatewayV2HTTPResponse {
		t.Helper()
		payload, err := hand(t, table, operation, file)
		if err != nil {
			t.Fatal(err)
		}
		var answer events.APIGatewayV2HTTPResponse
		if err := json.Unmarshal(payload, &answer); err != nil {
			t.Fatalf("%v: %s", err, payload)
		}
		return answer
	}
	file := func(operation string) string { return strings.ReplaceAll(operation, ".", "-") }

	for _, op := range api.Served() {
		for suffix, example := range map[string]func(api.Spec) (examples.Call, error){"": examples.Good, "-refused": examples.Refused} {
			t.Run(file(op.Name)+suffix, func(t *testing.T) {
				call, err := example(op)
				if err != nil {
					t.Fatal(err)
				}
				table := "arxkeys-" + file(op.Name) + suffix
				if err := db.EnsureTable(t.Context(), table, definition.Table); err != nil {
					t.Fatal(err)
				}
				if err := dataset.Put(t.Context(), db.URL(), table); err != nil {
					t.Fatal(err)
				}
				for _, before := range call.After {
					if answer := invoke(t, table, before, file(before)+".json"); answer.StatusCode/100 != 2 {
						t.Fatalf("before it, %s: %d: %s", before, answer.StatusCode, answer.Body)
					}
				}
				answer := invoke(t, table, op.Name, file(op.Name)+suffix+".json")
				if answer.StatusCode != call.Status {
					t.Errorf("%d, want %d: %s", answer.StatusCode, call.Status, answer.Body)
				}
				if op.Name == api.VerifyKey.Name && suffix == "" && !strings.Contains(answer.Body, `"code":"VALID"`) {
					t.Errorf("the key is not valid: %s", answer.Body)
				}
			})
		}
	}

	// The format of the authorizer's result depends on the kind of API.
	if err := db.EnsureTable(t.Context(), "arxkeys-authorizer", definition.Table); err != nil {
		t.Fatal(err)
	}
	if err := dataset.Put(t.Context(), db.URL(), "arxkeys-authorizer"); err != nil {
		t.Fatal(err)
	}
	policy := func(principal, effect string) string {
		return `{"principalId":"` + principal + `","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","Effect":"` + effect +
			`","Resource":"arn:aws:execute-api:eu-central-1:000000000000:a1b2c3d4e5/prod/*"}]}`
	}
	for kind, want := range map[string]string{
		"http": `{"isAuthorized":true,"context":{`, "http-refused": `{"isAuthorized":false}`,
		"rest": policy(dataset.Key, "Allow") + `,"context":{`, "rest-refused": policy("nobody", "Deny") + `}`,
	} {
		t.Run("authorizers-apikey-"+kind, func(t *testing.T) {
			answer, err := hand(t, "arxkeys-authorizer", "authorizers.apikey", "authorizers-apikey-"+kind+".json")
			if err != nil || !strings.HasPrefix(string(answer), want) {
				t.Errorf("%s, %v", answer, err)
			}
		})
	}
}

// folder returns the function's folder in functions/.
func folder(operation string) string { return strings.ReplaceAll(operation, ".", "/") }

// fromTemplate reads template.yaml.
func fromTemplate(t *testing.T) *template.Template {
	t.Helper()
	read, err := template.Read(filepath.Join(root, "template.yaml"), template.Options{Attributes: map[string]string{
		"Table": "arxkeys", "Table.Arn": "arn", "UserPool": "pool", "UserPool.ProviderURL": "https://pool.example", "UserPoolClient": "client", "CommandLineClient": "line", "AWS::StackName": "stack",
	}})
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// eventEnvironment returns the environment variables of the function in the template, with the values of env.json, this
// engine and this table, and the credentials that the SAM CLI adds.
func eventEnvironment(t *testing.T, definition *template.Template, db *engine.Engine, endpoint, table, operation string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "infra/events/env.json"))
	if err != nil {
		t.Fatal(err)
	}
	var sets struct{ Parameters map[string]string }
	if err := json.Unmarshal(text, &sets); err != nil {
		t.Fatal(err)
	}
	f := function(t, definition, operation)
	env := maps.Clone(f.Environment)
	maps.Copy(env, sets.Parameters)
	env["AWS_ENDPOINT_URL_DYNAMODB"], env["TABLE_NAME"] = endpoint, table
	env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env["AWS_SESSION_TOKEN"] = db.AccessKey, engine.SecretKey, f.LogicalID
	return env
}

// function returns the operation's function in the template.
func function(t *testing.T, read *template.Template, operation string) template.Function {
	t.Helper()
	for _, f := range read.Functions {
		if f.Name() == folder(operation) {
			return f
		}
	}
	t.Fatalf("template.yaml has no function for %s", operation)
	return template.Function{}
}
