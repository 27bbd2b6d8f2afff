package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/arxkeys/arxkeys/functions/internal/verifying"
	"github.com/arxkeys/arxkeys/shared/accesskey"
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/lambda/http"
	"github.com/arxkeys/arxkeys/shared/store/callerstore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
	"github.com/arxkeys/arxkeys/shared/verification"
)

const tenant = "acme"

// calls is an HTTP client to the engine that records each call with the number of requested items. If it is
// down, no call succeeds.
type calls struct {
	made []string
	down bool
}

func (c *calls) Do(r *http.Request) (*http.Response, error) {
	if c.down {
		return nil, io.ErrUnexpectedEOF
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if n := strings.Count(string(body), fmt.Sprintf("%q:{", table.PK)); n > 1 {
		name += strings.Repeat("+", n-1)
	}
	c.made = append(c.made, name)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return http.DefaultClient.Do(r)
}

// managementKey stores a management key of the role.
func managementKey(t testing.TB, db *table.Table, id string, role api.Role) string {
	t.Helper()
	secret, err := accesskey.NewManagement(id, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sum := secret.Digest()
	by := auth.Principal{Kind: api.ManagementKey, ID: api.ManagementKeyPrefix + secret.ID(), Tenant: tenant, Role: role}
	tx := new(table.Transaction)
	callerstore.Insert(tx, auth.ManagementCredential{Digest: sum[:], Principal: by, ExpiresAt: time.Now().Add(time.Hour)}, nil)
	if err := db.Commit(t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	return secret.Reveal()
}

// checking is the function with an engine.
type checking struct {
	*testing.T
	way      *calls
	handler  handler
	serve    func(events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPResponse
	db       *table.Table
	arx      string
	key      accesskey.Secret
	verifier string
	log      bytes.Buffer
}

func newChecking(t *testing.T, limits keys.Limits) *checking {
	t.Helper()
	t.Setenv("PRINCIPAL_TTL", "10m")
	e := storetest.Open(t)
	c := &checking{T: t, way: new(calls), db: e.Table()}
	db := table.New(dynamodb.New(e.Client.Options(), func(o *dynamodb.Options) { o.HTTPClient, o.RetryMaxAttempts = c.way, 1 }), e.Name)
	_, arx, secret := storetest.LimitedKey(t, c.db, tenant, limits)
	c.arx, c.key, c.verifier = arx.ID, secret, managementKey(t, c.db, "0123456789abcdef", api.Verifier)
	c.handler = handler{callers: callerstore.NewAuthenticator(db), keys: verification.New(db, time.Hour)}
	handle := lambdahttp.CheckHandler(api.Check, verifying.Prefetching(c.handler.callers, c.handler.keys), c.handler.verify, lambdahttp.Options{Log: slog.New(slog.NewJSONHandler(&c.log, nil))})
	c.serve = func(event events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPResponse {
		answer, err := handle(t.Context(), event)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	return c
}

// want sends a check with the headers, and compares its status, code and reads.
func (c *checking) want(name string, arx string, headers map[string]string, status int, code any, reads ...string) events.APIGatewayV2HTTPResponse {
	c.Helper()
	sent := map[string]string{"authorization": "Bearer " + c.verifier, "x-api-key": c.key.Reveal()}
	for header, value := range headers {
		if sent[header] = value; value == "-" {
			delete(sent, header)
		}
	}
	c.way.made = nil
	answer := c.serve(events.APIGatewayV2HTTPRequest{Headers: sent, PathParameters: map[string]string{"arx_id": arx}})
	if answer.StatusCode != status || answer.Headers[api.CheckCodeHeader] != fmt.Sprint(code) {
		c.Errorf("%s: %d %v: %s, want %d %s", name, answer.StatusCode, answer.Headers, answer.Body, status, code)
	}
	made := slices.DeleteFunc(slices.Clone(c.way.made), func(call string) bool { return call == "UpdateItem" }) // last uses, and charges
	if !slices.Equal(made, reads) {
		c.Errorf("%s: read %q, want %q", name, made, reads)
	}
	if identified := answer.Headers[api.CheckKeyIDHeader] != ""; identified != (status == 200) {
		c.Errorf("%s: %d with %v", name, status, answer.Headers)
	}
	for _, secret := range []string{c.key.Reveal(), c.verifier} {
		if strings.Contains(c.log.String(), secret) || strings.Contains(fmt.Sprint(answer), secret) {
			c.Errorf("%s: the secret is in the log or the response", name)
		}
	}
	return answer
}

// A refused gateway costs at most one read, and no access key is read for it.
func TestRefusedGatewayReadsNoKey(t *testing.T) {
	c := newChecking(t, keys.Limits{})
	madeUp, err := accesskey.NewManagement("fedcba9876543210", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	deny := func(name, authorization string, code api.CheckCode, reads ...string) {
		t.Helper()
		c.want(name, c.arx, map[string]string{"authorization": authorization}, 500, code, reads...)
		if code == api.CheckGatewayCredential && slices.Contains(c.way.made, "UpdateItem") {
			t.Errorf("%s: it writes", name)
		}
	}
	rows := documented(t)
	deny("none", "-", api.CheckGatewayCredential)
	deny("an access key", "Bearer "+c.key.Reveal(), api.CheckGatewayCredential)
	deny("an access token", "Bearer eyJhbGciOiJFUzI1NiJ9.e30.c2ln", api.CheckGatewayCredential)
	deny("mistyped", "Bearer "+c.verifier[:len(c.verifier)-6]+"000000", api.CheckGatewayCredential)
	deny("made up", "Bearer "+madeUp.Reveal(), api.CheckGatewayCredential, "GetItem")
	for i, role := range []api.Role{api.Owner, api.Admin, api.Developer} {
		deny(string(role), "Bearer "+managementKey(t, c.db, fmt.Sprintf("000000000000000%d", i), role), api.CheckGatewayRole, "GetItem")
	}
	c.want("a wrong setting", c.arx, map[string]string{"x-arxkeys-client-ip": "a"}, 500, api.CheckGatewaySetting, "GetItem")
	c.want("a wrong Arx", "arx_1", nil, 500, api.CheckGatewaySetting)
	c.want("no key", c.arx, map[string]string{"x-api-key": "-"}, 401, api.CheckNoKey)
	for _, row := range []string{
		"| check: no credential, no management key, or one whose checksum is wrong | 500 | 1 | 0 | 0 |", "| check: a made-up management key | 500 | 1 | 1 | 0 |",
		"| check: no access key or a malformed one, by a gateway that is known | 401 | 1 | 0 | 0 |",
	} {
		if !slices.Contains(rows, row) {
			t.Errorf("infra/docs/security.md has no row %s", row)
		}
	}
}

// documented returns the lines of the document with what a refused request costs.
func documented(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../infra/docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

// The same verdicts, reads and charges as POST /v1/keys/verify: the first sight of the gateway, of the key and its
// gates, then one read; a gateway that has to be read again is read together with the key.
func TestCheckCostsWhatAVerificationCosts(t *testing.T) {
	c := newChecking(t, keys.Limits{})
	madeUp, err := accesskey.New(accesskey.Development, "fedcba9876543210", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.want("first", c.arx, nil, 200, api.CodeValid, "GetItem", "GetItem", "BatchGetItem+")
	c.want("warm", c.arx, nil, 200, api.CodeValid, "GetItem")
	c.want("any Arx", "*", nil, 200, api.CodeValid, "GetItem")
	c.want("malformed", c.arx, map[string]string{"x-api-key": "arxk_dev_nothing"}, 401, api.CodeMalformed)
	c.want("a management key", c.arx, map[string]string{"x-api-key": c.verifier}, 401, api.CodeMalformed)
	c.want("too long", c.arx, map[string]string{"x-api-key": strings.Repeat("x", 5000)}, 401, api.CodeMalformed)
	c.want("made up", c.arx, map[string]string{"x-api-key": madeUp.Reveal()}, 401, api.CodeNotFound, "GetItem")
	if row := "| check: a made-up access key, by a gateway that is known | 401 | 1 | 1 | 0 |"; !slices.Contains(documented(t), row) {
		t.Errorf("infra/docs/security.md has no row %s", row)
	}
	c.want("another Arx", "arx_fedcba9876543210", nil, 403, api.CodeWrongArx, "GetItem")
	c.want("a scope", c.arx, map[string]string{"x-arxkeys-scopes": "nothing:granted"}, 403, api.CodeInsufficientScope, "GetItem")
	c.want("Bearer in another header", c.arx, map[string]string{"x-arxkeys-key-header": "x-key", "x-key": "Bearer " + c.key.Reveal(), "x-api-key": "-"}, 200, api.CodeValid, "GetItem")
	later := time.Now().Add(20 * time.Minute)
	c.handler.callers.Now = func() time.Time { return later }
	c.want("the gateway again", c.arx, nil, 200, api.CodeValid, "BatchGetItem+")
}

func TestGatewayOfAnotherTenantDoesNotKnowTheKey(t *testing.T) {
	c := newChecking(t, keys.Limits{})
	_, _, stranger := storetest.Key(t, c.db, "other")
	c.want("of another tenant", "*", map[string]string{"x-api-key": stranger.Reveal()}, 401, api.CodeNotFound, "GetItem", "GetItem")
}

func TestChecksAreLimitedAndCharged(t *testing.T) {
	c := newChecking(t, keys.Limits{Uses: new(2), Rate: &api.RateLimit{Limit: 100, WindowSeconds: api.MaxWindowSeconds}})
	answer := c.want("first", c.arx, nil, 200, api.CodeValid, "GetItem", "GetItem", "BatchGetItem+")
	if !strings.Contains(answer.Headers["RateLimit"], "r=99;") {
		t.Errorf("RateLimit is %q", answer.Headers["RateLimit"])
	}
	c.want("refused for its scope, so not charged", c.arx, map[string]string{"x-arxkeys-scopes": "nothing:granted"}, 403, api.CodeInsufficientScope, "GetItem")
	c.want("second", c.arx, nil, 200, api.CodeValid, "GetItem")
	c.want("third", c.arx, nil, 429, api.CodeUsageExhausted, "GetItem")
	c.want("for nginx", c.arx, map[string]string{"x-arxkeys-limited": "403"}, 403, api.CodeUsageExhausted, "GetItem")
}

func TestRateLimitedCheckSaysWhenToRetry(t *testing.T) {
	c := newChecking(t, keys.Limits{Rate: &api.RateLimit{Limit: 1, WindowSeconds: api.MaxWindowSeconds}})
	c.want("first", c.arx, nil, 200, api.CodeValid, "GetItem", "GetItem", "BatchGetItem+")
	answer := c.want("second", c.arx, nil, 429, api.CodeRateLimited, "GetItem")
	if seconds := answer.Headers["Retry-After"]; seconds == "" || !strings.Contains(answer.Headers["RateLimit"], "r=0;t="+seconds) {
		t.Errorf("%v", answer.Headers)
	}
}

func TestStoreThatIsDownRefuses(t *testing.T) {
	c := newChecking(t, keys.Limits{})
	c.way.down = true
	c.want("unknown gateway", c.arx, nil, 503, api.CheckUndecided)
	c.way.down = false
	c.want("first", c.arx, nil, 200, api.CodeValid, "GetItem", "GetItem", "BatchGetItem+")
	c.way.down = true
	c.want("known gateway", c.arx, nil, 503, api.CheckUndecided)
}

func TestVerdictAboutSomethingElseIsDoubted(t *testing.T) {
	v := api.Verification{Valid: true, Code: api.CodeValid, Tenant: tenant, Arx: &api.VerifiedArx{ID: "arx_1"}}
	for name, c := range map[string]struct {
		v             api.Verification
		tenant, arxID string
		doubted       bool
	}{
		"another Arx": {v, tenant, "arx_2", true}, "another tenant": {v, "other", "arx_1", true}, "no Arx": {api.Verification{Tenant: tenant}, tenant, "", true},
		"the Arx": {v, tenant, "arx_1", false}, "any Arx": {v, tenant, "", false},
	} {
		if err := doubt(c.v, c.tenant, c.arxID); (err != nil) != c.doubted {
			t.Errorf("%s: %v", name, err)
		}
	}
}
