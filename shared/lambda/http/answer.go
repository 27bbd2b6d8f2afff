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

// encoding makes equal answers equal bytes, and writes every time in one form.
var encoding = jsonv2.JoinOptions(jsonv2.Deterministic(true), jsonv2.WithMarshalers(jsonv2.MarshalToFunc(
	func(e *jsontext.Encoder, at time.Time) error {
		return e.WriteToken(jsontext.String(api.FormatTime(at)))
	},
)))

// success is the answer of a handler that found no fault. A document goes out as it is.
func success(status int, answer any, requestID string) (events.APIGatewayV2HTTPResponse, error) {
	var body []byte
	if document, ok := answer.(api.Document); ok {
		body = document.RawMessage
	} else {
		var err error
		if body, err = jsonv2.Marshal(answer, encoding); err != nil {
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

// unchanged makes of a document's answer that the caller has it already, where they do (RFC 9110, section 13.1.2).
// Whether a document has changed may be asked of a cache; what it holds, never without asking.
func unchanged(event *events.APIGatewayV2HTTPRequest, response *events.APIGatewayV2HTTPResponse) {
	response.Headers["Cache-Control"] = "no-cache"
	response.Headers["ETag"] = "W/" + response.Headers["ETag"] // one for the document, compressed or not
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
