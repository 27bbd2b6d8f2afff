package client

import (
	"context"
	"strings"
)

// Transport carries one request and brings its answer, whatever its status. An error means that no
// answer came.
type Transport interface {
	Do(ctx context.Context, r Request) (Response, error)
}

// Request is an HTTP request, ready to be sent, more than once where it has to be.
type Request struct {
	Method string
	URL    string
	Header [][2]string
	Body   []byte // nil for none
}

// Response is an HTTP answer.
type Response struct {
	Status int
	Header map[string]string // by lower-case name
	Body   []byte
}

// Get returns the header of the name, in whatever case; empty where there is none.
func (r Response) Get(name string) string { return r.Header[strings.ToLower(name)] }

// maxAnswerBytes bounds what is read of an answer. API Gateway passes on no more than 10 MB.
const maxAnswerBytes = 10 << 20
