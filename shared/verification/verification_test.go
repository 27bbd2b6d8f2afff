package verification

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/problem"
	"github.com/arxkeys/arxkeys/shared/store/gatestore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const tenant = "acme"

// counting is the engine with a record of its calls and injected faults.
type counting struct {
	*dynamodb.Client
	mu    sync.Mutex
	calls []string
	fail  map[string]error // by the call's name
	ended func()           // called once a call has failed; nil for nothing
	lose  bool             // an update's answer, after it was made
}

func (c *counting) note(call string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, call)
	if c.fail[call] != nil && c.ended != nil {
		c.ended()
	}
	return c.fail[call]
}

// since returns the calls since the last call to since.
func (c *counting) since() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() { c.calls = nil }()
	return c.calls
}

func (c *counting) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	if !*in.ConsistentRead {
		return nil, errors.New("not a strongly consistent read")
	}
	if err := c.note("GetItem"); err != nil {
		return nil, err
	}
	return c.Client.GetItem(ctx, in, o...)
}

func (c *counting) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	for _, of := range in.RequestItems {
		if !*of.ConsistentRead {
			return nil, errors.New("not a strongly consistent read")
		}
	}
	if err := c.note("BatchGetItem"); err != nil {
		return nil, err
	}
	return c.Client.BatchGetItem(ctx, in, o...)
}

func (c *counting) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, o ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	if err := c.note("UpdateItem"); err != nil {
		return nil, err
	}
	out, err := c.Client.UpdateItem(ctx, in, o...)
	if c.lose {
		return nil, &net.OpError{Op: "read", Err: errors.New("connection reset")}
	}
	return out, err
}

// scene is a verifier, a key, and a clock that stands still.
type scene struct {
	*Verifier
	engine *counting
	secret accesskey.Secret
	arxID  string
	at     time.Time
}

func newScene(t *testing.T, limits keys.Limits) *scene {
	t.Helper()
	e := storetest.Open(t)
	client := &counting{Client: e.Client, fail: map[string]error{}}
	_, arx, secret := storetest.LimitedKey(t, e.Table(), tenant, limits)
	s := &scene{Verifier: New(table.New(client, e.Name), time.Hour), engine: client, secret: secret, arxID: arx.ID, at: time.Now()}
	s.now = func() time.Time { return s.at }
	return s
}

func (s *scene) verify(t *testing.T, change ...func(*api.VerifyKeyRequest)) (api.Verification, error) {
	t.Helper()
	req := api.VerifyKeyRequest{Key: api.ClearText(s.secret.Reveal()), IP: "203.0.113.7"}
	for _, c := range change {
		c(&req)
	}
	return s.Verify(t.Context(), tenant, req)
}

func (s *scene) code(t *testing.T, change ...func(*api.VerifyKeyRequest)) api.Code {
	t.Helper()
	v, err := s.verify(t, change...)
	if err != nil || v.Valid != (v.Code == api.CodeValid) {
		t.Fatalf("%+v, %v", v, err)
	}
	return v.Code
}

func TestWarmDecisionIsOneCall(t *testing.T) {
	s := newScene(t, keys.Limits{})
	check := func(what string, want ...string) {
		t.Helper()
		if code := s.code(t); code != api.CodeValid {
			t.Fatalf("%s: %s", what, code)
		}
		if diff := cmp.Diff(want, s.engine.since()); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", what, diff)
		}
	}
	check("first use of a key", "GetItem", "BatchGetItem")
	check("warm", "GetItem")
	s.Verifier.gates = gatestore.New(s.db, time.Hour)
	check("its cached gates have expired", "BatchGetItem")
	check("warm again", "GetItem")
}

