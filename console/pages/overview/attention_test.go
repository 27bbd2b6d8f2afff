package overview

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/shared/api"
)

func TestWhatWantsAttentionLeadsToTheListOfIt(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	soon, checked, byArx := now.Add(50*time.Hour), now.Add(-2*time.Hour), api.ByDisabledArx
	v := api.Overview{Attention: api.Attention{
		Expiring:             api.Few[api.KeySummary]{Count: 1, Items: []api.KeySummary{{Name: "Nightly invoices", ExpiresAt: &soon}}},
		RotationDue:          api.Few[api.KeySummary]{Count: 50, More: true, Items: []api.KeySummary{{ID: "key_1", RotateBy: now.AddDate(0, -1, 0)}}},
		OverlapsOpen:         api.Few[api.KeySummary]{Count: 1, Items: []api.KeySummary{{ID: "key_2", Name: "Search", OverlapUntil: &soon}}},
		Stopped:              api.Few[api.KeySummary]{Count: 2, Items: []api.KeySummary{{Application: api.KeyApplication{Name: "Export"}}, {Arx: api.KeyArx{Name: "EU"}, StoppedBy: &byArx}}},
		UnusedAsOf:           &checked,
		Unused:               api.Few[api.KeySummary]{Count: 3, Items: []api.KeySummary{{ID: "key_3"}, {ID: "key_4", Name: "Export"}}},
		DisabledApplications: api.Few[api.KeyApplication]{Count: 7, Items: []api.KeyApplication{{Name: "One"}, {Name: "Two"}}},
		DisabledArxes:        api.Few[api.KeyArx]{Count: 1, Items: []api.KeyArx{{Name: "Label testing"}}},
	}}
	found := matters(v, now)
	for i, want := range []struct{ text, detail, href string }{
		{"1 key expires within 7 days.", "Nightly invoices, in 2 days", "/keys?sort=expires_at&status=expiring"},
		{"At least 50 keys are past their rotation date.", "23 Oct 2026: key_1", "/keys?sort=rotate_by&status=rotation_due"},
		{"1 key has two access keys.", `Next to end, in 2 days: <a href="/keys/key_2">Search</a>.`, ""},
		{"2 keys are stopped.", "Export and EU are not active.", "/keys?status=stopped"},
		{"3 keys were not used in 90 days.", `Checked 2 h ago. Perhaps no longer needed: <a href="/keys/key_3">key_3</a>, <a href="/keys/key_4">Export</a> and 1 more.`, "/keys?status=unused"},
		{"7 applications are disabled.", "One, Two and 5 more", "/applications?status=disabled"},
		{"1 Arx is disabled.", "Label testing", "/arxes?status=disabled"},
	} {
		if m := found[i]; m.text != want.text || !strings.Contains(words(m), want.detail) || !strings.Contains(m.href, want.href) {
			t.Errorf("%+v: %s; want %+v", m, words(m), want)
		}
	}
	if calm := matters(api.Overview{}, now); len(calm) != 0 {
		t.Errorf("nothing wants attention, and %+v is shown", calm)
	}
}

// timeTags are the tags around the text of a time.
var timeTags = regexp.MustCompile(`</?time[^>]*>`)

// words returns the detail as it is drawn, without white space between its parts and without what is known
// of its times beside their text.
func words(m matter) string {
	text := timeTags.ReplaceAllString(app.HTMLString(m.small()), "")
	return strings.NewReplacer("\n", "", "    ", "", "  ", "").Replace(text)
}

func TestStoppedKeysAreNamedByWhatStopsThem(t *testing.T) {
	key := func(application string) api.KeySummary {
		return api.KeySummary{Application: api.KeyApplication{Name: application}}
	}
	for want, few := range map[string]api.Few[api.KeySummary]{
		"Export is not active.":                                  {Count: 2, Items: []api.KeySummary{key("Export"), key("Export")}},
		"A, B and C are not active.":                             {Count: 3, Items: []api.KeySummary{key("A"), key("B"), key("C")}},
		"The latest are those of Export, which is not active.":   {Count: 9, Items: []api.KeySummary{key("Export")}},
		"The latest are those of A and B, which are not active.": {Count: 50, More: true, Items: []api.KeySummary{key("A"), key("B")}},
	} {
		if got := causes(few); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestFirstStepsAreAllowedOnceWhatTheyNeedIsThereOrCanBeMade(t *testing.T) {
	v := api.Overview{Permits: api.Permits{Can: map[string]bool{"create_key": true, "create_application": true}}}
	if !allowed(v, application) || allowed(v, arx) || allowed(v, key) {
		t.Error("only an application can be made")
	}
	v.Can["create_arx"] = true
	if !allowed(v, key) {
		t.Error("a key can be made, with its application and Arx")
	}
	v.Can = map[string]bool{"create_key": true}
	if v.Applications.Active = 1; allowed(v, key) {
		t.Error("there is no Arx, and none can be made")
	}
	if v.Arxes.Active = 1; !allowed(v, key) {
		t.Error("a key can be made of what is there")
	}
}
