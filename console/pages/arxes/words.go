// Package arxes holds the console's pages of Arxes, and the words for them on all pages.
package arxes

import (
	"cmp"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
)

// Env returns the abbreviation of the purpose in access keys, such as prd.
func Env(p api.Purpose) string {
	switch p {
	case api.Testing:
		return string(accesskey.Testing)
	case api.Staging:
		return string(accesskey.Staging)
	case api.Production:
		return string(accesskey.Production)
	}
	return string(accesskey.Development)
}

// Tag draws the abbreviation of the purpose.
func Tag(p api.Purpose) app.UI { return ui.Tag(Env(p)) }

// Ref draws a reference to an Arx: its environment tag and its name.
func Ref(name string, p api.Purpose) app.UI {
	return app.Span().Class("arx-ref").Body(ui.Tag(Env(p)), ui.Words(name))
}

// PurposeName returns the word for a purpose.
func PurposeName(p api.Purpose) string { return ui.Sentence(string(p)) }

// PlanName returns the word for a plan.
func PlanName(p api.Plan) string { return ui.Sentence(string(p)) }

var (
	providerNames   = map[api.Provider]string{api.AWS: "AWS", api.GCP: "Google Cloud", api.Azure: "Azure"}
	encryptionNames = map[api.Encryption]string{api.AESGCM128: "AES-GCM, 128 bit", api.AESGCM256: "AES-GCM, 256 bit", api.XChaCha20Poly1305: "XChaCha20-Poly1305"}
	cycleNames      = map[api.Cycle]string{api.Monthly: "1 month", api.ThreeMonths: "3 months", api.SixMonths: "6 months", api.Annually: "1 year"}
)

// ProviderName returns the provider's name.
func ProviderName(p api.Provider) string { return cmp.Or(providerNames[p], string(p)) }

// EncryptionName returns the usual spelling of an encryption method.
func EncryptionName(e api.Encryption) string { return cmp.Or(encryptionNames[e], string(e)) }

// CycleName returns the length of a rotation cycle: 3 months.
func CycleName(c api.Cycle) string { return cmp.Or(cycleNames[c], string(c)) }

// Every returns how often keys should be rotated: every 3 months.
func Every(c api.Cycle) string {
	switch c {
	case api.Monthly:
		return "every month"
	case api.Annually:
		return "every year"
	}
	return "every " + CycleName(c)
}

// Place returns where the Arx runs: AWS · eu-central-1, eu-west-1.
func Place(a api.Arx) string {
	return ProviderName(a.Provider) + " · " + strings.Join(a.Regions, ", ")
}
