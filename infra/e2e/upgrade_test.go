package e2e

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/infra/local/build"
	"github.com/arxkeys/arxkeys/infra/local/engine"
	"github.com/arxkeys/arxkeys/infra/local/lambda"
	"github.com/arxkeys/arxkeys/infra/local/stack"
	"github.com/arxkeys/arxkeys/shared/api"
)

// TestUpgradeForwardAndBack runs functions of three builds on one table: this version, a later one with the same
// format of the data, and a later one with another format. Each build does everything on a table of its format, and
// nothing on any other.
func TestUpgradeForwardAndBack(t *testing.T) {
	l := newLaptop(t.TempDir())
	if err := l.start(false); err != nil {
		t.Fatal(err)
	}
	defer l.stop()
	management := l.managementKey()
	_, arx, _, key := someKey(t, l, management, nil)
	verifier := verifierKey(t, l)
	request := func(body any) []byte {
		e := events.APIGatewayV2HTTPRequest{Version: "2.0", Headers: map[string]string{"authorization": "Bearer " + management}}
		if body != nil {
			e.Headers["content-type"], e.Body = "application/json", string(encoded(t, body))
		}
		return encoded(t, e)
	}
	created := 0 // each application has its own name
	calls := []struct {
		function string
		event    func() []byte
		done     string // in the response
	}{
		{"keys/verify", func() []byte { return request(api.VerifyKeyRequest{Key: key}) }, `VALID`},
		{"check", func() []byte { return encoded(t, checkEvent(verifier, arx, key)) }, `"X-Arxkeys-Code":"VALID"`},
		{"applications/create", func() []byte {
			created++
			return request(api.CreateApplicationRequest{Name: fmt.Sprint("Application ", created), Technology: api.Server})
		}, `"statusCode":201`},
		{"applications/list", func() []byte { return request(nil) }, `Application 1`},
		{"authorizers/apikey", func() []byte {
			return encoded(t, events.APIGatewayV2CustomAuthorizerV2Request{Version: "2.0", Type: "REQUEST", RouteKey: "GET /pets", Headers: map[string]string{"x-api-key": string(key)}})
		}, `"isAuthorized":true`},
	}
	folder := filepath.Join(root, build.Folder, "upgrade")
	binary := func(format, function string) string {
		file := filepath.Join(folder, format, filepath.FromSlash(function), "bootstrap")
		cmd, err := build.Command(t.Context(), root, "-ldflags=-s -w -X github.com/arxkeys/arxkeys/shared/store/table.format="+format, "-o", file, "./functions/"+function)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return file
	}
	builds := map[string]map[string]string{"this": {}, "same": {}, "next": {}} // by build and function
	for _, c := range calls {
		builds["this"][c.function] = build.Binary(root, c.function)
		builds["same"][c.function] = binary("1", c.function)
		builds["next"][c.function] = binary("2", c.function)
	}
	// run calls every function of the build, each in a new environment.
	run := func(step, version string, may bool) {
		t.Helper()
		for _, c := range calls {
			f := lambda.New(lambda.Config{
				Name: "stack-" + c.function, Binary: builds[version][c.function], Region: engine.Region, Timeout: 10 * time.Second, MemoryMB: 256,
				Environment: l.environment(), MaxEnvironments: 1, Output: func(line string) { l.log.Write([]byte(line + "\n")) },
			})
			result, err := f.Invoke(t.Context(), c.event())
			if !may {
				_, _ = f.Invoke(t.Context(), c.event()) // waits for what the first one counts after its response
			}
			f.Stop()
			got, undecided := string(result.Payload), c.function == "authorizers/apikey"
			switch {
			case may && (err != nil || !strings.Contains(got, c.done)):
				t.Errorf("%s: %s of the build %q returns %v: %s", step, c.function, version, err, got)
			case !may && undecided && !strings.Contains(fmt.Sprint(err)+got, "could not be decided"):
				t.Errorf("%s: %s of the build %q returns %v: %s", step, c.function, version, err, got)
			case !may && !undecided && (!strings.Contains(got, `"statusCode":503`) || !strings.Contains(got, `table_format`) || !strings.Contains(strings.ToLower(got), `"retry-after":"10"`)):
				t.Errorf("%s: %s of the build %q returns %v: %s", step, c.function, version, err, got)
			}
		}
	}
	run("before", "this", true)
	run("a release with the same format", "same", true)
	run("back from it", "this", true)
	run("a release with another format, before the data has it", "next", false)
	setStamp(t, l, "2", stack.DefaultTable)
	run("a release with another format", "next", true)
	run("back from it", "this", false)
	setStamp(t, l, "1", stack.DefaultTable)
	run("back, with the data", "this", true)
	run("back, with the data", "next", false)
	setStamp(t, l, "1", "another")
	for _, version := range []string{"this", "next"} {
		f := lambda.New(lambda.Config{
			Name: "stack-verify", Binary: builds[version]["keys/verify"], Region: engine.Region, Timeout: 10 * time.Second, MemoryMB: 256,
			Environment: l.environment(), MaxEnvironments: 1, Output: func(line string) { l.log.Write([]byte(line + "\n")) },
		})
		result, err := f.Invoke(t.Context(), calls[0].event())
		f.Stop()
		want := map[string]string{"this": "table_restored", "next": "table_format"}[version]
		if err != nil || !strings.Contains(string(result.Payload), want) {
			t.Errorf("a restored table: %v: %s, want %s", err, result.Payload, want)
		}
	}
	if log := l.log.String(); !strings.Contains(log, `"WrongTable":1`) {
		t.Error("no refusal was counted as a metric")
	}
}

// TestFirstWriteStampsANewTable removes the stamp of a table, and calls each function that may be the first to write.
func TestFirstWriteStampsANewTable(t *testing.T) {
	l := newLaptop(t.TempDir())
	if err := l.start(false); err != nil {
		t.Fatal(err)
	}
	l.stop() // the second start creates no management key, so that no environment has read the stamp
	if err := l.start(false); err != nil {
		t.Fatal(err)
	}
	defer l.stop()
	at := map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "meta#table"}, "sk": &types.AttributeValueMemberS{Value: "-"}}
	for path, body := range map[string]string{
		"/v1/applications":    `{"name": "First", "technology": "server"}`,
		"/v1/arxes":           `{"name": "First", "regions": ["eu-central-1"]}`,
		"/v1/management-keys": `{"name": "First", "role": "admin"}`,
	} {
		if _, err := l.engine.Client().DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String(stack.DefaultTable), Key: at}); err != nil {
			t.Fatal(err)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, l.url()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+l.managementKey())
		r.Header.Set("Content-Type", "application/json")
		if a := send(t, r); a.status != 201 {
			t.Errorf("%s: %s", path, a)
		}
		out, err := l.engine.Client().GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(stack.DefaultTable), Key: at})
		if err != nil || len(out.Item) != 4 || plain(out.Item["table"]) != stack.DefaultTable {
			t.Errorf("%s: the stamp is %v, %v", path, out, err)
		}
	}
}

// setStamp writes the stamp of the laptop's table.
func setStamp(t *testing.T, l *laptop, format, table string) {
	t.Helper()
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	item := map[string]types.AttributeValue{"pk": text("meta#table"), "sk": text("-"), "format": &types.AttributeValueMemberN{Value: format}, "table": text(table)}
	if _, err := l.engine.Client().PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(stack.DefaultTable), Item: item}); err != nil {
		t.Fatal(err)
	}
}
