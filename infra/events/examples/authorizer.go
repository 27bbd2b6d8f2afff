package examples

import (
	"context"
	"encoding/json"
	"net/http/httptest"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/infra/local/gateway"
	"github.com/arxkeys/arxkeys/infra/local/lambda"
	"github.com/arxkeys/arxkeys/shared/api"
)

// holder is the holder of the dataset's access key, in the authorizer's context.
func holder(h Dataset) api.Holder {
	return api.Holder{
		Tenant:      "example",
		Key:         api.HeldKey{ID: h.Key, Name: "nightly export", Scopes: []string{"invoices:read"}},
		Application: api.VerifiedApplication{ID: h.Application, Name: "Billing"},
		Arx:         api.HeldArx{ID: h.Arx, Name: "Production EU"},
	}
}

// allowing returns an authorizer that allows every request, with the dataset's holder as context.
func allowing(h Dataset) (*gateway.Authorizer, error) {
	return gateway.NewAuthorizer("authorizers/apikey", nil, 0, func(context.Context, []byte) (lambda.Result, error) {
		answer, err := json.Marshal(map[string]any{"isAuthorized": true, "context": holder(h).Context()})
		return lambda.Result{Payload: answer}, err
	})
}

// AuthorizerEvents returns the events of the authorizer by name: for an HTTP API and for a REST API, with the dataset's
// access key and with an unknown one.
func AuthorizerEvents() (map[string][]byte, error) {
	dataset, err := Recorded()
	if err != nil {
		return nil, err
	}
	stranger := dataset.AccessKey[:len(dataset.AccessKey)-1] + "x" // its checksum is wrong
	all := map[string][]byte{}
	for suffix, key := range map[string]string{"": dataset.AccessKey, "-refused": stranger} {
		if all["authorizers-apikey-http"+suffix], err = httpEvent(key); err == nil {
			all["authorizers-apikey-rest"+suffix], err = restEvent(key)
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// httpEvent returns the event that infra/local/gateway creates for a request to a user's HTTP API.
func httpEvent(key string) ([]byte, error) {
	var event events.APIGatewayV2CustomAuthorizerV2Request
	authorizer, err := gateway.NewAuthorizer("authorizers/apikey", nil, 0, func(_ context.Context, text []byte) (lambda.Result, error) {
		return lambda.Result{}, json.Unmarshal(text, &event)
	})
	if err != nil {
		return nil, err
	}
	r := httptest.NewRequest("GET", "http://api.example/pets/42", nil)
	r.RemoteAddr = "203.0.113.7:50000"
	r.Header.Set("X-Api-Key", key)
	r.Header.Set("User-Agent", "example")
	gateway.New([]gateway.Route{{Method: "GET", Path: "/pets/{id}", Authorizer: authorizer}}, nil).ServeHTTP(httptest.NewRecorder(), r)
	event.RequestContext.RequestID = "example-authorizers.apikey"
	event.RequestContext.Time, event.RequestContext.TimeEpoch = "01/Feb/2026:09:12:00 +0000", 1769937120000
	return indented(event)
}

// restEvent returns an event in the format that API Gateway documents for REST APIs: headers as they were sent, with
// single and multiple values.
func restEvent(key string) ([]byte, error) {
	single, all := map[string]string{}, map[string][]string{}
	for name, value := range map[string]string{
		"Host": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com", "User-Agent": "example", "X-Api-Key": key, "X-Forwarded-For": "203.0.113.7",
	} {
		single[name], all[name] = value, []string{value}
	}
	event := events.APIGatewayCustomAuthorizerRequestTypeRequest{
		Type: "REQUEST", MethodArn: "arn:aws:execute-api:eu-central-1:000000000000:a1b2c3d4e5/prod/GET/pets/42",
		Resource: "/pets/{id}", Path: "/pets/42", HTTPMethod: "GET", Headers: single, MultiValueHeaders: all,
		PathParameters: map[string]string{"id": "42"},
	}
	event.RequestContext.Path, event.RequestContext.Stage, event.RequestContext.HTTPMethod = "/prod/pets/42", "prod", "GET"
	event.RequestContext.AccountID, event.RequestContext.APIID = "000000000000", "a1b2c3d4e5"
	event.RequestContext.ResourcePath, event.RequestContext.RequestID = "/pets/{id}", "example-authorizers.apikey"
	event.RequestContext.Identity.SourceIP = "203.0.113.7"
	return indented(event)
}

func indented(event any) ([]byte, error) {
	text, err := json.MarshalIndent(event, "", "  ")
	return append(text, '\n'), err
}
