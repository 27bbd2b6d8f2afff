package lambdahttp

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// sorted makes equal answers equal bytes.
var sorted = jsonv2.Deterministic(true)

// success is the answer of a handler that found no fault. Raw JSON goes out as it is.
func success(status int, answer any, requestID string) (events.APIGatewayV2HTTPResponse, error) {
	body, ok := answer.(json.RawMessage)
	if !ok {
		var err error
		if body, err = jsonv2.Marshal(answer, sorted); err != nil {
			return events.APIGatewayV2HTTPResponse{}, fmt.Errorf("encode answer: %w", err)
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

// refusal is the answer of a problem, and whether the caller presented a credential of the form that is asked for.
func refusal(p *problem.Problem, requestID string, presented bool) events.APIGatewayV2HTTPResponse {
	status := p.Code.Status()
	// A document is strings and a number: with any bytes allowed in the strings, encoding can't fail.
	body, _ := jsonv2.Marshal(p.Document(requestID), jsontext.AllowInvalidUTF8(true))
	response := respond(status, problem.MediaType, string(body), requestID)
	switch {
	case status == http.StatusUnauthorized && presented: // RFC 6750, section 3: who presented none is told no error
		response.Headers["WWW-Authenticate"] = `Bearer error="invalid_token"`
	case status == http.StatusUnauthorized:
		response.Headers["WWW-Authenticate"] = "Bearer"
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable, p.RetryAfter > 0:
		response.Headers["Retry-After"] = strconv.Itoa(max(1, int((p.RetryAfter+time.Second-1)/time.Second)))
	}
	return response
}

// respond is what all answers have. None may be kept by a cache: they are one caller's, and some
// hold a secret.
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
