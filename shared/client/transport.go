package client

import (
	"context"
	"strings"
)

// Transport sends a request and returns the response, whatever its status. An error means that there was no
// response.
type Transport interface {
	Do(ctx context.Context, r Request) (Response, error)
}

// Request is an HTTP request. A transport may send it more than once.
type Request struct {
	Method string
	URL    string
	Header [][2]string
	Body   []byte // nil for none
}

// Response is an HTTP response.
type Response struct {
	Status int
	Header map[string]string // by lower-case name
	Body   []byte
}

// Get returns the header with the name, ignoring case, or "".
func (r Response) Get(name string) string { return r.Header[strings.ToLower(name)] }

// maxAnswerBytes bounds how much of a response is read. API Gateway's limit is 10 MB.
const maxAnswerBytes = 10 << 20
