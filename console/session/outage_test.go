package session

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// cupboard is a shelf in memory.
type cupboard struct {
	mu    sync.Mutex
	boxes map[string]map[string]client.Response
}

func (c *cupboard) Boxes(context.Context) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Sorted(maps.Keys(c.boxes))
}

func (c *cupboard) Put(_ context.Context, box, address string, answer client.Response) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.boxes[box] == nil {
		c.boxes[box] = map[string]client.Response{}
	}
	c.boxes[box][address] = answer
	return nil
}

func (c *cupboard) Get(_ context.Context, box, address string) (client.Response, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	answer, ok := c.boxes[box][address]
	return answer, ok
}

func (c *cupboard) Prune(_ context.Context, box string, before time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.boxes[box], func(_ string, answer client.Response) bool { return cameBefore(answer.Get(keptAt), before) })
	if len(c.boxes[box]) == 0 {
		delete(c.boxes, box)
	}
}

func (c *cupboard) Remove(_ context.Context, box string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.boxes, box)
}

// line is a transport that works until it is cut.
type line struct {
	mu      sync.Mutex
	cut     bool
	down    map[string]bool            // by method and path: what fails alone
	answers map[string]client.Response // by method and path
	passed  []string
}

func (l *line) Do(_ context.Context, r client.Request) (client.Response, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := r.Method + " " + address(r.URL)
	if l.cut || l.down[at] {
		return client.Response{}, problem.New(problem.Unavailable, "no way")
	}
	l.passed = append(l.passed, at)
	if answer, ok := l.answers[at]; ok {
		return answer, nil
	}
	return client.Response{Status: 404}, nil
}

func (l *line) setCut(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
}

func ok(body string) client.Response {
	return client.Response{Status: 200, Body: []byte(body), Header: map[string]string{"content-type": "application/json"}}
}

const keyList = `{"items":[{"id":"key_1","can":{"delete":true,"rotate":false},"why":{"rotate":"It is deleted."}}],"can":{"create":true}}`

func wire() *line {
	return &line{answers: map[string]client.Response{
		"GET /config.json": ok(`{"authorization_endpoint":"https://id.example/a","token_endpoint":"https://id.example/t","client_id":"console"}`),
		"POST /t":          ok(`{"access_token":"at","token_type":"Bearer","expires_in":3600,"refresh_token":"rt2"}`),
		"GET /v1/me":       ok(`{"principal":{"kind":"person","id":"mara"},"tenant":"acme","role":"owner","can":{"keys.manage":true}}`),
		"GET /v1/keys":     ok(keyList),
	}}
}

// tabOf is a tab that holds a refresh token.
func tabOf(l *line, shelf Shelf) (*Session, *memory) {
	tab := &memory{address: "https://keys.example/keys", origin: "https://keys.example", store: map[string]string{
		keptKey: `{"refresh_token":"rt","signed_in_at":"` + time.Now().UTC().Format(time.RFC3339) + `"}`,
	}}
	s := New(tab, shelf)
	s.transport = l
	s.sleep = func(time.Duration) { select {} } // only the test retries
	return s, tab
}

func listKeys(s *Session) (api.KeyList, error) {
	return client.Call(context.Background(), s.Client(), api.ListKeys, api.ListKeysRequest{})
}

func TestWhatWasReadIsReadAgainWhileTheAPICannotBeReachedAndNothingCanBeDone(t *testing.T) {
	l, shelf := wire(), &cupboard{boxes: map[string]map[string]client.Response{}}
	s, _ := tabOf(l, shelf)
	s.Start(context.Background())
	if _, err := listKeys(s); err != nil || s.Standing().State != SignedIn {
		t.Fatalf("%v, %+v", err, s.Standing())
	}
	l.setCut(true)
	list, err := listKeys(s)
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("kept list: %v, %v", list, err)
	}
	if list.May("create") || list.Items[0].May("delete") || list.Items[0].Why["delete"] == "" {
		t.Errorf("something can be done: %+v", list)
	}
	if o := s.Standing().Outage; o == nil || o.Kept.IsZero() {
		t.Errorf("outage %+v, want one that says of when the list is", o)
	}
	if _, err := client.Call(context.Background(), s.Client(), api.GetApplication, api.ApplicationID{ID: "app_1"}); !problem.Is(err, problem.Unavailable) || !ByOutage(err) {
		t.Errorf("what was never read answers %v", err)
	}
	l.setCut(false)
	s.Retry(context.Background())
	if list, err = listKeys(s); err != nil || !list.May("create") || s.Standing().Outage != nil {
		t.Errorf("after the outage: %+v, %v, %+v", list, err, s.Standing())
	}
}

