// Package examples defines one successful and one refused call of every operation, and their sample data.
//
// The events of infra/events and several tests are based on them. An operation without an example is an error.
package examples

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/infra/local/gateway"
	"github.com/arxkeys/arxkeys/infra/local/lambda"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Call is a call of an operation, and the status of its response.
type Call struct {
	Operation  api.Spec
	ID         string // for paths with {id} or {arx_id}
	AccessKey  string // of a gateway's caller; empty: none
	Query      string
	Body       string   // empty: no body
	Credential string   // empty: no credential
	Status     int      // of the response
	After      []string // operations whose successful calls must come first, in this order
}

// good is the part of a successful call that differs between operations.
type good struct {
	id, query, body string
	after           []string
}

// goods returns the successful calls by operation.
func goods(h Dataset) map[string]good {
	return map[string]good{
		"applications.create":    {body: `{"name": "Shop", "technology": "client", "allowed_origins": ["https://shop.example"]}`},
		"applications.list":      {query: "limit=10"},
		"applications.get":       {id: h.Application},
		"applications.update":    {id: h.Application, body: `{"name": "Invoicing"}`},
		"applications.disable":   {id: h.Application},
		"applications.enable":    {id: h.Application, after: []string{"applications.disable"}},
		"applications.archive":   {id: h.Application, after: []string{"applications.disable"}},
		"applications.unarchive": {id: h.Application, after: []string{"applications.disable", "applications.archive"}},

		"arxes.create":     {body: `{"name": "Staging", "purpose": "staging", "regions": ["eu-west-1"]}`},
		"arxes.list":       {query: "limit=10"},
		"arxes.get":        {id: h.Arx},
		"arxes.update":     {id: h.Arx, body: `{"name": "Production Europe"}`},
		"arxes.disable":    {id: h.Arx},
		"arxes.enable":     {id: h.Arx, after: []string{"arxes.disable"}},
		"arxes.setdefault": {id: h.OtherArx},
		"arxes.delete":     {id: h.OtherArx},

		"keys.create":     {body: `{"application_id": "` + h.Application + `", "arx_id": "` + h.Arx + `", "name": "weekly report", "scopes": ["invoices:read"]}`},
		"keys.list":       {query: "limit=10"},
		"keys.get":        {id: h.Key},
		"keys.update":     {id: h.Key, body: `{"name": "hourly export"}`},
		"keys.disable":    {id: h.Key},
		"keys.enable":     {id: h.Key, after: []string{"keys.disable"}},
		"keys.rotate":     {id: h.Key, body: `{"overlap_seconds": 3600}`},
		"keys.endoverlap": {id: h.Key, after: []string{"keys.rotate"}},
		"keys.delete":     {id: h.Key},
		"keys.usage":      {id: h.Key, query: "interval=day"},
		"keys.verify":     {body: `{"key": "` + h.AccessKey + `", "arx_id": "` + h.Arx + `", "scopes": ["invoices:read"]}`},

		"check": {id: h.Arx},

		"managementkeys.create": {body: `{"name": "Terraform", "role": "developer"}`},
		"managementkeys.list":   {query: "limit=10"},
		"managementkeys.get":    {id: h.ManagementKey},
		"managementkeys.delete": {id: h.ManagementKey},

		"audit":    {query: "limit=10"},
		"overview": {},
		"usage":    {query: "interval=day&application_id=" + h.Application + "&arx_id=" + h.Arx},
		"me":       {},
		"whoami":   {},
		"openapi":  {},
	}
}

// Good returns the successful call of the operation.
func Good(op api.Spec) (Call, error) {
	dataset, err := Recorded()
	if err != nil {
		return Call{}, err
	}
	g, ok := goods(dataset)[op.Name]
	if !ok {
		return Call{}, fmt.Errorf("the operation %s has no example: add one to infra/events/examples/call.go, and run make events", op.Name)
	}
	c := Call{Operation: op, ID: g.id, Query: g.query, Body: g.body, Status: op.Status, After: g.after}
	switch op.Permission {
	case api.Public:
	case api.HoldKey:
		c.Credential = dataset.AccessKey
	case api.CheckKeys:
		c.Credential, c.AccessKey = dataset.Gateway, dataset.AccessKey
	default:
		c.Credential = dataset.Credential
	}
	return c, nil
}

// Refused returns a call that the operation refuses: for a missing resource, with an empty body, without a credential,
// without an access key at a gateway or, for a public operation, with an unknown parameter.
func Refused(op api.Spec) (Call, error) {
	c, err := Good(op)
	c.After = nil
	takesBody := len(api.Bind(op.Request).Members) > 0
	switch {
	case op.Permission == api.CheckKeys:
		c.AccessKey, c.Status = "", problem.Unauthenticated.Status()
	case strings.Contains(op.Path, "{id}"):
		prefix, _, _ := strings.Cut(c.ID, "_")
		c.ID, c.Status = prefix+"_0000000000000000", problem.NotFound.Status()
	case takesBody:
		c.Body, c.Status = `{}`, problem.InvalidField.Status()
	case op.Permission != api.Public:
		c.Credential, c.Status = "", problem.Unauthenticated.Status()
	default:
		c.Query, c.Status = "surprise=1", problem.InvalidField.Status()
	}
	return c, err
}

// Request returns the call as an HTTP request to the base URL, such as http://127.0.0.1:8080.
func (c Call) Request(ctx context.Context, base string) (*http.Request, error) {
	address := base + strings.NewReplacer("{id}", c.ID, "{arx_id}", c.ID).Replace(c.Operation.Path)
	if c.Query != "" {
		address += "?" + c.Query
	}
	method := c.Operation.Method
	if method == api.AnyMethod {
		method = http.MethodGet
	}
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(c.Body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	if c.AccessKey != "" {
		r.Header.Set("X-Api-Key", c.AccessKey)
	}
	if c.Body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.Credential != "" {
		r.Header.Set("Authorization", "Bearer "+c.Credential)
	}
	return r, nil
}

// Event returns the call as an API Gateway event, created by infra/local/gateway, with a fixed time and request id.
func (c Call) Event() ([]byte, error) {
	r, err := c.Request(context.Background(), "http://127.0.0.1:3000")
	if err != nil {
		return nil, err
	}
	r.RemoteAddr = "203.0.113.7:50000"
	r.Header.Set("User-Agent", "example")
	var event events.APIGatewayV2HTTPRequest
	take := func(_ context.Context, text []byte) (lambda.Result, error) {
		err = json.Unmarshal(text, &event)
		return lambda.Result{Payload: []byte(`{}`)}, err
	}
	route := gateway.Route{Method: c.Operation.Method, Path: c.Operation.Path, Invoke: take}
	if c.Operation.Permission == api.HoldKey && c.Credential != "" {
		dataset, err := Recorded()
		if err == nil {
			route.Authorizer, err = allowing(dataset)
		}
		if err != nil {
			return nil, err
		}
	}
	gateway.New([]gateway.Route{route}, nil).ServeHTTP(httptest.NewRecorder(), r)
	if err != nil {
		return nil, err
	}
	event.RequestContext.RequestID = "example-" + c.Operation.Name
	event.RequestContext.Time, event.RequestContext.TimeEpoch = "01/Feb/2026:09:12:00 +0000", 1769937120000
	return indented(event)
}
