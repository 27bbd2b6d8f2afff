package keys

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/session/sessiontest"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
)

// backend returns prepared answers, by method and path, and records the requests.
type backend struct {
	sessiontest.Drafts
	answers map[string]any
	refuse  map[string]int    // the status of a problem, instead of an answer
	tags    map[string]string // the ETags of answers

	mu    sync.Mutex
	asked []string // method, path and body
	named []string // method, path and value of If-Match or Idempotency-Key
}

func (b *backend) Client() *client.Client { return &client.Client{Transport: b} }
func (b *backend) Me() api.Me             { return api.Me{Principal: api.By{ID: "somebody"}} }

func (b *backend) Do(_ context.Context, r client.Request) (client.Response, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	path, _, _ := strings.Cut(r.URL, "?")
	b.asked = append(b.asked, r.Method+" "+path+" "+string(r.Body))
	for _, h := range r.Header {
		if h[0] == "If-Match" || h[0] == "Idempotency-Key" {
			b.named = append(b.named, r.Method+" "+path+" "+h[1])
		}
	}
	call := r.Method + " " + path
	if status, ok := b.refuse[call]; ok {
		return client.Response{Status: status}, nil
	}
	answer, ok := b.answers[call]
	if !ok {
		return client.Response{Status: 503}, nil
	}
	body, err := json.Marshal(answer)
	return client.Response{Status: 200, Body: body, Header: map[string]string{"etag": b.tags[call]}}, err
}

func (b *backend) count(prefix string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, a := range b.asked {
		if strings.HasPrefix(a, prefix) {
			n++
		}
	}
	return n
}

func mount(t *testing.T, page app.Composer) app.ClientDispatcher {
	t.Helper()
	d := app.NewClientTester(page)
	t.Cleanup(d.Close)
	d.Consume()
	return d
}

var billing = api.KeySummary{
	ID: "key_7Hq2VbN4xT9mKc3R", Name: "nightly export", Status: api.KeyActive, CreatedAt: time.Now(), RotateBy: time.Now(),
	Application: api.KeyApplication{ID: "app_0000000000000001", Name: "Billing"},
	Arx:         api.KeyArx{ID: "arx_0000000000000001", Name: "Production EU", Purpose: api.Production},
	Permits:     api.Permits{Can: map[string]bool{"delete": true}},
}

func TestDeletionIsCheckedAgainWhenItIsAskedFor(t *testing.T) {
	b := &backend{answers: map[string]any{
		"GET /v1/keys":                  api.KeyList{Items: []api.KeySummary{billing}},
		"DELETE /v1/keys/" + billing.ID: api.Key{KeySummary: billing},
	}}
	page := NewList(b)
	d := mount(t, page)
	page.startDeletion(billing)
	for _, typed := range []string{"", "key_7Hq2", "KEY_7HQ2VBN4XT9MKC3R", billing.ID + "x"} {
		page.confirm.Type(typed)
		page.confirm.Submit()
		d.Consume()
	}
	if n := b.count("DELETE"); n != 0 {
		t.Fatalf("%d deletions without the key being typed", n)
	}
	reads := b.count("GET /v1/keys")
	page.confirm.Type(billing.ID)
	page.confirm.Submit()
	page.confirm.Submit() // pressed twice
	d.Consume()
	if n := b.count("DELETE"); n != 1 {
		t.Errorf("%d deletions, want 1", n)
	}
	if page.confirm.IsOpen() || b.count("GET /v1/keys") != reads+2 { // the list, and the stopped keys for its totals
		t.Error("the list is not read again after a deletion")
	}
}

func TestPastedAccessKeyIsNotSent(t *testing.T) {
	b := &backend{answers: map[string]any{
		"GET /v1/keys":                  api.KeyList{Items: []api.KeySummary{billing}},
		"DELETE /v1/keys/" + billing.ID: api.Key{KeySummary: billing},
	}}
	page := NewList(b)
	d := mount(t, page)
	secret := newAccessKey(t, billing.ID)
	page.startDeletion(billing)
	page.confirm.Type(secret)
	page.confirm.Submit()
	d.Consume()
	if n := b.count("DELETE /v1/keys/" + billing.ID + " "); n != 1 {
		t.Errorf("%d deletions, want 1", n)
	}
	if strings.Contains(strings.Join(b.asked, "\n"), secret[30:60]) {
		t.Error("the access key was sent")
	}
}

