package gateway

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// answer is the part of a function's response that API Gateway reads, payload 2.0. There are no multi-value headers:
// repeated headers are cookies, or joined by commas.
type answer struct {
	Status  int               `json:"statusCode"`
	Headers map[string]header `json:"headers"`
	Cookies []string          `json:"cookies"`
	Body    string            `json:"body"`
	Base64  bool              `json:"isBase64Encoded"`

	content []byte
}

// header is a header's value, which may also be a number or a boolean.
type header string

// UnmarshalJSON reads a string, a number or a boolean.
func (h *header) UnmarshalJSON(text []byte) error {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case string:
		*h = header(v)
	case float64, bool:
		*h = header(text)
	default:
		return fmt.Errorf("a header's value is %s", text)
	}
	return nil
}

// read parses a function's response. A response without statusCode is itself the JSON body of a 200.
func read(payload []byte) (answer, error) {
	var shape struct {
		Status *json.RawMessage `json:"statusCode"`
	}
	if err := json.Unmarshal(payload, &shape); err != nil && !json.Valid(payload) {
		return answer{}, errors.New("the function's response is not JSON")
	}
	if shape.Status == nil {
		return answer{Status: http.StatusOK, Headers: map[string]header{"content-type": "application/json"}, content: payload}, nil
	}
	var a answer
	if err := json.Unmarshal(payload, &a); err != nil {
		return answer{}, fmt.Errorf("the function's response does not have payload format 2.0: %w", err)
	}
	if a.Status < 100 || a.Status > 599 {
		return answer{}, fmt.Errorf("the function's response has the status %d", a.Status)
	}
	a.content = []byte(a.Body)
	if a.Base64 {
		var err error
		if a.content, err = base64.StdEncoding.DecodeString(a.Body); err != nil {
			return answer{}, fmt.Errorf("the body of the function's response is not base64: %w", err)
		}
	}
	return a, nil
}

// write sends the response. Headers that belong to the connection are set by API Gateway.
func (a answer) write(w http.ResponseWriter) {
	h := w.Header()
	for _, name := range slices.Sorted(maps.Keys(a.Headers)) {
		switch strings.ToLower(name) {
		case "connection", "keep-alive", "content-length", "transfer-encoding", "upgrade", "trailer":
		default:
			h.Set(name, string(a.Headers[name]))
		}
	}
	for _, cookie := range a.Cookies {
		h.Add("Set-Cookie", cookie)
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "text/plain;charset=UTF-8")
	}
	if a.Status != http.StatusNoContent && a.Status != http.StatusNotModified {
		h.Set("Content-Length", strconv.Itoa(len(a.content)))
	}
	w.WriteHeader(a.Status)
	w.Write(a.content)
}
