package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// arrived is a request as the server received it.
type arrived struct{ Method, URI, Authorization, ContentType, Body, IfMatch string }

// serve responds to every call with the status and body, and records the request.
func serve(t *testing.T, status int, header http.Header, body string) (*client.Client, *arrived) {
	t.Helper()
	saw := new(arrived)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		*saw = arrived{r.Method, r.RequestURI, r.Header.Get("Authorization"), r.Header.Get("Content-Type"), string(b), r.Header.Get("If-Match")}
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return &client.Client{BaseURL: server.URL}, saw
}

func TestCallEncodesEveryFieldInItsPlace(t *testing.T) {
	ctx := context.Background()
	t.Run("path", func(t *testing.T) {
		c, saw := serve(t, 200, nil, `{"id":"key_1"}`)
		key, err := client.Call(ctx, c, api.GetKey, api.KeyID{ID: "key_a/b ?"})
		if err != nil {
			t.Fatal(err)
		}
		if key.ID != "key_1" {
			t.Errorf("answer %+v", key)
		}
		if diff := cmp.Diff(arrived{Method: "GET", URI: "/v1/keys/key_a%2Fb%20%3F"}, *saw); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("query", func(t *testing.T) {
		c, saw := serve(t, 200, nil, `{"items":[],"next_cursor":null}`)
		req := api.ListKeysRequest{Page: api.Page{Limit: 50, Query: "a&b"}, Status: api.ActiveKeys}
		if _, err := client.Call(ctx, c, api.ListKeys, req); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(arrived{Method: "GET", URI: "/v1/keys?limit=50&q=a%26b&status=active"}, *saw); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("body and bearer", func(t *testing.T) {
		c, saw := serve(t, 201, nil, `{"id":"app_1"}`)
		c.Authorization = func(context.Context) (string, error) { return "token", nil }
		req := api.CreateApplicationRequest{Name: "Billing", Technology: api.Server}
		if _, err := client.Call(ctx, c, api.CreateApplication, req); err != nil {
			t.Fatal(err)
		}
		want := arrived{Method: "POST", URI: "/v1/applications", Authorization: "Bearer token", ContentType: "application/json", Body: `{"name":"Billing","technology":"server"}`}
		if diff := cmp.Diff(want, *saw); diff != "" {
			t.Error(diff)
		}
	})
}

func TestResponseHasItsVersionFromTheETag(t *testing.T) {
	c, saw := serve(t, 200, http.Header{"Etag": {`"v7"`}}, `{"id":"app_1"}`)
	application, err := client.Call(context.Background(), c, api.GetApplication, api.ApplicationID{ID: "app_1"})
	if err != nil || application.Version != "v7" {
		t.Fatalf("version %q, %v", application.Version, err)
	}
	change := api.UpdateApplicationRequest{ID: "app_1", Conditional: api.IfVersion(application.Version), Name: api.Set("Billing")}
	if _, err := client.Call(context.Background(), c, api.UpdateApplication, change); err != nil {
		t.Fatal(err)
	}
	if saw.IfMatch != `"v7"` {
		t.Errorf("If-Match %s, want the version in quotes", saw.IfMatch)
	}
}

func TestCallDoesNotSendInvalidRequests(t *testing.T) {
	c, saw := serve(t, 201, nil, `{}`)
	_, err := client.Call(context.Background(), c, api.CreateApplication, api.CreateApplicationRequest{})
	if !problem.Is(err, problem.InvalidField) {
		t.Errorf("error %v, want invalid_field", err)
	}
	for _, id := range []string{"", ".", ".."} {
		if _, err := client.Call(context.Background(), c, api.GetKey, api.KeyID{ID: id}); !problem.Is(err, problem.NotFound) {
			t.Errorf("id %q: error %v, want not_found", id, err)
		}
	}
	if *saw != (arrived{}) {
		t.Errorf("sent %+v", *saw)
	}
}

func TestCallReturnsTheProblemOfTheAPI(t *testing.T) {
	told := problem.Invalid(problem.Field{Field: "name", Code: "required", Detail: "give it a name."})
	document, err := json.Marshal(told.Document("r-1"))
	if err != nil {
		t.Fatal(err)
	}
	c, _ := serve(t, 422, http.Header{"Content-Type": {problem.MediaType}}, string(document))
	_, err = client.Call(context.Background(), c, api.GetMe, api.Nothing{})
	p := problem.Of(err)
	if p.Code != problem.InvalidField || p.Detail != told.Detail {
		t.Errorf("problem %v, want %v", p, told)
	}
	if diff := cmp.Diff(told.Fields, p.Fields); diff != "" {
		t.Error(diff)
	}
}

func TestCallClassifiesOtherErrorsByStatus(t *testing.T) {
	for status, want := range map[int]problem.Code{
		400: problem.Malformed, 401: problem.Unauthenticated, 403: problem.Forbidden, 404: problem.NotFound, 409: problem.WrongState,
		413: problem.TooLarge, 418: problem.Internal, 429: problem.TooMany, 500: problem.Internal, 502: problem.Unavailable, 503: problem.Unavailable, 504: problem.Unavailable,
	} {
		c, _ := serve(t, status, http.Header{"Content-Type": {"application/json"}, "Retry-After": {"7"}}, `{"message":"nope"}`)
		_, err := client.Call(context.Background(), c, api.GetMe, api.Nothing{})
		p := problem.Of(err)
		if p.Code != want || p.RetryAfter != 7*time.Second {
			t.Errorf("status %d: %v after %v, want %s after 7 s", status, p, p.RetryAfter, want)
		}
	}
}

func TestUnreachableAPIIsUnavailable(t *testing.T) {
	c, _ := serve(t, 200, nil, `{}`)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	_, err := client.Call(context.Background(), &client.Client{BaseURL: gone.URL}, api.GetMe, api.Nothing{})
	if !problem.Is(err, problem.Unavailable) || strings.Contains(problem.Of(err).Detail, "may have been made") {
		t.Errorf("error %v, want unavailable, of a read that does nothing", err)
	}
	_, err = client.Call(context.Background(), &client.Client{BaseURL: gone.URL}, api.DeleteKey, api.Target{ID: "key_0000000000000000"})
	if !problem.Is(err, problem.Unavailable) || !strings.Contains(problem.Of(err).Detail, "may have been made") {
		t.Errorf("error %v, want unavailable, and that the change may have been made", err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = client.Call(ctx, c, api.GetMe, api.Nothing{})
	if !problem.Is(err, problem.Unavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want unavailable because canceled", err)
	}
}

func TestUnreadableResponseIsInternal(t *testing.T) {
	c, _ := serve(t, 200, nil, `<html>`)
	if _, err := client.Call(context.Background(), c, api.GetMe, api.Nothing{}); !problem.Is(err, problem.Internal) {
		t.Errorf("error %v, want internal", err)
	}
}
