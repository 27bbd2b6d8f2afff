package lambdahttp

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// reader decodes the request of one operation from events. It is created once and used for every request.
type reader[Req any] struct {
	path, header []api.Param
	query        []api.Param
	members      []string // of the body; empty if the operation takes no body
	mayBeEmpty   []string // members in which an empty string has a meaning
}

func newReader[Req any]() reader[Req] {
	plan := api.Bind(reflect.TypeFor[Req]())
	r := reader[Req]{members: plan.Members, mayBeEmpty: plan.MayBeEmpty}
	for _, p := range plan.Params {
		switch p.Place {
		case api.InPath:
			r.path = append(r.path, p)
		case api.InQuery:
			r.query = append(r.query, p)
		case api.InHeader:
			r.header = append(r.header, p)
		}
	}
	return r
}

// request fills the request from the event. It rejects by name whatever the request does not have, so that
// a mistyped field is never taken for an omitted one.
func (r *reader[Req]) request(event *events.APIGatewayV2HTTPRequest, req *Req) error {
	if err := r.readBody(event, req); err != nil {
		return err
	}
	for _, p := range r.path {
		text := event.PathParameters[p.Name]
		if text == "" || !utf8.ValidString(text) {
			return problem.New(problem.NotFound, "There is nothing at this address.")
		}
		if _, ok := p.Set(req, text); !ok {
			return problem.New(problem.NotFound, "There is nothing at this address.")
		}
	}
	var wrong []problem.Field
	for _, p := range r.header {
		switch value, n := header(event, p.Name); n {
		case 0:
		case 1:
			wrong = append(wrong, set(p, req, strings.TrimSpace(value))...)
		default:
			wrong = append(wrong, repeated(p.Name))
		}
	}
	wrong = append(wrong, r.unkeptConditions(event)...)
	if event.RawQueryString != "" {
		more, err := r.readQuery(event.RawQueryString, req)
		if err != nil {
			return err
		}
		wrong = append(wrong, more...)
	}
	if len(wrong) > 0 {
		return problem.Invalid(wrong...)
	}
	return nil
}

// unkeptConditions rejects a precondition that the operation does not support, because a caller who sends
// one relies on it.
func (r *reader[Req]) unkeptConditions(event *events.APIGatewayV2HTTPRequest) (wrong []problem.Field) {
	for _, name := range []string{"If-Match", "If-Unmodified-Since"} {
		if _, n := header(event, name); n > 0 && !slices.ContainsFunc(r.header, func(p api.Param) bool { return p.Name == name }) {
			wrong = append(wrong, problem.Field{Field: name, Code: "unknown", Detail: "this operation does not support this condition. Omit the header."})
		}
	}
	return wrong
}

// readQuery reads the raw query. API Gateway's parsed query joins repeated parameters with commas, which
// makes them indistinguishable from a value with commas.
func (r *reader[Req]) readQuery(raw string, req *Req) (wrong []problem.Field, err error) {
	seen := make([]bool, len(r.query))
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(rawName)
		value, valueErr := url.QueryUnescape(rawValue)
		if nameErr != nil || valueErr != nil || !utf8.ValidString(name) || !utf8.ValidString(value) {
			return nil, problem.New(problem.Malformed, "The query is malformed. Percent-encode special characters in UTF-8.")
		}
		i := slices.IndexFunc(r.query, func(p api.Param) bool { return p.Name == name })
		switch {
		case i < 0:
			wrong = append(wrong, problem.Field{Field: shorten(name), Code: "unknown", Detail: r.knownParams()})
		case seen[i]:
			wrong = append(wrong, repeated(name))
		default:
			seen[i] = true
			wrong = append(wrong, set(r.query[i], req, value)...)
		}
		if len(wrong) == maxWrong {
			break
		}
	}
	return wrong, nil
}

// maxWrong bounds the wrong query fields, or unknown body members, that a response reports.
const maxWrong = 20

func (r *reader[Req]) knownParams() string {
	if len(r.query) == 0 {
		return "this operation takes no query parameters."
	}
	names := make([]string, len(r.query))
	for i, p := range r.query {
		names[i] = p.Name
	}
	return "unknown parameter. Known parameters: " + strings.Join(names, ", ") + "."
}

func repeated(name string) problem.Field {
	return problem.Field{Field: name, Code: "repeated", Detail: "appears more than once. Send it once."}
}

// empty returns the refusal of an empty value. An empty value is never treated as omitted: a precondition
// that is empty by mistake would be ignored, and an empty filter would match everything.
func empty(name string) problem.Field {
	return problem.Field{Field: name, Code: "empty", Detail: "is empty. Send a value, or omit it."}
}

func set(p api.Param, req any, text string) []problem.Field {
	if text == "" {
		return []problem.Field{empty(p.Name)}
	}
	want, ok := "text in UTF-8", utf8.ValidString(text)
	if ok {
		want, ok = p.Set(req, text)
	}
	if !ok {
		return []problem.Field{{Field: p.Name, Code: "wrong_type", Detail: fmt.Sprintf("must be %s.", want)}}
	}
	return nil
}

// shorten bounds the length of a name sent by the caller. An empty name becomes "(no name)".
func shorten(name string) string {
	const maxBytes = 64
	if name == "" {
		return "(no name)"
	}
	if len(name) <= maxBytes {
		return name
	}
	cut := maxBytes
	for !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + "…"
}
