package e2e

import (
	"net/http"

	"github.com/arxkeys/arxkeys/shared/client"
)

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
