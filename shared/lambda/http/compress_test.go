package lambdahttp_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
)

func TestLongResponsesAreCompressedOnRequest(t *testing.T) {
	type text struct {
		Text string `json:"text"`
	}
	op := api.Operation[book, text]{Name: "books.read", Method: "POST", Path: "/v1/books", Permission: api.Public, Status: 200}
	for name, test := range map[string]struct {
		accepts string
		length  int
		want    bool
	}{
		"asked for":               {"gzip", 2000, true},
		"asked for among others":  {"br;q=1.0, GZIP;q=0.8, *;q=0.1", 2000, true},
		"not asked for":           {"br", 2000, false},
		"no header":               {"", 2000, false},
		"refused":                 {"gzip;q=0, br", 2000, false},
		"with a malformed weight": {"gzip;q=much", 2000, false},
		"short":                   {"gzip", 500, false},
	} {
		t.Run(name, func(t *testing.T) {
			want := strings.Repeat("a", test.length)
			o := try(t, op, func(context.Context, auth.Principal, book) (text, error) { return text{want}, nil }, request(with("accept-encoding", test.accepts)))
			if compressed := o.Headers["Content-Encoding"] == "gzip"; compressed != test.want || compressed != o.IsBase64Encoded {
				t.Fatalf("compressed %v, base64 %v, want %v", compressed, o.IsBase64Encoded, test.want)
			}
			if varies := o.Headers["Vary"] == "Accept-Encoding"; varies != (test.length > 1000) {
				t.Errorf("Vary: %q", o.Headers["Vary"])
			}
			var got text
			if err := json.Unmarshal(uncompressed(t, o.APIGatewayV2HTTPResponse), &got); err != nil || got.Text != want {
				t.Errorf("%v: %d bytes, want %d", err, len(got.Text), len(want))
			}
		})
	}
}

// The length of a compressed response depends on its content, so it could reveal something about an access
// key.
func TestResponsesWithASecretAreNotCompressed(t *testing.T) {
	type created struct {
		Text   string         `json:"text"`
		Secret *api.ClearText `json:"secret"`
	}
	op := api.Operation[book, []created]{Name: "books.mint", Method: "POST", Path: "/v1/books", Permission: api.Public, Status: 200}
	o := try(t, op, func(context.Context, auth.Principal, book) ([]created, error) {
		return []created{{Text: strings.Repeat("a", 5000)}}, nil
	}, request(with("accept-encoding", "gzip")))
	if o.Headers["Content-Encoding"] != "" || o.IsBase64Encoded {
		t.Errorf("%v", o.Headers)
	}
	for _, op := range api.Operations() {
		holds := op.Name == api.CreateKey.Name || op.Name == api.RotateKey.Name || op.Name == api.CreateManagementKey.Name
		if api.HoldsClearText(op.Answer) != holds {
			t.Errorf("%s: its response contains a secret: %v", op.Name, !holds)
		}
	}
}

func TestCachedDocumentIsNotSentAgain(t *testing.T) {
	document := "{ \"openapi\":\n \"" + strings.Repeat("3", 2000) + `"}`
	h := lambdahttp.Handler(api.GetOpenAPI, nil, func(context.Context, auth.Principal, api.DocumentRequest) (api.Document, error) {
		return api.Document{RawMessage: json.RawMessage(document)}, nil
	}, lambdahttp.Options{})
	ask := func(headers map[string]string) events.APIGatewayV2HTTPResponse {
		t.Helper()
		response, err := h(t.Context(), events.APIGatewayV2HTTPRequest{Headers: headers})
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	first := ask(nil)
	tag := first.Headers["ETag"]
	if first.StatusCode != 200 || first.Body != document || !strings.HasPrefix(tag, `W/"`) || first.Headers["Cache-Control"] != "no-cache" {
		t.Fatalf("%d %v", first.StatusCode, first.Headers)
	}
	if packed := ask(map[string]string{"accept-encoding": "gzip"}); packed.Headers["ETag"] != tag || string(uncompressed(t, packed)) != first.Body {
		t.Errorf("%v", packed.Headers)
	}
	for sent, want := range map[string]int{
		tag: 304, strings.TrimPrefix(tag, "W/"): 304, `"other", ` + tag: 304, "*": 304, `"other"`: 200, strings.Trim(tag, `W/"`): 200,
	} {
		got := ask(map[string]string{"if-none-match": sent, "accept-encoding": "gzip"})
		if got.StatusCode != want || got.Headers["ETag"] != tag || (got.Body == "") != (want == 304) {
			t.Errorf("If-None-Match %s: %d %v, want %d", sent, got.StatusCode, got.Headers, want)
		}
	}
}

func uncompressed(t *testing.T, r events.APIGatewayV2HTTPResponse) []byte {
	t.Helper()
	if r.Headers["Content-Encoding"] == "" {
		return []byte(r.Body)
	}
	packed, err := base64.StdEncoding.DecodeString(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}
