package lambdahttp_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/edge"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// book is a request with a field of every kind in every place.
type book struct {
	Shelf   string          `path:"shelf" json:"-"`
	IfMatch string          `header:"If-Match" json:"-"`
	Copies  int             `query:"copies" json:"-"`
	Query   string          `query:"q" json:"-"`
	Title   string          `json:"title"`
	Pages   int             `json:"pages,omitempty"`
	Lent    bool            `json:"lent,omitempty"`
	Tags    []string        `json:"tags,omitempty"`
	Due     *time.Time      `json:"due,omitempty"`
	Print   printing        `json:"print,omitzero"`
	Extra   json.RawMessage `json:"extra,omitempty"`
}

type printing struct {
	Year int `json:"year"`
}

func (b book) Validate() error {
	if b.Title == "" {
		return problem.Invalid(problem.Field{Field: "title", Code: "required", Detail: "give it a title."})
	}
	return nil
}

// shelved is a response with everything that a response may have.
type shelved struct {
	Book   book              `json:"book"`
	By     api.By            `json:"by"`
	Tags   []string          `json:"tags"`
	Can    map[string]bool   `json:"can"`
	Secret api.ClearText     `json:"secret"`
	Notes  map[string]string `json:"notes"`
}

func (s shelved) Location() string { return "/v1/books/7" }
func (s shelved) ETag() string     { return "v7" }

var shelve = api.Operation[book, shelved]{
	Name: "books.shelve", Method: "POST", Path: "/v1/shelves/{shelf}", Permission: api.WriteCatalog, Status: 201,
}

// desk maps credentials to principals.
type desk map[string]error

func (d desk) Authenticate(_ context.Context, credential string) (auth.Principal, error) {
	if err := d[credential]; err != nil {
		return auth.Principal{}, err
	}
	switch credential {
	case "owner":
		return auth.Principal{Kind: api.Person, ID: "p-1", Name: "owner@example.com", Tenant: "default", Role: api.Owner}, nil
	case "developer":
		return auth.Principal{Kind: api.Person, ID: "p-2", Name: "developer@example.com", Tenant: "default", Role: api.Developer}, nil
	}
	if credential == "nobody" {
		return auth.Principal{Kind: api.Person, ID: "p-3", Tenant: "default"}, nil
	}
	return auth.Principal{}, problem.New(problem.Unauthenticated, "The credential is not accepted. Sign in again.")
}

var people = desk{
	"throttled": errors.New("dial 10.0.0.7: refused"),
	"busy":      problem.Busy(errors.New("throttled")),
	"roleless":  problem.New(problem.Forbidden, "None of your groups names a role."),
}

// outcome is a response with its log line.
type outcome struct {
	events.APIGatewayV2HTTPResponse
	document problem.Document
	line     map[string]any
	log      string
}

// try sends the event to the operation.
func try[Req api.Request, Res any](t testing.TB, op api.Operation[Req, Res], handle func(context.Context, auth.Principal, Req) (Res, error), event events.APIGatewayV2HTTPRequest) outcome {
	t.Helper()
	return tryWithin(t, t.Context(), op, handle, event)
}

// serving returns the handler of the operation, including one for the holder of an access key.
func serving[Req api.Request, Res any](op api.Operation[Req, Res], handle func(context.Context, auth.Principal, Req) (Res, error), o lambdahttp.Options) func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	if op.Permission != api.HoldKey {
		return lambdahttp.Handler(op, people, handle, o)
	}
	return lambdahttp.HandlerForHolder(op, func(ctx context.Context, by api.Holder, req Req) (Res, error) {
		return handle(ctx, auth.Principal{ID: by.Key.ID, Tenant: by.Tenant}, req)
	}, o)
}

func tryWithin[Req api.Request, Res any](t testing.TB, ctx context.Context, op api.Operation[Req, Res], handle func(context.Context, auth.Principal, Req) (Res, error), event events.APIGatewayV2HTTPRequest) outcome {
	t.Helper()
	return tryBehind(t, ctx, edge.Edge{}, op, handle, event)
}

