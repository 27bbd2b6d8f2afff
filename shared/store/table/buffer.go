package table

import (
	"bytes"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// BufferRequestBody returns the client so that it sends a request's head and body in one piece.
//
// The SDK wraps a body in a reader that net/http does not know. It is then sent in a piece of its own,
// and looked at once more after that. An answer that comes quicker finds the SDK closing the body, and
// the reader's WriteTo says io.EOF then, which no WriteTo may: net/http takes the request for unsent,
// and closes the connection, under an answer that is still being read too. Seen with smithy-go v1.28.8:
// one call in twenty to a server on the same machine loses its connection.
func BufferRequestBody(client aws.HTTPClient) aws.HTTPClient { return bufferingClient{client} }

type bufferingClient struct{ client aws.HTTPClient }

func (w bufferingClient) Do(r *http.Request) (*http.Response, error) {
	if r.Body == nil || r.ContentLength <= 0 {
		return w.client.Do(r)
	}
	body := make([]byte, r.ContentLength)
	if _, err := io.ReadFull(r.Body, body); err != nil {
		return nil, err
	}
	sent := *r // the body that was given is the caller's to close
	sent.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	sent.Body, _ = sent.GetBody()
	return w.client.Do(&sent)
}
