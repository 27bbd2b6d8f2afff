package oidc

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	maxKeySetBytes = 512 << 10 // the largest providers publish about 30 KB
	minRSABits     = 2048      // RFC 7518, section 3.3
)

// newClient returns a client that does not follow redirects: keys come only from the configured address.
func newClient(timeout time.Duration) *http.Client {
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// fetch reads a key set (RFC 7517, section 5) and returns the keys that verify signatures. It ignores keys
// of an unknown type, and returns an error if none remain.
func fetch(ctx context.Context, client *http.Client, url string) ([]jose.JSONWebKey, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/jwk-set+json, application/json")
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s returned %s", url, res.Status)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxKeySetBytes+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxKeySetBytes {
		return nil, fmt.Errorf("%s returned more than %d bytes", url, maxKeySetBytes)
	}
	return parse(body)
}

func parse(body []byte) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, fmt.Errorf("key set: %w", err)
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if json.Unmarshal(raw, &key) == nil && verifies(key) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("key set: no key that verifies signatures")
	}
	return keys, nil
}

// verifies reports whether a key may verify a token's signature: it is public, long enough, has an id, and
// is not for encryption. A symmetric key is not public.
func verifies(key jose.JSONWebKey) bool {
	if key.KeyID == "" || !key.IsPublic() || !key.Valid() || (key.Use != "" && key.Use != "sig") {
		return false
	}
	if rsaKey, ok := key.Key.(*rsa.PublicKey); ok {
		return rsaKey.N.BitLen() >= minRSABits
	}
	return true
}
