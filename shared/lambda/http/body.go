package lambdahttp

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/arxkeys/arxkeys/shared/problem"
)

// maxBodyBytes is the largest accepted body. The largest valid one, a key with all its scopes, blocks and
// metadata, has about 10 KB.
const maxBodyBytes = 64 << 10

// options decode every value of a request, also those in a patch. The package's defaults reject duplicate
// names, names in another case, invalid UTF-8 and times outside RFC 3339.
var options = jsonv2.JoinOptions(jsonv2.RejectUnknownMembers(true), jsonv2.WithUnmarshalers(jsonv2.JoinUnmarshalers(
	jsonv2.UnmarshalFromFunc(decodePatch), jsonv2.UnmarshalFromFunc(refuseNull),
)))

var (
	errNull = errors.New("null")
	rawType = reflect.TypeFor[json.RawMessage]()
)

// patch is implemented by *api.Patch of any type.
type patch interface {
	Begin() (value any)
	Take()
}

// decodePatch decodes null, or a new value with the options of the whole request.
func decodePatch(d *jsontext.Decoder, p patch) error {
	if d.PeekKind() == 'n' {
		p.Take()
		return d.SkipValue()
	}
	return jsonv2.UnmarshalDecode(d, p.Begin())
}

// refuseNull rejects null for all types except pointers, and raw JSON, which the request validates itself.
// Null does not mean "omitted": a verification whose arx_id is null by mistake must not be treated as one
// for any Arx.
func refuseNull(d *jsontext.Decoder, value any) error {
	t := reflect.TypeOf(value).Elem()
	if d.PeekKind() != 'n' || t.Kind() == reflect.Pointer || t == rawType {
		return errors.ErrUnsupported
	}
	return &jsonv2.SemanticError{GoType: t, JSONKind: 'n', Err: errNull}
}

func (r *reader[Req]) readBody(event *events.APIGatewayV2HTTPRequest, req *Req) error {
	body, err := bodyOf(event)
	if err != nil {
		return err
	}
	if len(r.members) == 0 {
		// An empty object is accepted: some clients always send one.
		if s := bytes.TrimSpace(body); len(s) > 0 && string(s) != "{}" {
			return problem.New(problem.Malformed, "This operation takes no body. Omit it.")
		}
		return nil
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return problem.New(problem.Malformed, "The body is empty. Send a JSON object with "+strings.Join(r.members, ", ")+".")
	}
	if err := checkContentType(event); err != nil {
		return err
	}
	if err := jsonv2.Unmarshal(body, req, options); err != nil {
		return r.explain(err, body)
	}
	if bytes.Contains(body, []byte(`""`)) {
		if fields := r.empties(body); len(fields) > 0 {
			return problem.Invalid(fields...)
		}
	}
	return nil
}

// empties returns every empty string in the body where that has no meaning. It reads the JSON rather than
// the decoded request, so that it treats all Go types that contain strings alike, including patches.
func (r *reader[Req]) empties(body []byte) (fields []problem.Field) {
	d := jsontext.NewDecoder(bytes.NewReader(body))
	for len(fields) < maxWrong {
		token, err := d.ReadToken()
		if err != nil {
			break // end of the body, which was decoded without an error before
		}
		if token.Kind() != '"' || token.String() != "" {
			continue
		}
		at := d.StackPointer()
		member, _, _ := strings.Cut(strings.TrimPrefix(string(at), "/"), "/")
		if kind, n := d.StackIndex(d.StackDepth()); kind == '{' && n%2 != 0 || slices.Contains(r.mayBeEmpty, member) {
			continue // a member's name, or an empty string with a meaning
		}
		fields = append(fields, empty(path(at)))
	}
	return fields
}

// bodyOf returns the body as sent, decoded if API Gateway encoded it.
func bodyOf(event *events.APIGatewayV2HTTPRequest) ([]byte, error) {
	encoded := event.Body
	size := len(encoded)
	if event.IsBase64Encoded {
		size = base64.StdEncoding.DecodedLen(size) - 2 // lower bound: two characters may be padding
	}
	if size > maxBodyBytes {
		return nil, tooLarge()
	}
	if !event.IsBase64Encoded {
		return []byte(encoded), nil
	}
	body, err := base64.StdEncoding.DecodeString(encoded)
	switch {
	case err != nil:
		return nil, problem.New(problem.Malformed, "The body is marked as base64 but is not valid base64.")
	case len(body) > maxBodyBytes:
		return nil, tooLarge()
	}
	return body, nil
}