func tryBehind[Req api.Request, Res any](t testing.TB, ctx context.Context, e edge.Edge, op api.Operation[Req, Res], handle func(context.Context, auth.Principal, Req) (Res, error), event events.APIGatewayV2HTTPRequest) outcome {
	t.Helper()
	var log bytes.Buffer
	h := serving(op, handle, lambdahttp.Options{Log: slog.New(slog.NewJSONHandler(&log, nil)), Edge: e})
	response, err := h(ctx, event)
	if err != nil {
		t.Fatalf("a Go error, for which API Gateway answers a bare 500: %v", err)
	}
	o := outcome{APIGatewayV2HTTPResponse: response, log: log.String()}
	if lines := strings.Count(o.log, "\n"); lines != 1 {
		t.Errorf("%d log lines, want 1: %s", lines, o.log)
	}
	if err := json.Unmarshal(log.Bytes(), &o.line); err != nil {
		t.Errorf("log line: %v: %s", err, o.log)
	}
	if o.line["status"] != float64(o.StatusCode) || o.line["operation"] != op.Name || o.line["request_id"] != "r-1" {
		t.Errorf("the log line of a %d does not match: %s", o.StatusCode, o.log)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Request-Id": "r-1"} {
		if o.Headers[name] != want {
			t.Errorf("%s: %q, want %q", name, o.Headers[name], want)
		}
	}
	if o.StatusCode >= 400 {
		if err := json.Unmarshal([]byte(o.Body), &o.document); err != nil {
			t.Fatalf("not a problem document: %v: %s", err, o.Body)
		}
		if o.Headers["Content-Type"] != "application/problem+json" || o.document.Status != o.StatusCode || o.document.Detail == "" || o.document.RequestID != "r-1" {
			t.Errorf("incomplete problem document: %v %s", o.Headers, o.Body)
		}
		if o.line["code"] != string(o.document.Code) {
			t.Errorf("the log line has the code %v, the response %s", o.line["code"], o.document.Code)
		}
	}
	return o
}

// request returns a valid request, changed by the edits.
func request(edits ...func(*events.APIGatewayV2HTTPRequest)) events.APIGatewayV2HTTPRequest {
	e := events.APIGatewayV2HTTPRequest{
		Headers:        map[string]string{"authorization": "Bearer owner", "content-type": "application/json"},
		PathParameters: map[string]string{"shelf": "a/1"},
		Body:           `{"title": "Emma"}`,
	}
	e.RequestContext.RequestID = "r-1"
	e.RequestContext.HTTP.SourceIP = "203.0.113.7"
	handedOn(theHolder)(&e)
	for _, edit := range edits {
		edit(&e)
	}
	return e
}

// theHolder is what an authorizer passes on. Operations for principals have no authorizer.
var theHolder = map[string]any{
	"tenant": "default", "key_id": "key_0123456789abcdef", "application_id": "app_0123456789abcdef", "arx_id": "arx_0123456789abcdef", "scopes": "",
}

func handedOn(context map[string]any) func(*events.APIGatewayV2HTTPRequest) {
	return func(e *events.APIGatewayV2HTTPRequest) {
		e.RequestContext.Authorizer = nil
		if context != nil {
			e.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{Lambda: context}
		}
	}
}

// edit changes an event.
type edit = func(*events.APIGatewayV2HTTPRequest)

func body(text string) func(*events.APIGatewayV2HTTPRequest) {
	return func(e *events.APIGatewayV2HTTPRequest) { e.Body = text }
}

func query(raw string) func(*events.APIGatewayV2HTTPRequest) {
	return func(e *events.APIGatewayV2HTTPRequest) { e.RawQueryString = raw }
}

