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

// reader reads the request of one operation from events. It is made once and used by every request.
type reader[Req any] struct {
	path, header []api.Param
	query        []api.Param
	members      []string // of the body; none where the operation takes no body
	mayBeEmpty   []string // of the members, those in which an empty string has a meaning
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

// request fills the request from the event. Whatever the event has that the request does not is
// refused by name, so that a mistyped field is never taken for one that was left out.
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

// unkeptConditions refuses a precondition that the operation does not keep: whoever sends one relies on it.
func (r *reader[Req]) unkeptConditions(event *events.APIGatewayV2HTTPRequest) (wrong []problem.Field) {
	for _, name := range []string{"If-Match", "If-Unmodified-Since"} {
		if _, n := header(event, name); n > 0 && !slices.ContainsFunc(r.header, func(p api.Param) bool { return p.Name == name }) {
			wrong = append(wrong, problem.Field{Field: name, Code: "unknown", Detail: "this operation keeps no such condition. Leave the header out."})
		}
	}
	return wrong
}

// readQuery reads the raw query: API Gateway's parsed one joins repeated parameters with commas,
// after which nobody can tell them from a value with commas.
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
			return nil, problem.New(problem.Malformed, "The query can't be read: write every special character as % and two hexadecimal digits of its UTF-8 form.")
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

// maxWrong is how many wrong fields of a query, or unknown members of a body, are told at once.
const maxWrong = 20

func (r *reader[Req]) knownParams() string {
	if len(r.query) == 0 {
		return "this operation takes no query parameters."
	}
	names := make([]string, len(r.query))
	for i, p := range r.query {
		names[i] = p.Name
	}
	return "not a parameter of this operation, which takes " + strings.Join(names, ", ") + "."
}

func repeated(name string) problem.Field {
	return problem.Field{Field: name, Code: "repeated", Detail: "send it once."}
}

// empty is the refusal of a value that is present but empty. It is never taken for one that was left out: a precondition
// that came out empty by the caller's mistake would be ignored, and a filter would match everything.
func empty(name string) problem.Field {
	return problem.Field{Field: name, Code: "empty", Detail: "is there, but empty. Send a value, or leave it out."}
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
		return []problem.Field{{Field: p.Name, Code: "wrong_type", Detail: fmt.Sprintf("has to be %s.", want)}}
	}
	return nil
}

// shorten keeps an answer that names what the caller sent within bounds. An empty name is said to be one.
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
