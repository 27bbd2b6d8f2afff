package keys

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/ui"
	"github.com/arxkeys/arxkeys/shared/api"
)

// visit mounts the page at the address.
func visit(t *testing.T, page app.Composer, path string) app.ClientDispatcher {
	t.Helper()
	d := mount(t, page)
	d.Context().Page().ReplaceURL(&url.URL{Path: path})
	d.Nav(d.Context().Page().URL())
	d.Consume()
	return d
}

// ofBilling is a backend with the key and everything else on its page.
func ofBilling(k api.Key) *backend {
	at := "/v1/keys/" + k.ID
	return &backend{
		answers: map[string]any{
			"GET " + at: k, "GET " + at + "/usage": api.KeyUsage{}, "GET /v1/audit": api.AuditEvents{},
			"GET /v1/applications/" + k.Application.ID: api.Application{}, "GET /v1/arxes/" + k.Arx.ID: api.Arx{},
		},
		tags: map[string]string{"GET " + at: `"7"`},
	}
}

func permitted(actions ...string) api.Permits {
	p := api.Permits{Can: map[string]bool{}, Why: map[string]string{}}
	for _, a := range actions {
		p.Can[a] = true
	}
	return p
}

func TestRotationSendsItsOverlapOnce(t *testing.T) {
	k := api.Key{KeySummary: billing}
	k.Permits = permitted("rotate")
	b := ofBilling(k)
	secret := api.ClearText(newAccessKey(t, k.ID))
	b.answers["POST /v1/keys/"+k.ID+"/rotate"] = api.CreatedKey{Key: k, AccessKey: &secret}
	page := NewDetail(b)
	d := visit(t, page, "/keys/"+k.ID)
	page.startRotation()
	page.setOverlap("3600")
	page.rotate()
	page.rotate() // pressed twice
	d.Consume()
	if n := b.count("POST /v1/keys/" + k.ID + `/rotate {"overlap_seconds":3600}`); n != 1 {
		t.Errorf("%d rotations of an hour, want 1: %q", n, b.asked)
	}
	if page.shown.created == nil || page.rotation != nil {
		t.Fatal("the access key is not shown")
	}
	page.shown.finish()
	if page.shown.created == nil {
		t.Error("left without the access key")
	}
	page.shown.SetStored(true)
	page.shown.finish()
	if page.shown.created != nil || page.shown.Guarded() {
		t.Error("the access key stays in memory")
	}
}

func TestDuringAnOverlapTheNewestGivesWay(t *testing.T) {
	k := api.Key{KeySummary: billing}
	k.Permits = permitted("replace", "end_overlap")
	until := time.Now().Add(time.Hour)
	k.OverlapUntil = &until
	b := ofBilling(k)
	b.refuse = map[string]int{"POST /v1/keys/" + k.ID + "/rotate": 503}
	page := NewDetail(b)
	d := visit(t, page, "/keys/"+k.ID)
	page.startRotation()
	page.rotate()
	d.Consume()
	page.rotate()
	d.Consume()
	if n := b.count("POST /v1/keys/" + k.ID + `/rotate {"overlap_seconds":0,"replace":"new"}`); n != 2 {
		t.Errorf("asked %q", b.asked)
	}
	if len(b.named) != 2 || b.named[0] != b.named[1] {
		t.Errorf("a rotation whose outcome nobody knows is sent again as another one: %q", b.named)
	}
	if !strings.Contains(app.HTMLString(page.Render()), "unknown whether the key was rotated") {
		t.Error("it does not say that nobody knows")
	}
}

func TestPageOffersWhatTheAPIPermits(t *testing.T) {
	k := api.Key{KeySummary: billing}
	k.Permits = permitted("delete")
	k.Why["rotate"] = "It is expired. Give it a later expiry, or none."
	page := NewDetail(ofBilling(k))
	visit(t, page, "/keys/"+k.ID)
	page.startRotation()
	if page.rotation != nil {
		t.Error("a rotation that is not permitted begins")
	}
	buttons := page.buttons()
	more, ok := buttons[len(buttons)-1].(*ui.Menu)
	if !ok || len(buttons) != 1 {
		t.Fatalf("%d buttons, want the menu alone", len(buttons))
	}
	if rotate := more.Actions[0]; rotate.Label != "Rotate" || rotate.Refuse != k.Why["rotate"] {
		t.Errorf("the menu begins with %s: %q", rotate.Label, rotate.Refuse)
	}
}

func TestKeyThatIsRefusedForGoodNeedsNoRotation(t *testing.T) {
	for status, want := range map[api.KeyStatus]bool{api.KeyActive: true, api.KeyDisabled: true, api.KeyExpired: false, api.KeyDeleted: false} {
		k := api.Key{KeySummary: billing}
		k.Status = status
		page := NewDetail(ofBilling(k))
		visit(t, page, "/keys/"+k.ID)
		if got := strings.Contains(app.HTMLString(page.Render()), "Rotate by"); got != want {
			t.Errorf("%s: it says when to rotate: %t", status, got)
		}
	}
}