func tooLarge() error {
	return problem.New(problem.TooLarge, fmt.Sprintf("The body exceeds %d KB.", maxBodyBytes>>10))
}

// checkContentType requires JSON. A body without a content type is treated as JSON.
func checkContentType(event *events.APIGatewayV2HTTPRequest) error {
	value, n := header(event, "Content-Type")
	if n == 0 || value == "application/json" {
		return nil
	}
	media, _, err := mime.ParseMediaType(value)
	if n > 1 || err != nil || media != "application/json" && !strings.HasSuffix(media, "+json") {
		return problem.New(problem.NotJSON, "The body must be JSON. Send it with the header Content-Type: application/json.")
	}
	return nil
}

// explain returns the problem of an unreadable body: 400 if it is not a JSON object, 422 if one of its
// fields is wrong. It contains names, never values.
func (r *reader[Req]) explain(err error, body []byte) error {
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return explainSyntax(e)
	}
	e, ok := errors.AsType[*jsonv2.SemanticError](err)
	switch {
	case !ok:
		return fmt.Errorf("decode body: %w", err)
	case e.JSONPointer == "":
		return problem.New(problem.Malformed, "The body must be a JSON object with "+strings.Join(r.members, ", ")+".")
	case e.Err == jsonv2.ErrUnknownName && e.JSONPointer.Parent() == "":
		return problem.Invalid(r.unknown(body)...)
	case e.Err == jsonv2.ErrUnknownName:
		return problem.Invalid(problem.Field{Field: path(e.JSONPointer), Code: "unknown", Detail: "unknown field."})
	case e.Err == errNull:
		return problem.Invalid(problem.Field{Field: path(e.JSONPointer), Code: "wrong_type", Detail: "must be " + word(e.GoType) + ", not null. Omit it if there is none."})
	}
	return problem.Invalid(problem.Field{Field: path(e.JSONPointer), Code: "wrong_type", Detail: "must be " + word(e.GoType) + "."})
}

func explainSyntax(e *jsontext.SyntacticError) error {
	switch {
	case errors.Is(e, jsontext.ErrDuplicateName):
		return problem.Invalid(problem.Field{Field: path(e.JSONPointer), Code: "duplicate", Detail: "appears more than once. Send it once."})
	case errors.Is(e, io.ErrUnexpectedEOF):
		return problem.New(problem.Malformed, "The body ends in the middle of its JSON.")
	}
	return problem.New(problem.Malformed, fmt.Sprintf("The body is not valid UTF-8 JSON at byte %d.", e.ByteOffset))
}

// unknown returns every member of the body that the request does not have. The decoder stops at the first
// one; a caller with three would need four attempts.
func (r *reader[Req]) unknown(body []byte) (fields []problem.Field) {
	d := jsontext.NewDecoder(bytes.NewReader(body))
	if _, err := d.ReadToken(); err != nil {
		return nil
	}
	for d.PeekKind() == '"' && len(fields) < maxWrong {
		name, err := d.ReadToken()
		if err != nil {
			break
		}
		if s := name.String(); !slices.Contains(r.members, s) {
			fields = append(fields, problem.Field{Field: shorten(s), Code: "unknown", Detail: "unknown field. Known fields: " + strings.Join(r.members, ", ") + "."})
		}
		if err := d.SkipValue(); err != nil {
			break
		}
	}
	return fields
}

// path formats a JSON pointer as fields are named: allowed_origins[2], rate_limit.limit.
func path(pointer jsontext.Pointer) string {
	var b strings.Builder
	for token := range pointer.Tokens() {
		switch {
		case b.Len() > 0 && strings.Trim(token, "0123456789") == "":
			b.WriteString("[" + token + "]")
		case b.Len() > 0:
			b.WriteString("." + token)
		default:
			b.WriteString(token)
		}
	}
	return shorten(b.String())
}

// word describes the JSON of a Go type.
func word(t reflect.Type) string {
	if t == nil {
		return "something else"
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		return "a time such as 2027-01-31T00:00:00Z"
	case t == rawType:
		return "JSON"
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64, reflect.Int32:
		return "an integer"
	case reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "an object"
	}
	return "something else"
}
