package lambdahttp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"runtime/debug"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/after"
	"github.com/arxkeys/arxkeys/shared/lambda/environment"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// Verify returns the verdict on an access key for the caller's tenant.
type Verify[P any] func(context.Context, auth.Principal, api.VerifyKeyRequest, P) (api.Verification, error)

// StartCheck serves api.Check, and does not return.
func StartCheck[P any](op api.Operation[api.CheckRequest, api.Nothing], prefetching Prefetching[api.VerifyKeyRequest, P], verify Verify[P], hooks environment.Hooks) {
	o := production()
	environment.Start(invocation(CheckHandler(op, prefetching, verify, o)).Invoke, hooks.Ending(o.Metrics.Write))
}

// CheckHandler returns the Lambda handler of api.Check, with the guarantees of Handler. It authenticates the
// gateway like PrefetchingHandler authenticates callers, but takes only management keys: an access token
// could make it fetch the issuer's keys, and is no credential of a gateway.
func CheckHandler[P any](op api.Operation[api.CheckRequest, api.Nothing], prefetching Prefetching[api.VerifyKeyRequest, P], verify Verify[P], o Options) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	mustServePrincipals(op.Name, op.Permission, prefetching.Authenticate == nil)
	c := checker[P]{op, prefetching, verify, api.Bind(reflect.TypeFor[api.CheckRequest]()).Params, o.withDefaults()}
	return c.serve
}

type checker[P any] struct {
	op api.Operation[api.CheckRequest, api.Nothing]
	Prefetching[api.VerifyKeyRequest, P]
	verify   Verify[P]
	settings []api.Param
	Options
}

// checkFailure is a response other than 200: a problem, and the code that says why.
type checkFailure struct {
	code api.CheckCode
	*problem.Problem
}

// Unwrap returns the problem.
func (f checkFailure) Unwrap() error { return f.Problem }

func (c *checker[P]) serve(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	l := line{operation: c.op.Name, requestID: requestID(ctx, event), start: c.Now()}
	ctx, cancel := withMargin(ctx)
	defer cancel()
	verdict, failure := c.answer(ctx, &event, &l)
	var response events.APIGatewayV2HTTPResponse
	if failure != nil {
		l.presented = failure.code == api.CheckGatewayCredential && len(values(&event, "Authorization")) > 0
		response = refusal(failure.Problem, l.requestID, failure.code != api.CheckNoKey)
		response.Headers[api.CheckCodeHeader] = string(failure.code)
		l.code = problem.Code(failure.code)
		if l.gateway = failure.Code == problem.Internal; l.gateway {
			l.cause = errors.New(failure.Detail) // names the setting, and contains no value
		}
	} else {
		response = allowed(verdict, l.requestID)
	}
	if policy, limit := verdict.RateLimitFields(); policy != "" {
		response.Headers["RateLimit-Policy"], response.Headers["RateLimit"] = policy, limit
	}
	l.status, l.end = response.StatusCode, c.Now()
	after.Response(ctx, func(ctx context.Context) { l.report(ctx, c.Options) })
	return response, nil
}

// allowed returns the response for a valid access key: the identity in headers, and no body.
func allowed(v api.Verification, requestID string) events.APIGatewayV2HTTPResponse {
	response := respond(http.StatusOK, "text/plain", "", requestID)
	h := response.Headers
	h[api.CheckCodeHeader] = string(v.Code)
	h[api.CheckKeyIDHeader], h[api.CheckApplicationHeader], h[api.CheckArxHeader] = v.Key.ID, v.Application.ID, v.Arx.ID
	h[api.CheckTenantHeader], h[api.CheckGrantedScopesHeader] = v.Tenant, strings.Join(v.Key.Scopes, " ")
	return response
}

// answer returns a valid verdict, or the reason why there is none, and then the verdict if there is one.
func (c *checker[P]) answer(ctx context.Context, event *events.APIGatewayV2HTTPRequest, l *line) (verdict api.Verification, failure *checkFailure) {
	defer func() {
		if v := recover(); v != nil {
			l.stack = string(debug.Stack())
			verdict, failure = api.Verification{}, undecided(fmt.Errorf("panic: %v", v), l)
		}
	}()
	var err error
	if l.client, err = client(c.Edge, event); problem.Is(err, problem.DirectCall) {
		return verdict, misconfigured(api.CheckDirectCall, problem.Of(err).Detail)
	} else if err != nil {
		return verdict, undecided(err, l)
	}
	var question api.CheckRequest
	request := sync.OnceValues(func() (req api.VerifyKeyRequest, err error) {
		if question, err = c.question(event); err != nil {
			return req, err
		}
		key, code := presentedKey(event, question.KeyIn())
		if code != "" {
			return req, keyRefused(code)
		}
		return question.Verifying(key), nil
	})
	by, plan, failure := c.gateway(ctx, event, request, l)
	if failure != nil {
		return verdict, failure
	}
	req, err := request()
	if refused, ok := errors.AsType[*checkFailure](err); ok {
		return verdict, refused
	} else if err != nil {
		return verdict, undecided(err, l)
	}
	v, err := c.verify(ctx, by, req, plan)
	if err != nil {
		return verdict, undecided(err, l)
	}
	l.verdict = v.Code
	return judged(v, question, l)
}

// judged returns a verdict, with the refusal that it means if it is not valid.
func judged(v api.Verification, question api.CheckRequest, l *line) (api.Verification, *checkFailure) {
	switch {
	case v.Valid && v.Code == api.CodeValid && v.Key != nil && v.Application != nil && v.Arx != nil && v.Tenant != "":
		return v, nil
	case v.Valid || v.Code == api.CodeValid || v.Code == "":
		l.verdict = ""
		return api.Verification{}, undecided(fmt.Errorf("inconsistent verdict: valid %t, code %q", v.Valid, v.Code), l)
	}
	return v, verdictRefused(v, question)
}