// atSummary returns a wizard at the summary.
func atSummary(t *testing.T) (*Wizard, *backend, app.ClientDispatcher, string) {
	t.Helper()
	secret := newAccessKey(t, billing.ID)
	text := api.ClearText(secret)
	b := &backend{answers: map[string]any{
		"GET /v1/applications": api.ApplicationList{}, "GET /v1/arxes": api.ArxList{},
		"POST /v1/keys": api.CreatedKey{Key: api.Key{KeySummary: billing}, AccessKey: &text},
	}}
	page := NewWizard(b)
	d := mount(t, page)
	page.draft = whole
	page.draft.Date = time.Now().AddDate(1, 0, 0).Format(time.DateOnly)
	page.draft.Scope = ""
	page.save()
	return page, b, d, secret
}

func TestCreateSendsOneRequestHoweverOftenItIsPressed(t *testing.T) {
	page, b, d, _ := atSummary(t)
	page.create()
	page.create()
	d.Consume()
	page.create()
	d.Consume()
	if n := b.count("POST /v1/keys"); n != 1 {
		t.Errorf("%d keys were created, want 1", n)
	}
}

func TestCreateThatIsSentAgainIsTheSameRequest(t *testing.T) {
	page, b, d, _ := atSummary(t)
	b.refuse = map[string]int{"POST /v1/keys": 503}
	page.draft.Attempt, page.draft.Expiry = "", "30"
	page.create()
	d.Consume()
	var kept draft
	if !b.Draft(draftName, &kept) || kept.Attempt == "" {
		t.Errorf("the draft does not keep the name of the request: %+v", kept)
	}
	page.create()
	d.Consume()
	page.editor.setName("another")
	page.create()
	d.Consume()
	if len(b.named) != 3 || b.named[0] != b.named[1] || b.named[1] == b.named[2] {
		t.Errorf("named %q: want the same for the same request, and another for another", b.named)
	}
	var bodies []string
	for _, a := range b.asked {
		if strings.HasPrefix(a, "POST /v1/keys ") {
			bodies = append(bodies, a)
		}
	}
	if bodies[0] != bodies[1] {
		t.Errorf("sent again it is another body:\n%s\n%s", bodies[0], bodies[1])
	}
}

func TestRepeatedCreateGuardsNothing(t *testing.T) {
	page, b, d, _ := atSummary(t)
	b.answers["POST /v1/keys"] = api.CreatedKey{Key: api.Key{KeySummary: billing}, Notice: api.ShownOnce}
	page.create()
	d.Consume()
	html := app.HTMLString(page.Render())
	if page.shown.Guarded() || !strings.Contains(html, "rotate the API key") || strings.Contains(html, "I have stored") {
		t.Errorf("guards %t: %s", page.shown.Guarded(), html)
	}
}

func TestAccessKeyIsInThePageOnlyWhileItIsRevealed(t *testing.T) {
	page, b, d, secret := atSummary(t)
	page.create()
	d.Consume()
	shows := func() bool {
		t.Helper()
		return strings.Contains(app.HTMLString(page.Render()), secret[13:len(secret)-4])
	}
	if shows() {
		t.Error("masked, the page holds it")
	}
	if head := secret[len("arxk_prd_"):][:4]; !strings.Contains(app.HTMLString(page.Render()), head) {
		t.Error("masked, the page lacks how it begins")
	}
	page.shown.ToggleReveal()
	if !shows() {
		t.Error("revealed, the page lacks it")
	}
	page.shown.ToggleReveal()
	if shows() {
		t.Error("masked again, the page holds it")
	}
	if names := b.Names(); len(names) != 1 || names[0] != "unstored" { // which key it is
		t.Errorf("the tab keeps %q after the key was created", names)
	}
}

