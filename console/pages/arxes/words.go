// Package arxes holds the console's pages of Arxes, and the words in which all pages speak of them.
package arxes

import (
	"cmp"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
)

// Env returns the letters that the purpose has in access keys.
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

// Ref names an Arx among other things: its environment, its name.
func Ref(name string, p api.Purpose) app.UI {
	return app.Span().Class("arx-ref").Body(ui.Tag(Env(p)), ui.Words(name))
}

// PurposeName returns the purpose as a word.
func PurposeName(p api.Purpose) string { return ui.Sentence(string(p)) }

// PlanName returns the plan as a word.
func PlanName(p api.Plan) string { return ui.Sentence(string(p)) }

var (
	providerNames   = map[api.Provider]string{api.AWS: "AWS", api.GCP: "Google Cloud", api.Azure: "Azure"}
	encryptionNames = map[api.Encryption]string{api.AESGCM128: "AES-GCM, 128 bit", api.AESGCM256: "AES-GCM, 256 bit", api.XChaCha20Poly1305: "XChaCha20-Poly1305"}
	cycleNames      = map[api.Cycle]string{api.Monthly: "1 month", api.ThreeMonths: "3 months", api.SixMonths: "6 months", api.Annually: "1 year"}
)

// ProviderName returns the provider's own name.
func ProviderName(p api.Provider) string { return cmp.Or(providerNames[p], string(p)) }

// EncryptionName returns the method as people write it.
func EncryptionName(e api.Encryption) string { return cmp.Or(encryptionNames[e], string(e)) }

// CycleName returns the cycle as a time: 3 months.
func CycleName(c api.Cycle) string { return cmp.Or(cycleNames[c], string(c)) }

// Every returns how often keys want to be rotated: every 3 months.
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