func with(header, value string) func(*events.APIGatewayV2HTTPRequest) {
	return func(e *events.APIGatewayV2HTTPRequest) { e.Headers[header] = value }
}

func without(header string) func(*events.APIGatewayV2HTTPRequest) {
	return func(e *events.APIGatewayV2HTTPRequest) { delete(e.Headers, header) }
}

func bearer(credential string) func(*events.APIGatewayV2HTTPRequest) {
	return with("authorization", "Bearer "+credential)
}

func TestRefusals(t *testing.T) {
	never := func(context.Context, auth.Principal, book) (shelved, error) {
		t.Error("the handler was called")
		return shelved{}, nil
	}

	refuse := func(why string, status int, fields string, edits ...edit) {
		t.Helper()
		o := try(t, shelve, never, request(edits...))
		var got []string
		for _, f := range o.document.Errors {
			got = append(got, f.Field+" "+f.Code)
		}
		if o.StatusCode != status || strings.Join(got, ", ") != fields {
			t.Errorf("%s: %d %q, want %d %q: %s", why, o.StatusCode, strings.Join(got, ", "), status, fields, o.Body)
		}
		want := map[bool]string{true: "Bearer"}[status == 401]
		if status == 401 && strings.Contains(why, "unknown credential") { // one was presented
			want += ` error="invalid_token"`
		}
		if challenge := o.Headers["Www-Authenticate"] + o.Headers["WWW-Authenticate"]; challenge != want {
			t.Errorf("%s: %d with WWW-Authenticate %q", why, o.StatusCode, challenge)
		}
		if after := o.Headers["Retry-After"]; (after == "1") != (status == 503) {
			t.Errorf("%s: %d with Retry-After %q", why, o.StatusCode, after)
		}
	}

	refuse("no credential", 401, "", without("authorization"))
	refuse("an empty one", 401, "", with("authorization", ""))
	refuse("a scheme alone", 401, "", with("authorization", "Bearer"))
	refuse("a scheme and a space", 401, "", bearer(""))
	refuse("another scheme", 401, "", with("authorization", "Basic b3duZXI6"))
	refuse("a credential without scheme", 401, "", with("authorization", "owner"))
	refuse("two credentials, as API Gateway joins them", 401, "", with("authorization", "Bearer owner,Bearer owner"))
	refuse("two credentials in one header", 401, "", bearer("owner owner"))
	refuse("two headers", 401, "", with("Authorization", "Bearer owner"))
	refuse("an unknown credential", 401, "", bearer("stranger"))
	refuse("an unknown credential, and a malformed body", 401, "", bearer("stranger"), body(`{`))
	refuse("a principal without a role", 403, "", bearer("roleless"))
	refuse("a role that may not", 403, "", bearer("developer"))
	refuse("a role without the permission, and a malformed body", 403, "", bearer("developer"), body(`{`))
	refuse("a credential that can't be checked", 503, "", bearer("throttled"))
	refuse("a credential that can't be checked for now", 503, "", bearer("busy"))

	refuse("no body", 400, "", body(""))
	refuse("white space", 400, "", body(" \n"))
	refuse("half a body", 400, "", body(`{"title": "Em`))
	refuse("not JSON", 400, "", body(`title=Emma`))
	refuse("two bodies", 400, "", body(`{"title": "Emma"} {"title": "Emma"}`))
	refuse("a list", 400, "", body(`[{"title": "Emma"}]`))
	refuse("a string", 400, "", body(`"Emma"`))
	refuse("null", 400, "", body(`null`))
	refuse("a body that is not UTF-8", 400, "", body("{\"title\": \"Emm\xff\"}"))
	refuse("malformed base64", 400, "", body("!!!"), func(e *events.APIGatewayV2HTTPRequest) { e.IsBase64Encoded = true })
	refuse("a form", 415, "", with("content-type", "application/x-www-form-urlencoded"))
	refuse("a malformed content type", 415, "", with("content-type", ";"))
	refuse("a body of 1 MB", 413, "", body(`{"title": "`+strings.Repeat("x", 1<<20)+`"}`))
	refuse("a body of 1 MB in base64", 413, "", body(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte(" "), 1<<20))),
		func(e *events.APIGatewayV2HTTPRequest) { e.IsBase64Encoded = true })
	refuse("a body one byte too large in base64", 413, "", body(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte(" "), 64<<10+1))),
		func(e *events.APIGatewayV2HTTPRequest) { e.IsBase64Encoded = true })

	refuse("an unknown field", 422, "titel unknown", body(`{"title": "Emma", "titel": "Emma"}`))
	refuse("unknown fields", 422, "x unknown, y unknown", body(`{"x": {"a": [1]}, "title": "Emma", "y": null}`))
	refuse("an unknown field further down", 422, "print.place unknown", body(`{"title": "Emma", "print": {"place": "London"}}`))
	refuse("another case", 422, "Title unknown", body(`{"Title": "Emma"}`))
	refuse("a parameter in the body", 422, "Shelf unknown", body(`{"title": "Emma", "Shelf": "b"}`))
	refuse("the same field twice", 422, "title duplicate", body(`{"title": "Emma", "title": "Persuasion"}`))
	refuse("twice within raw JSON", 422, "extra.a duplicate", body(`{"title": "Emma", "extra": {"a": 1, "a": 2}}`))
	refuse("a number for a string", 422, "title wrong_type", body(`{"title": 7}`))
	refuse("a string for a number", 422, "pages wrong_type", body(`{"title": "Emma", "pages": "7"}`))
	refuse("a fraction for an integer", 422, "pages wrong_type", body(`{"title": "Emma", "pages": 7.5}`))
	refuse("a number that is too large", 422, "pages wrong_type", body(`{"title": "Emma", "pages": 99999999999999999999}`))
	refuse("a string for a boolean", 422, "lent wrong_type", body(`{"title": "Emma", "lent": "true"}`))
	refuse("a string for a list", 422, "tags wrong_type", body(`{"title": "Emma", "tags": "novel"}`))
	refuse("a number within a list", 422, "tags[2] wrong_type", body(`{"title": "Emma", "tags": ["a", "b", 3]}`))
	refuse("null within a list", 422, "tags[1] wrong_type", body(`{"title": "Emma", "tags": ["a", null]}`))
	refuse("a string for an object", 422, "print wrong_type", body(`{"title": "Emma", "print": "1815"}`))
	refuse("a string further down", 422, "print.year wrong_type", body(`{"title": "Emma", "print": {"year": "1815"}}`))
	refuse("a day for a time", 422, "due wrong_type", body(`{"title": "Emma", "due": "2027-01-31"}`))
	refuse("a number for a time", 422, "due wrong_type", body(`{"title": "Emma", "due": 1801353600}`))
	refuse("null for a string", 422, "title wrong_type", body(`{"title": null}`))
	refuse("null for a list", 422, "tags wrong_type", body(`{"title": "Emma", "tags": null}`))
	refuse("null for an object", 422, "print wrong_type", body(`{"title": "Emma", "print": null}`))
	refuse("null for a number further down", 422, "print.year wrong_type", body(`{"title": "Emma", "print": {"year": null}}`))
	refuse("an invalid request", 422, "title required", body(`{}`))

	refuse("an unknown parameter", 422, "shelves unknown", query("shelves=2"))
	refuse("unknown and wrong parameters", 422, "a unknown, copies wrong_type, b unknown", query("a=1&copies=many&b"))
	refuse("a parameter twice", 422, "q repeated", query("q=a&q=a"))
	refuse("a parameter that is not a number", 422, "copies wrong_type", query("copies=1.5"))
	refuse("a parameter that is empty", 422, "copies empty", query("copies="))
	refuse("a parameter that is 0", 422, "copies wrong_type", query("copies=0"))
	refuse("a header that is empty", 422, "If-Match empty", with("if-match", ""))
	refuse("a header of white space", 422, "If-Match empty", with("if-match", " \t"))
	refuse("a header twice", 422, "If-Match repeated", with("if-match", `"1"`), with("If-Match", `"2"`))
	refuse("empty strings", 422, "title empty, tags[1] empty", body(`{"title": "", "tags": ["a", ""]}`))
	refuse("a query that can't be unescaped", 400, "", query("q=%zz"))
	refuse("a query that is not UTF-8", 400, "", query("q=%ff"))
	refuse("no path parameter", 404, "", func(e *events.APIGatewayV2HTTPRequest) { e.PathParameters = nil })
}