func TestDoneNeedsTheAccessKeyToBeStored(t *testing.T) {
	page, _, d, _ := atSummary(t)
	page.create()
	d.Consume()
	page.shown.finish()
	if page.shown.created == nil {
		t.Fatal("left without the access key")
	}
	page.shown.SetStored(true)
	page.shown.finish()
	if page.shown.created != nil {
		t.Error("the access key stays in memory")
	}
}

func TestDefaultArxIsChosenOnlyWhileItIsActive(t *testing.T) {
	arxes := []api.Arx{
		{ID: "arx_0000000000000001", Status: api.ArxActive},
		{ID: "arx_0000000000000002", Status: api.ArxActive, IsDefault: true},
	}
	var d draft
	d.refreshArx(arxes)
	if d.Arx == nil || d.Arx.ID != arxes[1].ID {
		t.Errorf("chosen %v, want the default", d.Arx)
	}
	d = draft{}
	arxes[1].Status = api.ArxDisabled
	d.refreshArx(arxes)
	if d.Arx != nil {
		t.Errorf("chosen %v, want none", d.Arx)
	}
	d = draft{Arx: &api.Arx{ID: arxes[0].ID}}
	arxes[0].Status = api.ArxDisabled
	d.refreshArx(arxes)
	if d.Arx != nil {
		t.Error("an Arx that was disabled meanwhile is still chosen")
	}
}

// A duplicate is for the same application and Arx. If one of them is not active, a person chooses another.
func TestNothingIsChosenInThePlaceOfWhatIsDuplicated(t *testing.T) {
	page, _, _, _ := atSummary(t)
	off := original{
		key:         api.Key{KeySummary: billing},
		application: api.Application{ID: "app_0000000000000009", Status: api.ApplicationDisabled}, arx: api.Arx{ID: "arx_0000000000000009", Status: api.ArxDisabled},
	}
	only := *whole.Arx
	only.IsDefault, only.Status = true, api.ArxActive
	page.arxes.Value, page.arxes.Here = api.ArxList{Items: []api.Arx{only}}, true
	page.duplicate(off, time.Now())
	if page.draft.Application != nil || page.draft.Arx != nil || page.draft.Step != stepApplication {
		t.Errorf("at step %d, %v and %v are chosen", page.draft.Step, page.draft.Application, page.draft.Arx)
	}
	if html := app.HTMLString(page.Render()); !strings.Contains(html, "The application of nightly export is not active. Which application will hold the key?") {
		t.Error("it does not say why nothing is chosen")
	}
}

func TestDuplicateExpiresWhenTheOriginalDoes(t *testing.T) {
	now := time.Now()
	at := now.Add(40*24*time.Hour + 7*time.Second).UTC().Truncate(time.Second)
	k := api.Key{KeySummary: billing}
	k.ExpiresAt = &at
	d := draft{settings: copied(k, now)}
	if got := d.request(now).ExpiresAt; got == nil || !got.Equal(at) || d.wrongDate(now) != nil {
		t.Errorf("expires at %v, want %s", got, at)
	}
	if d.wrongDate(at) == nil {
		t.Error("an expiry that has passed meanwhile is not refused")
	}
	if got := (draft{settings: copied(k, at)}).request(at).ExpiresAt; got != nil {
		t.Errorf("an expired key is duplicated with its expiry, %s", got)
	}
}

func TestCreatedChoiceIsOfferedOnce(t *testing.T) {
	var c choosing[api.Arx, api.ArxTotals]
	c.Value.Items = []api.Arx{{ID: "arx_1"}, {ID: "arx_2"}} // read after an answer was lost
	c.add(api.Arx{ID: "arx_2", Name: "EU"}, func(a api.Arx) bool { return a.ID == "arx_2" })
	if items := c.Value.Items; len(items) != 2 || items[0].Name != "EU" || items[1].ID != "arx_1" {
		t.Errorf("%+v", items)
	}
	if c.search = "arx_2"; !c.finds("arx_2", "EU") || c.finds("arx_1", "US") {
		t.Error("an id does not find its choice alone")
	}
}

