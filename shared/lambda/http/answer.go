package lambdahttp

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// encoding encodes equal values as equal bytes, and every time in one format.
var encoding = jsonv2.JoinOptions(jsonv2.Deterministic(true), jsonv2.WithMarshalers(jsonv2.MarshalToFunc(
	func(e *jsontext.Encoder, at time.Time) error {
		return e.WriteToken(jsontext.String(api.FormatTime(at)))
	},
)))

// success returns the response for a handler's result. A document is sent unchanged.
func success(status int, answer any, requestID string) (events.APIGatewayV2HTTPResponse, error) {
	var body []byte
	if document, ok := answer.(api.Document); ok {
		body = document.RawMessage
	} else {
		var err error
		if body, err = jsonv2.Marshal(answer, encoding); err != nil {
			return events.APIGatewayV2HTTPResponse{}, fmt.Errorf("encode response: %w", err)
		}
	}
	response := respond(status, "application/json", string(body), requestID)
	if located, ok := answer.(api.Located); ok && status == http.StatusCreated {
		response.Headers["Location"] = located.Location()
	}
	if tagged, ok := answer.(api.Tagged); ok {
		if tag := tagged.ETag(); tag != "" {
			response.Headers["ETag"] = `"` + tag + `"`
		}
	}
	if limited, ok := answer.(api.RateLimited); ok {
		if policy, limit := limited.RateLimitFields(); policy != "" {
			response.Headers["RateLimit-Policy"], response.Headers["RateLimit"] = policy, limit
		}
	}
	if repeatable, ok := answer.(api.Repeatable); ok && repeatable.IsReplay() {
		response.Headers["Idempotency-Replayed"] = "true"
	}
	return response, nil
}

// refusal returns the response for a problem. presented tells whether the caller sent a well-formed
// credential.
func refusal(p *problem.Problem, requestID string, presented bool) events.APIGatewayV2HTTPResponse {
	status := p.Code.Status()
	// A document contains strings and a number, so encoding cannot fail if any bytes are allowed in
	// strings.
	body, _ := jsonv2.Marshal(p.Document(requestID), jsontext.AllowInvalidUTF8(true))
	response := respond(status, problem.MediaType, string(body), requestID)
	switch {
	case status == http.StatusUnauthorized && presented: // RFC 6750, section 3: no error code without a credential
		response.Headers["WWW-Authenticate"] = `Bearer error="invalid_token"`
	case status == http.StatusUnauthorized:
		response.Headers["WWW-Authenticate"] = "Bearer"
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable, p.RetryAfter > 0:
		response.Headers["Retry-After"] = strconv.Itoa(max(1, int((p.RetryAfter+time.Second-1)/time.Second)))
	}
	return response
}

// respond returns a response with the headers that all responses have. None may be cached: they are for one
// caller, and some contain a secret.
func respond(status int, contentType, body, requestID string) events.APIGatewayV2HTTPResponse {
	headers := make(map[string]string, 8)
	headers["Content-Type"] = contentType
	headers["Cache-Control"] = "no-store"
	headers["X-Content-Type-Options"] = "nosniff"
	if requestID != "" {
		headers["X-Request-Id"] = requestID
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: status, Headers: headers, Body: body}
}

// unchanged turns a document's response into 304 if the caller has the document already (RFC 9110, section
// 13.1.2). Caches may store a document, but must revalidate it.
func unchanged(event *events.APIGatewayV2HTTPRequest, response *events.APIGatewayV2HTTPResponse) {
	response.Headers["Cache-Control"] = "no-cache"
	// Weak: the same for compressed and uncompressed responses.
	response.Headers["ETag"] = "W/" + response.Headers["ETag"]
	known, _ := header(event, "If-None-Match")
	for tag := range strings.SplitSeq(known, ",") {
		tag = strings.TrimSpace(tag)
		if tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(response.Headers["ETag"], "W/") {
			response.StatusCode, response.Body = http.StatusNotModified, ""
			delete(response.Headers, "Content-Type")
			return
		}
	}
}
