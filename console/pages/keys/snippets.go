package keys

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/snippet"
	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// snippets returns the code that uses the key, without its access key. The console's own origin is also the
// API's. The caller is one of the application's allowed origins, or empty.
func snippets(ctx app.Context, tenant string, k api.Key, caller string) []ui.Snippet {
	page := ctx.Page().URL()
	use := snippet.Use{
		Address: page.Scheme + "://" + page.Host, KeyID: k.ID, ArxID: k.Arx.ID, Tenant: tenant, Scopes: k.Scopes, Origin: caller,
	}
	service := "In the service that is called, with a management key of the role verifier in `ARXKEYS_MANAGEMENT_KEY`."
	if len(k.AllowedIPs) > 0 {
		service += " Pass the caller’s `ip` too: the key is limited to some."
	}
	from := func(install string) string { return service + " " + install + " The client has middleware too." }
	return []ui.Snippet{
		{Name: "curl", Code: use.Curl(), Where: "In a shell, after `set -a; . ./" + use.EnvFile() + "; set +a`"},
		{Name: "Go", Code: use.Go(), Where: from("`go get github.com/arxkeys/arxkeys`.")},
		{Name: "TypeScript", Code: use.TypeScript(), Where: from("In the repository of Arxkeys: `npm install ./shared/client/typescript`.")},
		{Name: "Python", Code: use.Python(), Where: from("In the repository of Arxkeys: `pip install ./shared/client/python`.")},
		{Name: "Lambda authorizer", Code: use.Authorizer(), Where: "In the SAM template of your API: the environment of the function `authorizers/apikey`, which comes with Arxkeys."},
		{Name: "Load .env", Code: use.Load(), Where: "Makes the access key known to what you start, without a trace in the shell’s history."},
	}
}

// snippetsCard draws the code that uses the key, or nothing for a deleted key.
func (d *Detail) snippetsCard() app.UI {
	k := &d.key.Value
	if k.Status == api.KeyDeleted {
		return ui.Slot()
	}
	caller := ""
	if origins := d.joined.Value.application.AllowedOrigins; d.joined.Here && len(origins) > 0 {
		caller = origins[0]
	}
	return ui.Card("snippets", "Use it", app.Span().Class("hint").Text("Without the access key, which is not kept"),
		app.Div().Class("card-body").Body(&ui.Snippets{Items: snippets(d.ctx, d.session.Me().Tenant, *k, caller)}))
}