func TestOnlyAKeyThatWorksIsInUse(t *testing.T) {
	used := time.Now().Add(-time.Hour)
	k := billing
	k.Use.LastUsedAt, k.Effective = &used, api.KeyVerifies
	if s := stops(k); s.Warning != "Billing is using it." {
		t.Errorf("%q", s.Warning)
	}
	for effective, want := range map[api.EffectiveStatus]string{
		api.KeyVerifies: "", api.KeyStopped: "It stays stopped while its application or its Arx is not active.", "disabled": "It is refused while it is disabled.",
	} {
		if k.Effective = effective; still(k) != want {
			t.Errorf("%s: %q, want %q", effective, still(k), want)
		}
		if effective != api.KeyVerifies && stops(k).Warning != "" {
			t.Errorf("%s: %q", effective, stops(k).Warning)
		}
	}
}

// at mounts the wizard at an address that names a step.
func at(d app.ClientDispatcher, query string) {
	d.Nav(&url.URL{Scheme: "https", Host: "keys.example", Path: "/keys/new", RawQuery: query})
	d.Consume()
}

func TestAddressOfTheWizardNamesItsStep(t *testing.T) {
	page, _, d, _ := atSummary(t)
	for _, row := range []struct {
		query string
		want  step
	}{{"step=2", stepArx}, {"step=4", stepSummary}, {"step=1", stepApplication}, {"", stepApplication}, {"step=99", stepSummary}, {"step=0", stepApplication}} {
		at(d, row.query)
		address := page.ctx.Page().URL().RawQuery
		if page.draft.Step != row.want || address != fmt.Sprintf("step=%d", row.want+1) {
			t.Errorf("%q shows step %d at %q, want %d", row.query, page.draft.Step, address, row.want)
		}
	}
	page.editor.setName(strings.Repeat("x", 151))
	at(d, "step=4")
	if page.draft.Step != stepOptions || page.editor.form.Error("name", page.draft.invalid(time.Now())) == "" {
		t.Errorf("with a wrong name it shows step %d, and says nothing of it", page.draft.Step)
	}
}

func TestStepIsLeftWhereWhatItNeedsIsGone(t *testing.T) {
	page, b, d, _ := atSummary(t)
	gone := *whole.Arx
	gone.Status = api.ArxDisabled
	b.answers["GET /v1/arxes"] = api.ArxList{Items: []api.Arx{gone}}
	page.readArxes()
	d.Consume()
	if query := page.ctx.Page().URL().RawQuery; page.draft.Step != stepArx || query != "step=2" {
		t.Errorf("it stands at step %d, at %q", page.draft.Step, query)
	}
}

// A read that ends while the key is being created does not change the request. If the request fails, it is considered.
func TestWhatIsChosenStandsWhileTheKeyIsMade(t *testing.T) {
	gone := *whole.Arx
	gone.Status = api.ArxDisabled
	for status, want := range map[int]step{0: stepSummary, 409: stepArx} {
		page, b, d, secret := atSummary(t)
		b.answers["GET /v1/arxes"] = api.ArxList{Items: []api.Arx{gone}}
		if status != 0 {
			b.refuse = map[string]int{"POST /v1/keys": status}
		}
		page.create()
		page.arxes.Value, page.arxes.Here = api.ArxList{Items: []api.Arx{gone}}, true
		page.refresh() // a read has ended
		if page.draft.Arx == nil || !strings.Contains(app.HTMLString(page.Render()), gone.Name) {
			t.Errorf("%d: what was asked for is gone while it is asked for", status)
		}
		d.Consume()
		if shows := strings.Contains(app.HTMLString(page.Render()), secret[len("arxk_prd_"):][:4]); shows != (status == 0) {
			t.Errorf("%d: the access key is there: %t", status, shows)
		}
		if status != 0 && (page.draft.Step != want || page.draft.Arx != nil) {
			t.Errorf("%d: it stands at step %d", status, page.draft.Step)
		}
	}
}

func TestNoStepIsShownOnceTheKeyIsThere(t *testing.T) {
	page, _, d, secret := atSummary(t)
	page.create()
	d.Consume()
	at(d, "step=2")
	html := app.HTMLString(page.Render())
	if !strings.Contains(html, secret[len("arxk_prd_"):][:4]) || !page.shown.Guarded() {
		t.Error("an address takes the access key away")
	}
	if page.draft.Application != nil {
		t.Error("what was entered stays after the key is created")
	}
}
