package api

import (
	"strings"
	"time"
)

// Holder is who presented an access key: what the Lambda authorizer found out, and hands on to what
// it protects.
type Holder struct {
	Tenant      string              `json:"tenant"`
	Key         HeldKey             `json:"key"`
	Application VerifiedApplication `json:"application"`
	Arx         HeldArx             `json:"arx"`
}

// HeldKey is the API key whose access key was presented.
type HeldKey struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Scopes    []string   `json:"scopes"`
	ExpiresAt *time.Time `json:"expires_at"`
}

// HeldArx is the Arx that the key opens.
type HeldArx struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// The names under which a Holder is handed on. They are part of the API: those who protect their own
// read them as $context.authorizer.key_id.
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

// HolderOf returns the holder of the key that a verdict found good.
func HolderOf(v Verification) Holder {
	return Holder{
		Tenant: v.Tenant, Key: HeldKey{ID: v.Key.ID, Name: v.Key.Name, Scopes: v.Key.Scopes, ExpiresAt: v.Key.ExpiresAt},
		Application: *v.Application, Arx: HeldArx{ID: v.Arx.ID, Name: v.Arx.Name},
	}
}

// Context returns the holder as an authorizer hands it on: texts, and nothing nested, which is what
// both kinds of API Gateway carry. Scopes are separated by spaces, which no scope holds. A key
// without an expiry has none here.
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

// HolderFrom returns the holder that was handed on, and whether there is one: whole, with everything
// that tells who it is.
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

// WhoAmI tells the holder of an access key what it opens.
var WhoAmI = Operation[Nothing, Holder]{
	Name: "whoami", Method: "GET", Path: "/v1/whoami", Permission: HoldKey, Status: 200,
	Summary: "Tell whose access key this is, and what it opens.",
}