func TestRefusalsContainBoundedText(t *testing.T) {
	o := try(t, shelve, nil, request(body(`{"`+strings.Repeat("é", 1000)+`": 1}`)))
	if o.StatusCode != 422 || len(o.Body) > 1000 {
		t.Errorf("%d with %d bytes: %s", o.StatusCode, len(o.Body), o.Body)
	}
	var many strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&many, "&p%d", i)
	}
	if o = try(t, shelve, nil, request(query(many.String()))); o.StatusCode != 422 || len(o.document.Errors) != 20 {
		t.Errorf("%d with %d fields", o.StatusCode, len(o.document.Errors))
	}
}

func TestValidRequestIsDecodedCompletely(t *testing.T) {
	due := time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	want := book{
		Shelf: "a/1", IfMatch: `"v6"`, Copies: 2, Query: "a b,c&d", Title: "Emma", Pages: 474, Lent: true,
		Tags: []string{"novel", "null"}, Due: &due, Print: printing{Year: 1815}, Extra: json.RawMessage(`{"a": null}`),
	}
	var got book
	var by auth.Principal
	handle := func(_ context.Context, p auth.Principal, b book) (shelved, error) {
		got, by = b, p
		return shelved{}, nil
	}
	whole := `{"title": "Emma", "pages": 474, "lent": true, "tags": ["novel", "null"], "due": "2027-01-31T00:00:00Z", "print": {"year": 1815}, "extra": {"a": null}}`
	for name, edit := range map[string]func(*events.APIGatewayV2HTTPRequest){
		"as it is":              func(*events.APIGatewayV2HTTPRequest) {},
		"scheme in lower case":  with("authorization", "bearer owner"),
		"scheme and two spaces": with("authorization", "BEARER  owner"),
		"without content type":  without("content-type"),
		"with a charset":        with("content-type", "application/json; charset=utf-8"),
		"with a merge patch":    with("content-type", "application/merge-patch+json"),
		"with other header case": func(e *events.APIGatewayV2HTTPRequest) {
			without("authorization")(e)
			with("Authorization", "Bearer owner")(e)
		},
		"in base64": func(e *events.APIGatewayV2HTTPRequest) {
			e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(e.Body)), true
		},
	} {
		got = book{}
		o := try(t, shelve, handle, request(body(whole), with("if-match", `"v6"`), query("copies=2&q=a+b%2Cc%26d"), edit))
		if o.StatusCode != 201 {
			t.Errorf("%s: %d %s", name, o.StatusCode, o.Body)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	wantBy := auth.Principal{
		Kind: api.Person, ID: "p-1", Name: "owner@example.com", Tenant: "default", Role: api.Owner,
		From: "203.0.113.7", RequestID: "r-1",
	}
	if diff := cmp.Diff(wantBy, by); diff != "" {
		t.Error(diff)
	}
}

func TestCallersAddressIsValidOrEmpty(t *testing.T) {
	for text, want := range map[string]string{"203.0.113.7": "203.0.113.7", "2001:db8::1": "2001:db8::1", "test-invoke-source-ip": "", "203.0.113.7, 10.0.0.1": "", "": ""} {
		var from string
		o := try(t, shelve, func(_ context.Context, by auth.Principal, _ book) (shelved, error) {
			from = by.From
			return shelved{}, nil
		}, request(func(e *events.APIGatewayV2HTTPRequest) { e.RequestContext.HTTP.SourceIP = text }))
		if o.StatusCode != 201 || from != want {
			t.Errorf("%q: %d, from %q", text, o.StatusCode, from)
		}
	}
}

func TestNullTimeIsNotSet(t *testing.T) {
	handle := func(_ context.Context, _ auth.Principal, b book) (shelved, error) {
		if b.Due != nil {
			t.Errorf("due %v", b.Due)
		}
		return shelved{}, nil
	}
	if o := try(t, shelve, handle, request(body(`{"title": "Emma", "due": null}`))); o.StatusCode != 201 {
		t.Errorf("%d %s", o.StatusCode, o.Body)
	}
}

func TestResponseIsComplete(t *testing.T) {
	handle := func(context.Context, auth.Principal, book) (shelved, error) {
		return shelved{Can: map[string]bool{"b": true, "a": false, "c": true}, Secret: "arxk_in_clear"}, nil
	}
	o := try(t, shelve, handle, request())
	wantHeaders := map[string]string{
		"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		"X-Request-Id": "r-1", "Location": "/v1/books/7", "ETag": `"v7"`,
	}
	if diff := cmp.Diff(wantHeaders, o.Headers); diff != "" {
		t.Error(diff)
	}
	want := `{"book":{"title":"","pages":0,"lent":false},"by":{"kind":"","id":"","name":""},"tags":[],"can":{"a":false,"b":true,"c":true},"secret":"arxk_in_clear","notes":{}}`
	if o.StatusCode != 201 || o.Body != want {
		t.Errorf("%d %s\nwant %s", o.StatusCode, o.Body, want)
	}
	if strings.Contains(o.log, "in_clear") {
		t.Errorf("the secret is in the log: %s", o.log)
	}
	if p, _ := o.line["principal"].(map[string]any); p["kind"] != "person" || p["id"] != "p-1" || o.line["tenant"] != "default" {
		t.Errorf("the log does not name the principal: %s", o.log)
	}
}

// PRODUCT.md's format of a time, whatever Go type contains it and whatever its zone.
func TestTimesHaveMilliseconds(t *testing.T) {
	type times struct {
		Whole   time.Time
		Micro   time.Time
		Pointer *time.Time
		Nil     *time.Time
		Any     map[string]any
	}
	at := time.Date(2027, 1, 31, 1, 0, 0, 0, time.FixedZone("", 3600))
	micro := at.Add(120_999 * time.Microsecond)
	op := api.Operation[book, times]{Name: "books.times", Method: "POST", Path: "/v1/books", Permission: api.Public, Status: 200}
	o := try(t, op, func(context.Context, auth.Principal, book) (times, error) {
		return times{at, micro, &micro, nil, map[string]any{"at": at}}, nil
	}, request())
	want := `{"Whole":"2027-01-31T00:00:00.000Z","Micro":"2027-01-31T00:00:00.120Z","Pointer":"2027-01-31T00:00:00.120Z","Nil":null,"Any":{"at":"2027-01-31T00:00:00.000Z"}}`
	if o.Body != want {
		t.Errorf("%s\nwant %s", o.Body, want)
	}
}

// Only a created resource has a Location; a response that shows one does not.
func TestOnlyACreatedResourceHasALocation(t *testing.T) {
	show := shelve
	show.Status = 200
	o := try(t, show, func(context.Context, auth.Principal, book) (shelved, error) { return shelved{}, nil }, request())
	if location, ok := o.Headers["Location"]; ok {
		t.Errorf("Location %q", location)
	}
}

var raw = api.Operation[api.Nothing, json.RawMessage]{Name: "raw", Method: "GET", Path: "/v1/raw", Permission: api.Public, Status: 200}

func TestPublicOperationNeedsNoCredential(t *testing.T) {
	const answer = `{"b":1,"a":2}`
	o := try(t, raw, func(_ context.Context, by auth.Principal, _ api.Nothing) (json.RawMessage, error) {
		if by.ID != "" {
			t.Errorf("principal %+v, want none", by)
		}
		return json.RawMessage(answer), nil
	}, request(without("authorization"), body("")))
	if o.StatusCode != 200 || o.Body != answer {
		t.Errorf("%d %q, want the response", o.StatusCode, o.Body)
	}
}

func TestOperationWithoutBodyRefusesOne(t *testing.T) {
	handle := func(context.Context, auth.Principal, api.Nothing) (json.RawMessage, error) {
		return json.RawMessage(`{}`), nil
	}
	for text, want := range map[string]int{"": 200, " {} ": 200, `{"confirm": true}`: 400, "x": 400} {
		if o := try(t, raw, handle, request(body(text))); o.StatusCode != want {
			t.Errorf("%q: %d, want %d", text, o.StatusCode, want)
		}
	}
	if o := try(t, raw, handle, request(body(""), query("limit=1"))); o.StatusCode != 422 {
		t.Errorf("a parameter: %d", o.StatusCode)
	}
}

func TestHandlerErrorsAreClassified(t *testing.T) {
	fail := func(err error) func(context.Context, auth.Principal, book) (shelved, error) {
		return func(context.Context, auth.Principal, book) (shelved, error) { return shelved{}, err }
	}
	slow := problem.Busy(errors.New("throttled"))
	slow.RetryAfter = 1500 * time.Millisecond
	for _, c := range []struct {
		why        string
		err        error
		status     int
		retryAfter string
	}{
		{"a problem", problem.New(problem.NameTaken, "Another application has the name."), 409, ""},
		{"a wrapped problem", fmt.Errorf("create: %w", problem.New(problem.NotFound, "No such shelf.")), 404, ""},
		{"a timeout", fmt.Errorf("write item: %w", context.DeadlineExceeded), 503, "1"},
		{"a cancelled call", fmt.Errorf("write item: %w", context.Canceled), 503, "1"},
		{"a problem caused by a timeout", problem.Because(problem.WrongState, context.DeadlineExceeded, "Try later."), 409, ""},
		{"a busy store", slow, 503, "2"},
		{"too many", problem.New(problem.TooMany, "Slow down."), 429, "1"},
		{"anything else", errors.New("secret-host refused"), 500, ""},
	} {
		o := try(t, shelve, fail(c.err), request())
		if o.StatusCode != c.status || o.Headers["Retry-After"] != c.retryAfter {
			t.Errorf("%s: %d, Retry-After %q; want %d, %q", c.why, o.StatusCode, o.Headers["Retry-After"], c.status, c.retryAfter)
		}
		if strings.Contains(o.Body, "secret-host") {
			t.Errorf("%s: the response contains the cause: %s", c.why, o.Body)
		}
		if c.status >= 500 && (o.line["cause"] != c.err.Error() || o.line["level"] != "ERROR") {
			t.Errorf("%s: the log lacks the cause: %s", c.why, o.log)
		}
	}
}

func TestPanicIsA500(t *testing.T) {
	o := try(t, shelve, func(context.Context, auth.Principal, book) (shelved, error) { panic("index out of range") }, request())
	if o.StatusCode != 500 || strings.Contains(o.Body, "index") {
		t.Errorf("%d %s", o.StatusCode, o.Body)
	}
	if stack, _ := o.line["stack"].(string); !strings.Contains(stack, "TestPanicIsA500") || !strings.Contains(o.log, "index out of range") {
		t.Errorf("the log lacks the stack: %s", o.log)
	}
}

func TestResponseThatCannotBeEncodedIsA500(t *testing.T) {
	for why, answer := range map[string]any{"a channel": make(chan int), "text that is not UTF-8": "\xff", "broken raw JSON": map[string]json.RawMessage{"a": []byte("{")}} {
		op := api.Operation[book, any]{Name: "books.shelve", Permission: api.WriteCatalog, Status: 200}
		o := try(t, op, func(context.Context, auth.Principal, book) (any, error) { return answer, nil }, request())
		if o.StatusCode != 500 {
			t.Errorf("%s: %d %s", why, o.StatusCode, o.Body)
		}
	}
}

func TestInputIsNotLogged(t *testing.T) {
	const sent = "arxk_prd_sent"
	handle := func(context.Context, auth.Principal, book) (shelved, error) { return shelved{}, nil }
	for _, edit := range []func(*events.APIGatewayV2HTTPRequest){
		body(`{"title": "` + sent + `"}`), body(`{"` + sent + `": 1}`), body(`{"title": {"` + sent + `": 1}}`), body(sent),
		body(`{"due": "` + sent + `"}`), body(`{"pages": "` + sent + `"}`),
		query(sent), query("q=" + sent), query("q=a&q=" + sent), query("copies=" + sent),
		bearer(sent), with("authorization", sent), with("if-match", sent),
		func(e *events.APIGatewayV2HTTPRequest) { e.PathParameters["shelf"] = sent },
	} {
		if o := try(t, shelve, handle, request(edit)); strings.Contains(o.log, sent) {
			t.Errorf("logged: %s", o.log)
		}
	}
}

func TestHandlersDeadlineIsBeforeLambdas(t *testing.T) {
	deadline := time.Now().Add(time.Hour)
	ctx, cancel := context.WithDeadline(t.Context(), deadline)
	defer cancel()
	tryWithin(t, ctx, shelve, func(ctx context.Context, _ auth.Principal, _ book) (shelved, error) {
		if got, ok := ctx.Deadline(); !ok || deadline.Sub(got) != 500*time.Millisecond {
			t.Errorf("the handler's deadline is %v before Lambda's", deadline.Sub(got))
		}
		return shelved{}, nil
	}, request())
}

func TestOperationNeedsAnAuthenticator(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("an operation that is not public is served without an authenticator")
		}
	}()
	lambdahttp.Handler(shelve, nil, nil, lambdahttp.Options{})
}