// gateway authenticates the gateway.
func (c *checker[P]) gateway(ctx context.Context, event *events.APIGatewayV2HTTPRequest, request func() (api.VerifyKeyRequest, error), l *line) (by auth.Principal, plan P, failure *checkFailure) {
	text, err := credential(event)
	if err != nil || !strings.HasPrefix(text, managementPrefix) {
		return by, plan, misconfigured(api.CheckGatewayCredential, "The gateway must send its management key, arxm_…, in the header Authorization: Bearer <management key>.")
	}
	plan = c.Plan(request)
	switch by, err = c.Authenticate(ctx, text, plan); {
	case problem.Is(err, problem.Unauthenticated), problem.Is(err, problem.Forbidden):
		return by, plan, misconfigured(api.CheckGatewayCredential, "The management key of the gateway is not valid. It may have been deleted, or have expired.")
	case err != nil:
		return by, plan, undecided(fmt.Errorf("authenticate: %w", err), l)
	}
	l.principal = by
	if by.Kind != api.ManagementKey || !by.May(c.op.Permission) {
		return by, plan, misconfigured(api.CheckGatewayRole, "The management key of the gateway must have the role verifier. A gateway must not hold a credential that can do more.")
	}
	by.From, by.RequestID = l.client, l.requestID
	return by, plan, nil
}

const managementPrefix = "arxm_"

// question reads the gateway's settings.
func (c *checker[P]) question(event *events.APIGatewayV2HTTPRequest) (req api.CheckRequest, err error) {
	var wrong []problem.Field
	for _, p := range c.settings {
		text, n := event.PathParameters[p.Name], 1
		if p.Place == api.InHeader {
			// API Gateway joins repeated headers with a comma, which no setting contains.
			text, n = header(event, p.Name)
			text = strings.TrimSpace(text)
		}
		switch {
		case n == 0:
		case n > 1:
			wrong = append(wrong, repeated(p.Name))
		case text == "" && p.MayBeEmpty: // some gateways send a header that the caller did not send
		case text == "":
			wrong = append(wrong, empty(p.Name))
		case !utf8.ValidString(text):
			wrong = append(wrong, problem.Field{Field: p.Name, Code: "wrong_type", Detail: "must be text in UTF-8."})
		default:
			p.Set(&req, text)
		}
	}
	if len(wrong) > 0 {
		return req, misconfigured(api.CheckGatewaySetting, problem.Invalid(wrong...).Detail)
	}
	if err := req.Validate(); err != nil {
		return req, misconfigured(api.CheckGatewaySetting, problem.Of(err).Detail)
	}
	return req, nil
}

// presentedKey returns the caller's access key in the header, or the code of why there is not exactly one.
func presentedKey(event *events.APIGatewayV2HTTPRequest, name string) (api.ClearText, api.CheckCode) {
	text, n := header(event, name)
	if scheme, key, found := strings.Cut(strings.TrimSpace(text), " "); found && strings.EqualFold(scheme, "Bearer") {
		text = key
	} else if strings.EqualFold(scheme, "Bearer") {
		text = ""
	}
	text = strings.TrimSpace(text)
	switch {
	case n == 0, n == 1 && text == "":
		return "", api.CheckNoKey
	case n > 1, strings.ContainsAny(text, ", "): // which no access key contains; API Gateway joins repeated headers with a comma
		return "", api.CheckTwoKeys
	}
	return api.ClearText(text), ""
}

// misconfigured returns the failure of a gateway that its operator has to correct.
func misconfigured(code api.CheckCode, detail string) *checkFailure {
	return &checkFailure{code, problem.New(problem.Internal, detail)}
}

// keyRefused returns the failure of a caller whose access key is none, or is unknown. The document says no
// more than the status: some gateways pass it on to the caller.
func keyRefused(code api.CheckCode) *checkFailure {
	return &checkFailure{code, problem.New(problem.Unauthenticated, "Send one valid access key.")}
}

// exhaustedRetry is when to retry with a key that has no uses left. Somebody has to give it more.
const exhaustedRetry = time.Hour

// verdictRefused returns the failure that a verdict means.
func verdictRefused(v api.Verification, question api.CheckRequest) *checkFailure {
	var p *problem.Problem
	switch v.Code {
	case api.CodeMalformed, api.CodeNotFound:
		return keyRefused(api.CheckCode(v.Code))
	case api.CodeRateLimited, api.CodeUsageExhausted:
		p = problem.New(problem.TooMany, "The limit of this access key is reached.")
		if question.ForbidsLimited() {
			p.Code = problem.Forbidden
		}
		p.RetryAfter = exhaustedRetry
		if v.Code == api.CodeRateLimited && v.RateLimit != nil {
			p.RetryAfter = max(1, time.Duration(v.RateLimit.ResetSeconds)*time.Second) // the least is a second, if the window ends now
		}
	default:
		p = problem.New(problem.Forbidden, "This access key is not allowed to do this.")
	}
	return &checkFailure{api.CheckCode(v.Code), p}
}

// undecided returns the failure of a check that could not be made, and records its cause.
func undecided(err error, l *line) *checkFailure {
	p := classify(err)
	if !problem.IsUndecided(p) {
		p = unavailable(err)
	}
	l.fail(p, err)
	return &checkFailure{api.CheckUndecided, p}
}
