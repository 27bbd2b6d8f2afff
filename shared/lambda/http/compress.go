package lambdahttp

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"strconv"
	"strings"
	"sync"

	"github.com/aws/aws-lambda-go/events"
)

// minGzipBytes is the shortest body that is compressed: a shorter one hardly shrinks.
const minGzipBytes = 1 << 10

var gzipWriters = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// compress compresses the response's body if it is long enough and the caller accepts gzip. It is not
// called for responses that contain an access key, because the length of a compressed response reveals
// something about its content (CRIME, BREACH).
func compress(event *events.APIGatewayV2HTTPRequest, response *events.APIGatewayV2HTTPResponse) {
	if len(response.Body) < minGzipBytes {
		return
	}
	response.Headers["Vary"] = "Accept-Encoding"
	if accepted, _ := header(event, "Accept-Encoding"); !acceptsGzip(accepted) {
		return
	}
	var packed bytes.Buffer
	w := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(w)
	w.Reset(&packed)
	if _, err := w.Write([]byte(response.Body)); err != nil {
		return
	}
	if err := w.Close(); err != nil {
		return
	}
	response.Headers["Content-Encoding"] = "gzip"
	response.Body, response.IsBase64Encoded = base64.StdEncoding.EncodeToString(packed.Bytes()), true
}

// acceptsGzip reports whether Accept-Encoding contains gzip with a weight other than 0 (RFC 9110, section
// 12.5.3).
func acceptsGzip(accepted string) bool {
	for part := range strings.SplitSeq(accepted, ",") {
		name, parameters, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		weight, weighted := strings.CutPrefix(strings.ToLower(strings.TrimSpace(parameters)), "q=")
		q, err := strconv.ParseFloat(weight, 64)
		return !weighted || err == nil && q > 0
	}
	return false
}
