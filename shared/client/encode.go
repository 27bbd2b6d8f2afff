package client

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// encode encodes the request of the operation. The URL begins with the path.
func encode(op api.Spec, req api.Request) (Request, error) {
	out := Request{Method: op.Method, Header: [][2]string{{"Accept", "application/json, " + problem.MediaType}}}
	plan := api.Bind(op.Request)
	path, query := op.Path, url.Values{}
	for _, p := range plan.Params {
		text, ok := p.Text(req)
		switch {
		case p.Place == api.InPath && (text == "" || strings.Trim(text, ".") == ""):
			// No path identifies it: the id is empty, or consists of dots, which URLs resolve.
			return Request{}, problem.New(problem.NotFound, "The id is missing.")
		case p.Place == api.InPath:
			path = strings.Replace(path, "{"+p.Name+"}", url.PathEscape(text), 1)
		case ok && p.Place == api.InQuery:
			query.Set(p.Name, text)
		case ok && p.Place == api.InHeader:
			out.Header = append(out.Header, [2]string{p.Name, text})
		}
	}
	out.URL = path
	if len(query) > 0 {
		out.URL += "?" + query.Encode()
	}
	if len(plan.Members) > 0 {
		body, err := json.Marshal(req)
		if err != nil {
			return Request{}, problem.Because(problem.InvalidField, err, "The request can’t be encoded as JSON.")
		}
		out.Body = body
		out.Header = slices.Insert(out.Header, 0, [2]string{"Content-Type", "application/json"})
	}
	return out, nil
}
