package contract

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// declaredOnly are the header fields that a response may contain only if the document declares them.
var declaredOnly = []string{"Etag", "Idempotency-Replayed", "Location", "Ratelimit", "Ratelimit-Policy", "Retry-After", "Www-Authenticate", "X-Request-Id"}

// request is the part of a request that is checked.
type request struct {
	method, path string
	query        url.Values
	header       http.Header
	body         *bytes.Buffer // the part that was read
}

// record returns the request, and records its body while it is read.
func record(r *http.Request) request {
	recorded := request{method: r.Method, path: r.URL.Path, query: r.URL.Query(), header: r.Header.Clone(), body: &bytes.Buffer{}}
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.TeeReader(r.Body, recorded.body), r.Body}
	return recorded
}

// check returns the differences between the request and its response, and the document.
func (c *Contract) check(r request, a *answer) (violations []string) {
	pointer, parameters := c.find(r.path)
	methods := c.methods(pointer)
	method := r.method
	if c.isAny(pointer) {
		method = http.MethodGet
	} else if method == http.MethodHead { // the function returns the same as for GET; the body is removed later
		method = http.MethodGet
	}
	if !slices.Contains(methods, method) {
		return c.checkFallback(methods, a)
	}
	pointer += "/" + strings.ToLower(method)
	operation := c.lookup(pointer)
	if a.status < 300 {
		violations = c.checkRequest(pointer, operation, r, parameters)
	}
	return append(violations, c.checkAnswer(pointer, operation, a)...)
}

// checkFallback checks the response to a request that matches no operation. The methods are those of the path.
func (c *Contract) checkFallback(methods []string, a *answer) (violations []string) {
	status, allow := http.StatusNotFound, ""
	if a.status == http.StatusForbidden && bytes.Contains(a.body.Bytes(), []byte(`"direct_call"`)) { // refused before it is looked up
		status = http.StatusForbidden
	} else if len(methods) > 0 {
		status, allow = http.StatusMethodNotAllowed, strings.Join(methods, ", ")
	}
	if a.status != status {
		return []string{fmt.Sprintf("the document has no such operation: the status must be %d", status)}
	}
	if got := a.header.Get("Allow"); got != allow {
		violations = append(violations, fmt.Sprintf("Allow is %q; by the document it must be %q", got, allow))
	}
	if media := a.header.Get("Content-Type"); media != "application/problem+json" {
		violations = append(violations, fmt.Sprintf("the content type %q is not declared", media))
	}
	return append(violations, c.valid("/components/schemas/Problem", a.body.Bytes())...)
}

// find returns the JSON pointer of the most literal path in the document that matches, and the values of its
// parameters. The pointer is empty if none matches.
func (c *Contract) find(path string) (pointer string, parameters map[string]string) {
	paths, _ := c.document["paths"].(map[string]any)
	best := -1
	for template := range paths {
		values, matches := match(template, path)
		if parts := strings.Split(path, "/"); !matches && c.isFurther("/paths/"+escape(template)) && len(parts) > strings.Count(template, "/")+1 {
			values, matches = match(template, strings.Join(parts[:strings.Count(template, "/")+1], "/"))
			matches = matches && parts[strings.Count(template, "/")+1] != "" // as {path+} in API Gateway
		}
		if literal := strings.Count(template, "/") - len(values); matches && literal > best {
			best, parameters, pointer = literal, values, "/paths/"+escape(template)
		}
	}
	return pointer, parameters
}

// methods returns the methods of the path, in alphabetical order: those in the document, and HEAD if there is GET.
func (c *Contract) methods(pointer string) (all []string) {
	if pointer == "" {
		return nil
	}
	described, _ := c.lookup(pointer).(map[string]any)
	for method := range described {
		all = append(all, strings.ToUpper(method))
		if method == "get" {
			all = append(all, http.MethodHead)
		}
	}
	slices.Sort(all)
	return all
}

// isAny reports whether the path's GET describes every method, and ignores query and body.
func (c *Contract) isAny(pointer string) bool {
	return pointer != "" && at(c.lookup(pointer), "get") != nil && at(at(c.lookup(pointer), "get"), "x-any-method") == true
}

// isFurther reports whether the path's GET also describes every path that continues it.
func (c *Contract) isFurther(pointer string) bool {
	return at(at(c.lookup(pointer), "get"), "x-further-path") == true
}

func match(template, path string) (map[string]string, bool) {
	names, values := strings.Split(template, "/"), strings.Split(path, "/")
	if len(names) != len(values) {
		return nil, false
	}
	parameters := map[string]string{}
	for i, name := range names {
		switch {
		case strings.HasPrefix(name, "{") && values[i] != "":
			parameters[strings.Trim(name, "{}")] = values[i]
		case name != values[i]:
			return nil, false
		}
	}
	return parameters, true
}

