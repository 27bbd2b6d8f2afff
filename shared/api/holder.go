package api

import (
	"strings"
	"time"
)

// Holder is the holder of a presented access key, as the Lambda authorizer identified it and passes it to
// the API behind it.
type Holder struct {
	Tenant      string              `json:"tenant"`
	Key         HeldKey             `json:"key"`
	Application VerifiedApplication `json:"application"`
	Arx         HeldArx             `json:"arx"`
}

// HeldKey is the API key of the presented access key.
type HeldKey struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Scopes    []string   `json:"scopes"`
	ExpiresAt *time.Time `json:"expires_at"`
}

// HeldArx is the Arx of the key.
type HeldArx struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Names of the values that an authorizer passes on. They are part of the API: an integration reads them as
// $context.authorizer.key_id.
const (
	holderTenant          = "tenant"
	holderKeyID           = "key_id"
	holderKeyName         = "key_name"
	holderScopes          = "scopes"
	holderExpiresAt       = "expires_at"
	holderApplicationID   = "application_id"
	holderApplicationName = "application_name"
	holderArxID           = "arx_id"
	holderArxName         = "arx_name"
)

// HolderOf returns the holder of the key in a valid verdict.
func HolderOf(v Verification) Holder {
	return Holder{
		Tenant: v.Tenant, Key: HeldKey{ID: v.Key.ID, Name: v.Key.Name, Scopes: v.Key.Scopes, ExpiresAt: v.Key.ExpiresAt},
		Application: *v.Application, Arx: HeldArx{ID: v.Arx.ID, Name: v.Arx.Name},
	}
}

// Context returns the holder as an authorizer passes it on: a flat map of strings, which both kinds of API
// Gateway support. Scopes are separated by spaces, which scopes cannot contain. The expiry is missing for a
// key that never expires.
func (h Holder) Context() map[string]string {
	context := map[string]string{
		holderTenant: h.Tenant,
		holderKeyID:  h.Key.ID, holderKeyName: h.Key.Name, holderScopes: strings.Join(h.Key.Scopes, " "),
		holderApplicationID: h.Application.ID, holderApplicationName: h.Application.Name,
		holderArxID: h.Arx.ID, holderArxName: h.Arx.Name,
	}
	if h.Key.ExpiresAt != nil {
		context[holderExpiresAt] = FormatTime(*h.Key.ExpiresAt)
	}
	return context
}

// HolderFrom returns the holder in the context. ok is false if the context is not from our authorizer, or
// is incomplete.
func HolderFrom(context map[string]any) (Holder, bool) {
	text := func(name string) string {
		s, _ := context[name].(string)
		return s
	}
	h := Holder{
		Tenant:      text(holderTenant),
		Key:         HeldKey{ID: text(holderKeyID), Name: text(holderKeyName), Scopes: strings.Fields(text(holderScopes))},
		Application: VerifiedApplication{ID: text(holderApplicationID), Name: text(holderApplicationName)},
		Arx:         HeldArx{ID: text(holderArxID), Name: text(holderArxName)},
	}
	if at := text(holderExpiresAt); at != "" {
		expires, err := time.Parse(time.RFC3339Nano, at)
		if err != nil {
			return Holder{}, false
		}
		h.Key.ExpiresAt = &expires
	}
	if h.Tenant == "" || !ValidID(KeyPrefix, h.Key.ID) || !ValidID(ApplicationPrefix, h.Application.ID) || !ValidID(ArxPrefix, h.Arx.ID) {
		return Holder{}, false
	}
	return h, true
}

// WhoAmI returns the holder of an access key.
var WhoAmI = Operation[Nothing, Holder]{
	Name: "whoami", Method: "GET", Path: "/v1/whoami", Permission: HoldKey, Status: 200,
	Summary: "Get the API key, application and Arx of the presented access key.",
}
