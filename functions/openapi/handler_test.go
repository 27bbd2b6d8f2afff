package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/arxkeys/arxkeys/shared/api"
	generator "github.com/arxkeys/arxkeys/shared/api/openapi"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
)

var update = flag.Bool("update", false, "write the document")

func TestDocumentMatchesTheOperations(t *testing.T) {
	want, err := generator.Document(api.Served(), os.DirFS("../../shared"))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("openapi.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(want), string(openapi)); diff != "" {
		t.Errorf("openapi.json is outdated: run go generate ./functions/openapi\n%s", diff)
	}
}

func TestDocumentIsPublic(t *testing.T) {
	h := lambdahttp.Handler(api.GetOpenAPI, nil, document, lambdahttp.Options{})
	response, err := h(t.Context(), events.APIGatewayV2HTTPRequest{})
	if err != nil || response.StatusCode != 200 || response.Headers["Content-Type"] != "application/json" || response.Body != string(openapi) {
		t.Errorf("%v %d %v", err, response.StatusCode, response.Headers)
	}
}

func TestDocumentCostsWhatIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../infra/docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "\n| `GET /v1/openapi.json` | 200 | 1 | 0 | 0 |\n") || !strings.Contains(string(text), "at most 330 KB") || len(openapi) > 330<<10 {
		t.Errorf("the document has %d bytes; infra/docs/security.md says otherwise", len(openapi))
	}
}

// Generators turn operationId into function names and split it into words at capitals.
var operationID = regexp.MustCompile(`^([A-Z][A-Za-z]+){2,}$`)

func TestEveryOperationIsDescribed(t *testing.T) {
	var d struct {
		Paths map[string]map[string]struct {
			OperationID string                      `json:"operationId"`
			Summary     string                      `json:"summary"`
			Security    []map[string][]string       `json:"security"`
			Responses   map[string]json.RawMessage  `json:"responses"`
			RequestBody json.RawMessage             `json:"requestBody"`
			Parameters  []struct{ Name, In string } `json:"parameters"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]json.RawMessage `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(openapi, &d); err != nil {
		t.Fatal(err)
	}
	described, names := 0, map[string]bool{}
	for _, methods := range d.Paths {
		described += len(methods)
	}
	if described != len(api.Served()) {
		t.Errorf("%d operations in the document, want %d", described, len(api.Served()))
	}
	for _, op := range api.Operations() {
		got, ok := d.Paths[op.Path][strings.ToLower(op.Method)]
		if !ok || got.Summary != op.Summary {
			t.Errorf("%s: %s %s is described as %q", op.Name, op.Method, op.Path, got.Summary)
			continue
		}
		if _, isSchema := d.Components.Schemas[got.OperationID]; isSchema || names[got.OperationID] || !operationID.MatchString(got.OperationID) {
			t.Errorf("%s: operationId %q is not unique", op.Name, got.OperationID)
		}
		names[got.OperationID] = true
		if public := op.Permission == api.Public; public != (len(got.Security) == 0) {
			t.Errorf("%s: public %v, security %v", op.Name, public, got.Security)
		}
		for _, alternative := range got.Security {
			if _, managing := alternative["bearer"]; managing == (op.Permission == api.HoldKey) {
				t.Errorf("%s requires %s, but has the security %v", op.Name, op.Permission, got.Security)
			}
		}
		statuses := []string{strconv.Itoa(op.Status), "400", "403", "413", "422", "429", "500", "503"}
		if op.Permission != api.Public && op.Permission != api.HoldKey { // API Gateway has no 401 for holders
			statuses = append(statuses, "401")
		}
		for _, status := range statuses {
			if got.Responses[status] == nil {
				t.Errorf("%s: no %s", op.Name, status)
			}
		}
		plan := api.Bind(op.Request)
		if (len(plan.Members) > 0) != (got.RequestBody != nil) {
			t.Errorf("%s: takes %v, body %s", op.Name, plan.Members, got.RequestBody)
		}
		if len(plan.Params) != len(got.Parameters) {
			t.Errorf("%s: %d parameters in the document, want %d", op.Name, len(got.Parameters), len(plan.Params))
		}
	}
}

// The meta-schema is that of the OpenAPI Initiative.
func TestDocumentIsOpenAPI(t *testing.T) {
	meta, err := os.ReadFile("testdata/openapi31.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(meta))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("openapi31.json", schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("openapi31.json")
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(openapi))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(document); err != nil {
		t.Error(err)
	}
}
