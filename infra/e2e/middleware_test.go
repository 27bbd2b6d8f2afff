package e2e

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"time"
)

// RequireKey lets requests pass whose access key is valid for the Arx and has the scopes, which may be none.
func RequireKey(arxkeys, managementKey, arxID string, scopes []string, next http.Handler) http.Handler {
	client := &http.Client{Timeout: 5 * time.Second}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Values("X-Api-Key")
		if len(key) != 1 || key[0] == "" {
			http.Error(w, "send one access key in the header X-Api-Key", http.StatusUnauthorized)
			return
		}
		about := map[string]any{"key": key[0], "arx_id": arxID} // what is empty is left out: the API refuses it
		if len(scopes) > 0 {
			about["scopes"] = scopes
		}
		if address, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
			about["ip"] = address
		}
		if origin := r.Header.Get("Origin"); origin != "" {
			about["origin"] = origin
		}
		question, err := json.Marshal(about)
		if err != nil {
			http.Error(w, "try again", http.StatusServiceUnavailable)
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
		case verdict.Valid:
			next.ServeHTTP(w, r)
		default:
			http.Error(w, verdict.Code, refusal(verdict.Code))
		}
	})
}

// refusal returns the status for the code of a key that is not valid.
func refusal(code string) int {
	switch code {
	case "MALFORMED", "NOT_FOUND":
		return http.StatusUnauthorized
	case "RATE_LIMITED", "USAGE_EXHAUSTED":
		return http.StatusTooManyRequests
	}
	return http.StatusForbidden
}