func TestLimitTakesASecondCall(t *testing.T) {
	s := newScene(t, keys.Limits{Rate: &api.RateLimit{Limit: 100, WindowSeconds: 3600}})
	s.code(t)
	s.engine.since()
	s.code(t)
	if diff := cmp.Diff([]string{"GetItem", "UpdateItem"}, s.engine.since()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	s.code(t, func(r *api.VerifyKeyRequest) { r.ArxID = "arx_0000000000000000" })
	if diff := cmp.Diff([]string{"GetItem"}, s.engine.since()); diff != "" {
		t.Errorf("a refusal charges: (-want +got)\n%s", diff)
	}
}

// The result of the charge is reported after all other refusals, and the rate limit before the uses.
func TestExhaustedLimitsAreReportedLast(t *testing.T) {
	uses := 1
	s := newScene(t, keys.Limits{Rate: &api.RateLimit{Limit: 1, WindowSeconds: 60}, Uses: &uses, AllowedIPs: []string{"203.0.113.0/24"}})
	if code := s.code(t); code != api.CodeValid {
		t.Fatal(code)
	}
	for want, change := range map[api.Code]func(*api.VerifyKeyRequest){
		api.CodeMalformed:         func(r *api.VerifyKeyRequest) { r.Key += "0" },
		api.CodeWrongArx:          func(r *api.VerifyKeyRequest) { r.ArxID = "arx_0000000000000000" },
		api.CodeIPNotAllowed:      func(r *api.VerifyKeyRequest) { r.IP = "198.51.100.7" },
		api.CodeInsufficientScope: func(r *api.VerifyKeyRequest) { r.Scopes = []string{"quotes:read"} },
		api.CodeRateLimited:       func(r *api.VerifyKeyRequest) {},
	} {
		if got := s.code(t, change); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	s.at = s.at.Add(time.Minute)
	if got := s.code(t); got != api.CodeUsageExhausted {
		t.Errorf("in the next window: %s", got)
	}
}

func TestMalformedKeyIsRefusedWithoutACall(t *testing.T) {
	s := newScene(t, keys.Limits{})
	management, err := accesskey.NewManagement("0123456789abcdef", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text := s.secret.Reveal()
	mistyped := text[:30] + "0" + text[31:]
	if mistyped == text {
		mistyped = text[:30] + "1" + text[31:]
	}
	for _, key := range []string{"x", mistyped, management.Reveal(), text + " ", strings.ToUpper(text)} {
		v, err := s.verify(t, func(r *api.VerifyKeyRequest) { r.Key = api.ClearText(key) })
		if diff := cmp.Diff(keys.Refused(api.CodeMalformed), v); diff != "" || err != nil {
			t.Errorf("(-want +got) %v\n%s", err, diff)
		}
	}
	if calls := s.engine.since(); len(calls) > 0 {
		t.Errorf("calls %q", calls)
	}
}

func TestUnknownKeyRevealsNothingAndReadsNoGates(t *testing.T) {
	s := newScene(t, keys.Limits{})
	forged, err := accesskey.New(accesskey.Development, s.secret.ID(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	check := func(of, key string) {
		t.Helper()
		v, err := s.Verify(t.Context(), of, api.VerifyKeyRequest{Key: api.ClearText(key)})
		if diff := cmp.Diff(keys.Refused(api.CodeNotFound), v); diff != "" || err != nil {
			t.Errorf("(-want +got) %v\n%s", err, diff)
		}
		if diff := cmp.Diff([]string{"GetItem"}, s.engine.since()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	check(tenant, forged.Reveal())
	check("other", s.secret.Reveal())
}

func TestFailedReadsAndChargesAreUnavailable(t *testing.T) {
	uses := 5
	limited := keys.Limits{Uses: &uses}
	final := errors.New("validation")
	check := func(what string, s *scene) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s.engine.ended = cancel // there is no time to try again
		v, err := s.Verify(ctx, tenant, api.VerifyKeyRequest{Key: api.ClearText(s.secret.Reveal())})
		if !problem.Is(err, problem.Unavailable) || v.Valid || v.Code != "" {
			t.Errorf("%s: %+v and %v, want unavailable", what, v, err)
		}
	}
	for _, fault := range []error{final, &types.ProvisionedThroughputExceededException{}, &net.OpError{Op: "dial", Err: errors.New("refused")}} {
		for _, call := range []string{"GetItem", "BatchGetItem", "UpdateItem"} {
			s := newScene(t, limited)
			s.engine.fail[call] = fault
			check(call+" fails by "+fault.Error(), s)
		}
		s := newScene(t, limited)
		s.code(t)
		s.Verifier.gates = gatestore.New(s.db, time.Hour)
		s.engine.fail["BatchGetItem"] = fault
		check("a credential read with its gates fails by "+fault.Error(), s)
	}
	s := newScene(t, limited)
	s.engine.lose = true
	check("the response to the charge is lost", s)
	if calls := s.engine.since(); calls[len(calls)-1] != "UpdateItem" || strings.Count(strings.Join(calls, " "), "UpdateItem") != 1 {
		t.Errorf("%q: want one attempt at the charge", calls)
	}
	s.engine.lose = false
	if v, err := s.verify(t); err != nil || *v.RemainingUses != 3 {
		t.Errorf("%+v, %v: a possible charge is not undone", v, err)
	}
}

func TestChangeOfTheKeyTakesEffectAtOnce(t *testing.T) {
	s := newScene(t, keys.Limits{})
	s.code(t)
	tx := new(table.Transaction)
	tx.Remove(table.Credential(api.KeyPrefix + s.secret.ID()))
	if err := s.db.Commit(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	if code := s.code(t); code != api.CodeNotFound {
		t.Errorf("%s after its credential was deleted", code)
	}
}
