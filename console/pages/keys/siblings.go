package keys

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// suggestions are scopes that other keys have.
type suggestions struct {
	whose  string // the application or Arx of those keys
	scopes []string
}

// siblings reads the scopes of other keys of the application or, if those have none, of the Arx.
type siblings struct {
	ui.Reading[suggestions]
	of string // ids of the application and the Arx
}

// maxSiblings is how many keys are read, the newest ones: lists contain no scopes.
const maxSiblings = 5

// maxSuggested is how many scopes are suggested.
const maxSuggested = 8

// readSiblings reads the suggestions for the options, once for an application and an Arx.
func (w *Wizard) readSiblings() {
	a, x := w.draft.Application, w.draft.Arx
	if w.draft.Step != stepOptions || a == nil || x == nil || w.siblings.of == a.ID+x.ID {
		return
	}
	w.siblings.Forget()
	w.siblings.of = a.ID + x.ID
	c := w.session.Client()
	w.siblings.Start(w.ctx, func(ctx context.Context) (suggestions, error) {
		scopes, err := scopesOf(ctx, c, api.ListKeysRequest{ApplicationID: a.ID})
		if err != nil || len(scopes) > 0 {
			return suggestions{a.Name, scopes}, err
		}
		scopes, err = scopesOf(ctx, c, api.ListKeysRequest{ArxID: x.ID})
		return suggestions{x.Name, scopes}, err
	}, nil)
}

// scopesOf returns the scopes of the newest keys that the request lists, the most frequent first.
func scopesOf(ctx context.Context, c *client.Client, request api.ListKeysRequest) ([]string, error) {
	request.Limit = maxSiblings
	list, err := client.Call(ctx, c, api.ListKeys, request)
	if err != nil {
		return nil, err
	}
	var (
		wait sync.WaitGroup
		keys = make([]api.Key, len(list.Items))
	)
	for i, k := range list.Items {
		wait.Go(func() { keys[i], _ = client.Call(ctx, c, api.GetKey, api.KeyID{ID: k.ID}) }) // deleted meanwhile: no suggestion
	}
	wait.Wait()
	uses := map[string]int{}
	for _, k := range keys {
		for _, s := range k.Scopes {
			uses[s]++
		}
	}
	scopes := slices.Collect(maps.Keys(uses))
	ui.Sort(scopes, func(a, b string) int { return cmp.Or(uses[b]-uses[a], cmp.Compare(a, b)) })
	return scopes, nil
}

// suggested draws the scopes that other keys have and this one does not, or nothing.
func (e *editor) suggested() app.UI {
	var offers []app.UI
	for _, scope := range e.suggestions.scopes {
		if len(offers) < 2*maxSuggested && !slices.Contains(e.settings.Scopes, scope) {
			offers = append(offers, app.Text(" "), app.Button().Type("button").Class("link").Aria("label", "Add "+scope).DataSet("scope", scope).OnClick(e.addScope).Text(scope))
		}
	}
	if len(offers) == 0 {
		return nil
	}
	return app.P().Class("hint", "suggested").Body(append([]app.UI{app.Text("Other keys of " + e.suggestions.whose + " also have")}, offers...)...)
}

func (e *editor) addScope(ctx app.Context, _ app.Event) {
	scope := ctx.JSSrc().Get("dataset").Get("scope").String()
	if !slices.Contains(e.settings.Scopes, scope) {
		e.setScopes(append(slices.Clone(e.settings.Scopes), scope), e.settings.Scope)
	}
	ui.Focus(ctx, "scopes") // the button is gone
}
