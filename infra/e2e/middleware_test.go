package e2e

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"time"
)

// RequireKey calls next for requests whose access key is valid for the Arx and has all scopes, which may be none.
func RequireKey(arxkeys, managementKey, arxID string, scopes []string, next http.Handler) http.Handler {
	client := &http.Client{Timeout: 5 * time.Second}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Values("X-Api-Key")
		if len(key) != 1 || key[0] == "" {
			http.Error(w, "send one access key in the header X-Api-Key", http.StatusUnauthorized)
			return
		}
		fields := map[string]any{"key": key[0], "arx_id": arxID} // empty fields are left out: the API refuses them
		if len(scopes) > 0 {
			fields["scopes"] = scopes
		}
		if address, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
			fields["ip"] = address
		}
		if origin := r.Header.Get("Origin"); origin != "" {
			fields["origin"] = origin
		}
		body, err := json.Marshal(fields)
		if err != nil {
			http.Error(w, "try again", http.StatusServiceUnavailable)
			return
		}
		request, err := http.NewRequestWithContext(r.Context(), "POST", arxkeys+"/v1/keys/verify", bytes.NewReader(body))
		if err != nil {
			http.Error(w, "try again", http.StatusServiceUnavailable)
			return
		}
		request.Header.Set("Authorization", "Bearer "+managementKey)
		request.Header.Set("Content-Type", "application/json")
		response, err := client.Do(request)
		if err != nil {
			http.Error(w, "try again", http.StatusServiceUnavailable)
			return
		}
		defer response.Body.Close()
		var verdict struct {
			Valid bool   `json:"valid"`
			Code  string `json:"code"`
		}
		switch err := json.NewDecoder(response.Body).Decode(&verdict); {
		case err != nil || response.StatusCode != http.StatusOK: // fail closed
			http.Error(w, "try again", http.StatusServiceUnavailable)
		case verdict.Valid:
			next.ServeHTTP(w, r)
		default:
			http.Error(w, verdict.Code, refusal(verdict.Code))
		}
	})
}

// refusal returns the HTTP status for the code of a key that is not valid.
func refusal(code string) int {
	switch code {
	case "MALFORMED", "NOT_FOUND":
		return http.StatusUnauthorized
	case "RATE_LIMITED", "USAGE_EXHAUSTED":
		return http.StatusTooManyRequests
	}
	return http.StatusForbidden
}
