package keys

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/api"
)

// picker is a page with a choice. Its server answers with the page named by search and cursor: "search@cursor".
type picker struct {
	app.Compo
	choosing[string, int]
	ctx   app.Context
	pages map[string]api.List[string, int]
	mu    sync.Mutex
	asked []string
}

func (p *picker) OnMount(ctx app.Context) { p.ctx = ctx; p.read(ctx, p.list, func() {}) }

func (p *picker) list(_ context.Context, page api.Page) (api.List[string, int], error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	asked := page.Query + "@" + page.Cursor
	p.asked = append(p.asked, asked)
	return p.pages[asked], nil
}

func (p *picker) Render() app.UI {
	cards := make([]app.UI, len(p.Value.Items))
	for i, word := range p.Value.Items {
		cards[i] = app.Span().Text(word)
	}
	return app.Div().Body(p.content(offer{id: "words", noun: "word", plural: "words", cards: cards, total: len(cards), unmatched: "No word matches"})...)
}

func page(scanned int, next string, words ...string) api.List[string, int] {
	list := api.List[string, int]{Items: words, Scanned: scanned}
	if next != "" {
		list.NextCursor = &next
	}
	return list
}

func TestPickerAsksForOneTextAtATimeAndSearchesFurther(t *testing.T) {
	p := &picker{pages: map[string]api.List[string, int]{
		"@": page(0, "b", "apple", "beech"), "@b": page(0, "c", "cedar"),
		"zed@": page(1000, "d"), "zed@d": page(1000, "e", "zed one"), "zed@e": page(0, "", "zed two"),
	}}
	d := mount(t, p)
	shows := func(do func(), want ...string) {
		t.Helper()
		do()
		d.Consume()
		html := app.HTMLString(p.Render())
		for _, w := range want {
			if absent, not := strings.CutPrefix(w, "!"); not == strings.Contains(html, absent) {
				t.Errorf("%q: %s", w, html)
			}
		}
	}
	further := func() { p.further(p.ctx, p.list, func() {}) }
	shows(func() {}, "beech", "There are more words.", "Show more")
	shows(further, "beech", "cedar", "Show more")
	shows(func() {
		for _, text := range []string{"z", "ze", "zed", "zed "} {
			p.find(p.ctx, text, p.list, func() {})
		}
	}, "No word matches “zed” so far", "1,000 words were looked at, and there are more.", "Search further", "Clear search")
	shows(further, "zed one", "2,000 words were looked at", "Search further", "!No word matches")
	shows(further, "zed one", "zed two", "!looked at", "!Search further")
	if diff := cmp.Diff([]string{"@", "@b", "z@", "zed@", "zed@d", "zed@e"}, p.asked); diff != "" {
		t.Error(diff)
	}
}