func TestEditSendsOnlyWhatWasChangedAndBindsIt(t *testing.T) {
	k := api.Key{KeySummary: billing, Scopes: []string{"a:read"}}
	k.Permits = permitted("update")
	b := ofBilling(k)
	b.answers["PATCH /v1/keys/"+k.ID] = k
	page := NewEdit(b)
	d := visit(t, page, "/keys/"+k.ID+"/edit")
	page.editor.setRate("100")
	page.submit()
	page.submit() // pressed twice
	d.Consume()
	if n := b.count("PATCH /v1/keys/" + k.ID + ` {"rate_limit":{"limit":100,"window_seconds":60}}`); n != 1 {
		t.Errorf("asked %q", b.asked)
	}
	if diff := cmp.Diff([]string{"PATCH /v1/keys/" + k.ID + ` "7"`}, b.named); diff != "" {
		t.Error(diff)
	}
}

func TestEditThatChangesNothingAsksForNothing(t *testing.T) {
	k := api.Key{KeySummary: billing, Metadata: json.RawMessage(`{"team":"payments"}`)}
	k.Permits = permitted("update")
	b := ofBilling(k)
	page := NewEdit(b)
	d := visit(t, page, "/keys/"+k.ID+"/edit")
	page.submit()
	d.Consume()
	if n := b.count("PATCH"); n != 0 {
		t.Errorf("%d changes of nothing", n)
	}
}

func TestEditKeepsWhatBothHaveChanged(t *testing.T) {
	k := api.Key{KeySummary: billing, Scopes: []string{"a:read"}}
	k.Permits = permitted("update")
	b := ofBilling(k)
	at := "/v1/keys/" + k.ID
	page := NewEdit(b)
	d := visit(t, page, "/keys/"+k.ID+"/edit")
	page.editor.setName("mine")

	theirs := k
	theirs.Name, theirs.Scopes = "theirs", []string{"b:read"}
	b.answers["GET "+at], b.tags["GET "+at] = theirs, `"8"`
	b.refuse = map[string]int{"PATCH " + at: 412}
	page.submit()
	d.Consume()
	if page.settings.Name != "mine" || !cmp.Equal(page.settings.Scopes, theirs.Scopes) {
		t.Errorf("merged to %+v", page.settings)
	}
	if !strings.Contains(app.HTMLString(page.Render()), "Somebody else has changed this key meanwhile.") {
		t.Error("it does not say that somebody else has changed it")
	}
	b.refuse, b.answers["PATCH "+at] = nil, theirs
	page.submit()
	d.Consume()
	if n := b.count("PATCH " + at + ` {"name":"mine"}`); n != 2 {
		t.Errorf("asked %q", b.asked)
	}
	if got := b.named[len(b.named)-1]; got != "PATCH "+at+` "8"` {
		t.Errorf("bound to %s", got)
	}
}

func TestEditOutlivesTheEndOfItsPage(t *testing.T) {
	k := api.Key{KeySummary: billing}
	k.Permits = permitted("update")
	b := ofBilling(k)
	page := NewEdit(b)
	d := visit(t, page, "/keys/"+k.ID+"/edit")
	page.editor.setUses("40")
	if names := b.Names(); len(names) != 1 {
		t.Fatalf("drafts %q", names)
	}
	page.begun, page.settings = false, settings{} // as after signing in again
	page.read()
	d.Consume()
	if page.settings.Uses != "40" || page.merged {
		t.Errorf("it begins with %+v, merged %t", page.settings, page.merged)
	}
}

func TestStoppedKeyIsShownAsStopped(t *testing.T) {
	for by, want := range map[api.StoppedBy][]string{
		api.ByDisabledApplication: {"application disabled", "its application, Billing, is disabled.", "APPLICATION_INACTIVE", "enabling the application brings it back", "/applications/app_0000000000000001"},
		api.ByArchivedApplication: {"application archived", "unarchiving and enabling the application brings it back"},
		api.ByDisabledArx:         {"Arx disabled", "its Arx, Production EU, is disabled.", "ARX_INACTIVE", "enabling the Arx brings it back", "/arxes/arx_0000000000000001"},
	} {
		k := api.Key{KeySummary: billing}
		k.Effective, k.StoppedBy, k.Application.Status, k.Arx.Status = api.KeyStopped, &by, api.ApplicationActive, api.ArxActive
		if by == api.ByDisabledArx {
			k.Arx.Status = api.ArxDisabled
		} else {
			k.Application.Status = api.ApplicationDisabled
		}
		d := NewDetail(&backend{answers: map[string]any{"GET /v1/keys/" + k.ID: k}})
		visit(t, d, "/keys/"+k.ID)
		row := app.Div().Body(status(k.KeySummary)...)
		for about, html := range map[string]string{"page": app.HTMLString(d.Render()), "row": app.HTMLString(row)} {
			if !strings.Contains(html, `data-status="stopped"`) || strings.Contains(html, `data-status="active"`) || !strings.Contains(html, want[0]) {
				t.Errorf("%s, %s: %s", by, about, html)
			}
		}
		for _, w := range want {
			if html := app.HTMLString(d.Render()); !strings.Contains(html, w) {
				t.Errorf("%s: the page does not say %q: %s", by, w, html)
			}
		}
	}
}