func TestConsoleOpensWithinAnOutageAndSignsInAfterIt(t *testing.T) {
	l, shelf := wire(), &cupboard{boxes: map[string]map[string]client.Response{}}
	first, _ := tabOf(l, shelf)
	first.Start(context.Background())
	listKeys(first)

	l.setCut(true)
	s, tab := tabOf(l, shelf)
	s.Start(context.Background())
	if st := s.Standing(); st.State != SignedIn || st.Outage == nil || s.Me().Principal.ID != "mara" {
		t.Fatalf("opened within an outage: %+v, %+v", st, s.Me())
	}
	if list, err := listKeys(s); err != nil || len(list.Items) != 1 {
		t.Fatalf("kept list: %+v, %v", list, err)
	}
	if tab.Get(keptKey) == "" {
		t.Fatal("the refresh token is lost")
	}
	s.Retry(context.Background())
	if s.Standing().Outage == nil {
		t.Fatal("the outage is over while nothing answers")
	}
	l.setCut(false)
	s.Retry(context.Background())
	if st := s.Standing(); st.State != SignedIn || st.Outage != nil {
		t.Fatalf("after the outage: %+v", st)
	}
	if list, err := listKeys(s); err != nil || !list.May("create") {
		t.Errorf("after the outage: %+v, %v", list, err)
	}
}

func TestShelfHoldsOnePrincipalsOwnUntilTheySignOut(t *testing.T) {
	l, shelf := wire(), &cupboard{boxes: map[string]map[string]client.Response{"kept-somebody": {"/v1/me": ok(`{}`)}}}
	s, _ := tabOf(l, shelf)
	s.Start(context.Background())
	listKeys(s)
	if boxes := shelf.Boxes(context.Background()); len(boxes) != 1 || boxes[0] == "kept-somebody" || strings.Contains(boxes[0], "mara") {
		t.Fatalf("boxes %v, want one that names nobody", boxes)
	}
	s.SignOut(context.Background())()
	listKeys(s)
	if boxes := shelf.Boxes(context.Background()); len(boxes) != 0 {
		t.Errorf("left behind: %v", boxes)
	}
}

func TestNothingOlderThanASessionIsShown(t *testing.T) {
	l, shelf := wire(), &cupboard{boxes: map[string]map[string]client.Response{}}
	first, _ := tabOf(l, shelf)
	first.now = func() time.Time { return time.Now().Add(-MaxAge - time.Minute) }
	first.shelved.open(context.Background(), 0, api.Me{})
	first.shelved.put(context.Background(), 0, client.Request{Method: "GET", URL: "/v1/me"}, ok(`{}`))
	l.setCut(true)
	s, _ := tabOf(l, shelf)
	s.Start(context.Background())
	if st := s.Standing(); st.State != Failed {
		t.Errorf("standing %+v", st)
	}
	if boxes := shelf.Boxes(context.Background()); len(boxes) != 0 {
		t.Errorf("left behind: %v", boxes)
	}
}

func TestAnswersWithASecretAndAnswersToChangesAreNotKept(t *testing.T) {
	shelf := &cupboard{boxes: map[string]map[string]client.Response{}}
	s, _ := tabOf(wire(), shelf)
	ctx := context.Background()
	s.shelved.open(ctx, 0, api.Me{})
	key := strings.Repeat("a", 65)
	s.shelved.put(ctx, 0, client.Request{Method: "POST", URL: "/v1/keys"}, ok(`{}`))
	s.shelved.put(ctx, 0, client.Request{Method: "GET", URL: "/v1/keys/1"}, ok(`{"access_key":"arxk_prd_`+key+`"}`))
	s.shelved.put(ctx, 0, client.Request{Method: "GET", URL: "/v1/management-keys/1"}, ok(`{"secret":"arxm_`+key+`"}`))
	s.shelved.put(ctx, 0, client.Request{Method: "GET", URL: "/v1/keys/2"}, client.Response{Status: 404, Body: []byte(`{}`)})
	if boxes := shelf.Boxes(ctx); len(boxes) != 0 {
		t.Errorf("kept: %v", shelf.boxes)
	}
}