// checkRequest checks a request that succeeded: the document must allow it.
func (c *Contract) checkRequest(pointer string, operation any, r request, path map[string]string) (violations []string) {
	list, _ := at(operation, "parameters").([]any)
	known := map[string]bool{}
	for i, p := range list {
		name, _ := at(p, "name").(string)
		place, _ := at(p, "in").(string)
		known[place+" "+name] = true
		var values []string
		switch place {
		case "path":
			values = []string{path[name]}
		case "query":
			values = r.query[name]
		case "header":
			values = r.header.Values(name)
		}
		if len(values) == 0 && at(p, "required") == true {
			violations = append(violations, "the parameter "+name+" is required, but missing")
		}
		for _, v := range values {
			violations = append(violations, c.text(fmt.Sprintf("%s/parameters/%d/schema", pointer, i), name, v)...)
		}
	}
	ignores := at(operation, "x-any-method") == true
	for name := range r.query {
		if !ignores && !known["query "+name] {
			violations = append(violations, "the query contains "+name+", which is not declared")
		}
	}
	body := bytes.TrimSpace(r.body.Bytes())
	switch {
	case at(operation, "requestBody") != nil:
		violations = append(violations, prefixed("the request's body: ", c.valid(pointer+"/requestBody/content/application~1json/schema", body))...)
	case !ignores && len(body) > 0 && string(body) != "{}":
		violations = append(violations, "the request has a body, which is not declared")
	}
	return violations
}

func (c *Contract) checkAnswer(pointer string, operation any, a *answer) (violations []string) {
	status := strconv.Itoa(a.status)
	response := at(operation, "responses", status)
	if response == nil {
		return []string{"the status is not declared"}
	}
	pointer += "/responses/" + status
	if ref, ok := at(response, "$ref").(string); ok {
		pointer = strings.TrimPrefix(ref, "#")
		response = c.lookup(pointer)
	}
	headers, _ := at(response, "headers").(map[string]any)
	declared := map[string]bool{}
	for name, h := range headers {
		declared[http.CanonicalHeaderKey(name)] = true
		switch values := a.header.Values(name); {
		case len(values) > 0:
			violations = append(violations, c.text(pointer+"/headers/"+escape(name)+"/schema", name, values[0])...)
		case at(h, "required") == true:
			violations = append(violations, "the header field "+name+" is missing")
		}
	}
	for _, name := range declaredOnly {
		if a.header.Get(name) != "" && !declared[name] {
			violations = append(violations, "the header field "+name+" is not declared")
		}
	}
	content, _ := at(response, "content").(map[string]any)
	if len(content) == 0 {
		if a.body.Len() > 0 {
			violations = append(violations, "the response has a body, which is not declared")
		}
		return violations
	}
	media, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	if content[media] == nil {
		return append(violations, fmt.Sprintf("the content type %q is not declared", media))
	}
	body, err := decoded(a)
	if err != nil {
		return append(violations, err.Error())
	}
	return append(violations, c.valid(pointer+"/content/"+escape(media)+"/schema", body)...)
}

// decoded returns the response's body without its content coding.
func decoded(a *answer) ([]byte, error) {
	if a.header.Get("Content-Encoding") != "gzip" {
		return a.body.Bytes(), nil
	}
	r, err := gzip.NewReader(bytes.NewReader(a.body.Bytes()))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// text checks a parameter or a header field. If the schema allows an integer and the text is one, it is checked as one.
func (c *Contract) text(pointer, name, value string) []string {
	var instance any = value
	if n, err := strconv.Atoi(value); err == nil && at(c.lookup(pointer), "type") == "integer" {
		instance = n
	}
	return prefixed(name+": ", c.validate(pointer, instance))
}

// valid checks a JSON body.
func (c *Contract) valid(pointer string, body []byte) []string {
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return []string{"the body is not JSON"}
	}
	return c.validate(pointer, instance)
}

// validate returns the places where the instance differs from the schema, without the values.
func (c *Contract) validate(pointer string, instance any) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.schemas[pointer]
	if s == nil {
		var err error
		if s, err = c.compiler.Compile("openapi.json#" + pointer); err != nil {
			return []string{err.Error()}
		}
		c.schemas[pointer] = s
	}
	err := s.Validate(instance)
	if e, ok := errors.AsType[*jsonschema.ValidationError](err); ok {
		return leaves(e)
	}
	if err != nil {
		return []string{err.Error()}
	}
	return nil
}

// leaves returns the places at which an instance fails, and the failed keywords of the schema.
func leaves(e *jsonschema.ValidationError) (all []string) {
	if len(e.Causes) == 0 {
		return []string{"/" + strings.Join(e.InstanceLocation, "/") + " fails " + strings.Join(e.ErrorKind.KeywordPath(), "/") +
			" of " + e.SchemaURL[strings.Index(e.SchemaURL, "#")+1:]}
	}
	for _, cause := range e.Causes {
		all = append(all, leaves(cause)...)
	}
	slices.Sort(all)
	return all
}

// lookup returns the value at the JSON pointer.
func (c *Contract) lookup(pointer string) any {
	var found any = c.document
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		if list, ok := found.([]any); ok {
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(list) {
				return nil
			}
			found = list[i]
			continue
		}
		found = at(found, token)
	}
	return found
}

func escape(token string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(token) }

func prefixed(prefix string, all []string) []string {
	for i := range all {
		all[i] = prefix + all[i]
	}
	return all
}
