//go:build !js

package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/arxkeys/arxkeys/shared/client"
)

// exampleAPI plays the API with one valid key, which is "arxk_prd_valid".
func exampleAPI() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if string(body) != `{"key":"arxk_prd_valid","arx_id":"arx_01J9Zk3V8QpTfW2x","scopes":["pets:read"]}` {
			io.WriteString(w, `{"valid":false,"code":"NOT_FOUND"}`)
			return
		}
		io.WriteString(w, `{"valid":true,"code":"VALID","key":{"id":"key_01J9Zk3V8QpTfW2x"},"application":{"id":"app_01J9Zk3V8QpTfW2x","name":"Billing"},"arx":{"id":"arx_01J9Zk3V8QpTfW2x"}}`)
	}))
}

func ExampleVerifier_Verify() {
	api := exampleAPI() // your https://keys.example
	defer api.Close()
	keys, err := client.NewVerifier(api.URL, "arxm_of-the-role-verifier", client.Options{})
	if err != nil {
		log.Fatal(err)
	}

	question := client.Question{Arx: "arx_01J9Zk3V8QpTfW2x", Scopes: []string{"pets:read"}}
	for _, key := range []string{"arxk_prd_valid", "arxk_prd_unknown"} {
		verdict, err := keys.Verify(context.Background(), key, question)
		switch undecided := (*client.UndecidedError)(nil); {
		case errors.As(err, &undecided):
			fmt.Println("refuse for now:", undecided.Status, undecided.RequestID)
		case err != nil:
			log.Fatal(err) // the question names no Arx
		case verdict.Valid:
			fmt.Println("allow", verdict.Application.Name)
		default:
			fmt.Println("refuse:", verdict.Code)
		}
	}
	// Output:
	// allow Billing
	// refuse: NOT_FOUND
}

func ExampleVerifier_Middleware() {
	api := exampleAPI() // your https://keys.example
	defer api.Close()
	keys, err := client.NewVerifier(api.URL, "arxm_of-the-role-verifier", client.Options{
		Hook: func(e client.Event) { fmt.Println("log:", e.Code, e.Attempts) },
	})
	if err != nil {
		log.Fatal(err)
	}

	requireKey := keys.Middleware(client.Guard{Arx: "arx_01J9Zk3V8QpTfW2x", Scopes: []string{"pets:read"}})
	mux := http.NewServeMux()
	mux.Handle("GET /pets", requireKey(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		verdict, _ := client.VerdictFrom(r.Context())
		fmt.Fprint(w, "the pets of ", verdict.Application.Name)
	})))

	for _, key := range []string{"arxk_prd_valid", "arxk_prd_unknown", ""} {
		request := httptest.NewRequest("GET", "/pets", nil)
		if key != "" {
			request.Header.Set("X-Api-Key", key)
		}
		answer := httptest.NewRecorder()
		mux.ServeHTTP(answer, request)
		fmt.Println(answer.Code, answer.Body)
	}
	// Output:
	// log: VALID 1
	// 200 the pets of Billing
	// log: NOT_FOUND 1
	// 401 {"type":"about:blank","title":"Unauthorized","status":401,"code":"unauthenticated","detail":"Send one valid access key."}
	// log: NO_KEY 0
	// 401 {"type":"about:blank","title":"Unauthorized","status":401,"code":"unauthenticated","detail":"Send one valid access key."}
}
