package authorizer

import "strings"

// headers are a request's headers: an HTTP API writes their names in lower case, a REST API as they were sent.
type headers map[string][]string

// joined are headers with one value each, in which repeated ones are joined by commas.
func joined(values map[string]string) headers {
	h := make(headers, len(values))
	for name, value := range values {
		h[name] = []string{value}
	}
	return h
}

// all returns every value of the header.
func (h headers) all(name string) (values []string) {
	for k, v := range h {
		if len(k) == len(name) && strings.EqualFold(k, name) {
			values = append(values, v...)
		}
	}
	return values
}

// origin returns the Origin header. Several are none that any application allows.
func (h headers) origin() string { return strings.Join(h.all("Origin"), ",") }

// Why no key is taken from a request.
const (
	noKey   = "NO_KEY"   // or a header for one that is there and empty
	twoKeys = "TWO_KEYS" // or a header that is there twice, or holds more than a key: which one is meant is not guessed
)

// key returns the access key that the request presents in x-api-key, or in Authorization as a Bearer, and why not where
// there is not exactly one.
func (h headers) key() (key, why string) {
	key, why = one(h.all("X-Api-Key"))
	if why != "" {
		return "", why
	}
	credential, why := one(h.all("Authorization"))
	if why != "" {
		return "", why
	}
	scheme, bearer, _ := strings.Cut(credential, " ")
	if strings.EqualFold(scheme, "Bearer") { // other schemes are somebody else's
		switch bearer = strings.TrimLeft(bearer, " "); {
		case strings.Contains(bearer, " "), key != "" && bearer != key:
			return "", twoKeys
		default:
			key = bearer
		}
	}
	if key == "" {
		return "", noKey
	}
	return key, ""
}

// one returns the only value, empty where the header is absent. No credential holds a comma, by which API Gateway joins
// repeated headers.
func one(values []string) (value, why string) {
	switch {
	case len(values) == 0:
		return "", ""
	case len(values) == 1 && strings.TrimSpace(values[0]) == "":
		return "", noKey
	case len(values) > 1 || strings.Contains(values[0], ","):
		return "", twoKeys
	}
	return values[0], ""
}
