// Command nethttp is the pets API as a net/http server, behind the middleware of the Go client.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"

	"github.com/arxkeys/arxkeys/shared/client"
)

func main() {
	api, err := protect(os.Getenv("ARXKEYS_URL"), os.Getenv("ARXKEYS_KEY"), os.Getenv("ARX_ID"), []string{"pets:read"}, http.HandlerFunc(pets))
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), api))
}

// protect returns the pets behind access keys of the Arx that grant the scopes, which may be none.
func protect(arxkeys, managementKey, arxID string, scopes []string, pets http.Handler) (http.Handler, error) {
	keys, err := client.NewVerifier(arxkeys, managementKey, client.Options{})
	if err != nil {
		return nil, err
	}
	requireKey := keys.Middleware(client.Guard{
		Arx:      arxID,
		Scopes:   scopes,
		ClientIP: client.ConnectionIP, // behind a proxy: client.HeaderIP("X-Real-Ip")
	})
	return requireKey(pets), nil
}

func pets(w http.ResponseWriter, r *http.Request) {
	verdict, _ := client.VerdictFrom(r.Context())
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"pets": []string{"Tom", "Rex"}, "application": verdict.Application.Name})
}
