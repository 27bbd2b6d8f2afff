package lambdahttp

import (
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// credential returns the credential in the Authorization header (RFC 6750, section 2.1). The scheme is
// case-insensitive (RFC 9110, section 11.1).
func credential(event *events.APIGatewayV2HTTPRequest) (string, error) {
	value, n := header(event, "Authorization")
	if n == 0 {
		return "", problem.New(problem.Unauthenticated, "Send an access token or a management key in the header Authorization: Bearer <credential>.")
	}
	scheme, token, _ := strings.Cut(value, " ")
	token = strings.TrimLeft(token, " ")
	// API Gateway joins repeated headers with a comma, which no credential contains.
	if n > 1 || !strings.EqualFold(scheme, "Bearer") || token == "" || strings.ContainsAny(token, ", ") {
		return "", problem.New(problem.Unauthenticated, "The Authorization header must be Bearer, one space, and one access token or management key.")
	}
	return token, nil
}

// values returns all values of a header.
func values(event *events.APIGatewayV2HTTPRequest, name string) (all []string) {
	for k, v := range event.Headers {
		if len(k) == len(name) && strings.EqualFold(k, name) {
			all = append(all, v)
		}
	}
	return all
}

// header returns the value of a header and how often it occurs. API Gateway sends names in lower case;
// other senders of the event may not.
func header(event *events.APIGatewayV2HTTPRequest, name string) (value string, n int) {
	for k, v := range event.Headers {
		if len(k) == len(name) && strings.EqualFold(k, name) {
			value = v
			n++
		}
	}
	return value, n
}
