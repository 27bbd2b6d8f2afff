package table

import (
	"bytes"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// BufferRequestBody returns a client that sends a request's head and body in one piece.
//
// The SDK wraps a body in a reader type that net/http does not know. net/http then sends it separately, and
// reads from it once more afterwards. If the response arrives first, the SDK has closed the body, and the
// reader's WriteTo returns io.EOF, which WriteTo must not. net/http then considers the request unsent and
// closes the connection, even if the response is still being read. Seen with smithy-go v1.28.8: one call in
// twenty to a server on the same machine loses its connection.
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
	sent := *r // the caller closes the original body
	sent.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	sent.Body, _ = sent.GetBody()
	return w.client.Do(&sent)
}
