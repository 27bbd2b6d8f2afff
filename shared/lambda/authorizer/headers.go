package authorizer

import "strings"

// headers are a request's headers. An HTTP API sends their names in lower case, a REST API as received.
type headers map[string][]string

// joined returns headers with one value each, in which repeated headers are joined by commas.
func joined(values map[string]string) headers {
	h := make(headers, len(values))
	for name, value := range values {
		h[name] = []string{value}
	}
	return h
}

// all returns all values of the header.
func (h headers) all(name string) (values []string) {
	for k, v := range h {
		if len(k) == len(name) && strings.EqualFold(k, name) {
			values = append(values, v...)
		}
	}
	return values
}

// origin returns the Origin header. Repeated ones are joined, so that no application's origins match.
func (h headers) origin() string { return strings.Join(h.all("Origin"), ",") }

// Reasons why a request has no usable key.
const (
	noKey   = "NO_KEY"   // no key header, or an empty one
	twoKeys = "TWO_KEYS" // a repeated header, or one with more than a key: it is ambiguous which key is meant
)

// key returns the access key in x-api-key, or in Authorization with the scheme Bearer, or the reason why
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
	if strings.EqualFold(scheme, "Bearer") { // other schemes are for the API itself
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

// one returns the only value, or "" if the header is absent. API Gateway joins repeated headers with a
// comma, which no credential contains.
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
