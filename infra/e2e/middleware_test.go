package e2e

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"time"
)

// RequireKey lets requests pass whose access key is good for the Arx and the scopes.
func RequireKey(arxkeys, managementKey, arxID string, scopes []string, next http.Handler) http.Handler {
	client := &http.Client{Timeout: 5 * time.Second}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address, _, _ := net.SplitHostPort(r.RemoteAddr)
		about := map[string]any{"key": r.Header.Get("X-Api-Key"), "arx_id": arxID, "scopes": scopes, "ip": address}
		if origin := r.Header.Get("Origin"); origin != "" { // an empty one is refused, and only browsers send one
			about["origin"] = origin
		}
		question, err := json.Marshal(about)
		if err != nil || r.Header.Get("X-Api-Key") == "" {
			http.Error(w, "send an access key in the header X-Api-Key", http.StatusUnauthorized)
			return
		}
		ask, err := http.NewRequestWithContext(r.Context(), "POST", arxkeys+"/v1/keys/verify", bytes.NewReader(question))
		if err != nil {
			http.Error(w, "try again", http.StatusServiceUnavailable)
			return
		}
		ask.Header.Set("Authorization", "Bearer "+managementKey)
		ask.Header.Set("Content-Type", "application/json")
		answer, err := client.Do(ask)
		if err != nil {
			http.Error(w, "try again", http.StatusServiceUnavailable)
			return
		}
		defer answer.Body.Close()
		var verdict struct {
			Valid bool   `json:"valid"`
			Code  string `json:"code"`
		}
		switch err := json.NewDecoder(answer.Body).Decode(&verdict); {
		case err != nil || answer.StatusCode != http.StatusOK: // never let in whom nobody has found good
			http.Error(w, "try again", http.StatusServiceUnavailable)
		case !verdict.Valid:
			http.Error(w, verdict.Code, http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}