// A plan may ask for the request before the caller is known; a bad request is reported only to an
// authorized caller.
func TestRequestIsAvailableBeforeAuthentication(t *testing.T) {
	for _, c := range []struct {
		name       string
		event      events.APIGatewayV2HTTPRequest
		asks, good bool
		status     int
	}{
		{"good", request(), true, true, 201},
		{"not requested", request(), false, false, 201},
		{"bad", request(body(`{"nonsense": 1}`)), true, false, 422},
		{"invalid, unauthenticated", request(body(`{"nonsense": 1}`), without("authorization")), true, false, 401},
	} {
		good := false
		prefetching := lambdahttp.Prefetching[book, string]{
			Plan: func(request func() (book, error)) string {
				if c.asks {
					req, err := request()
					good = err == nil && req.Title == "Emma"
				}
				return "planned"
			},
			Authenticate: func(ctx context.Context, credential, plan string) (auth.Principal, error) {
				if plan != "planned" {
					t.Errorf("%s: the authenticator has the plan %q", c.name, plan)
				}
				return people.Authenticate(ctx, credential)
			},
		}
		h := lambdahttp.PrefetchingHandler(shelve, prefetching, func(_ context.Context, _ auth.Principal, req book, plan string) (shelved, error) {
			if plan != "planned" {
				t.Errorf("%s: the handler has the plan %q", c.name, plan)
			}
			return shelved{Book: req}, nil
		}, lambdahttp.Options{Log: slog.New(slog.DiscardHandler)})
		response, err := h(t.Context(), c.event)
		if err != nil || response.StatusCode != c.status || good != c.good {
			t.Errorf("%s: %d %s, %v, good: %t", c.name, response.StatusCode, response.Body, err, good)
		}
	}
}
