// Package e2e contains the end-to-end tests: they use Arxkeys over HTTPS and in a real browser, with the Lambda
// binaries that are deployed.
//
// A scenario is a script in testdata that a product person can read. Its commands, in addition to those of testscript
// ($TOMORROW is the current time plus one day):
//
//	up [standard]               start everything on this scenario's data; after down, restart it
//	down                        stop everything
//	engine down|up              cut and restore the connection to the engine
//	signin EMAIL VAR            sign in as a person; the access token goes into $VAR, the ID token
//	                            into $VAR_ID, the refresh token into $VAR_REFRESH
//	refresh VAR                 new tokens for the refresh token in $VAR_REFRESH
//	as CREDENTIAL               use this credential from now on; as nobody: use none
//	call METHOD PATH [BODY] [HEADER=VALUE]
//	                            call the API; the response is on stdout: status, headers, JSON
//	take VAR FIELD              put a field of the last response, such as items[0].id, into $VAR
//	check                       check that the stored data is consistent
//	nowhere VAR                 check that the secret in $VAR is in no log line and in no stored item
package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/arxkeys/arxkeys/infra/local/check"
	"github.com/arxkeys/arxkeys/infra/local/stack"
)

func TestScenarios(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:   "testdata",
		Setup: setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"up": up, "down": down, "engine": engineWord, "signin": signIn, "refresh": refresh, "as": as, "call": call, "until": until,
			"take": take, "nowhere": nowhere, "check": checkStored,
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}

// scenario is the state of one script.
type scenario struct {
	laptop *laptop
	caller string // the credential of calls
	answer []byte // the body of the last response
}

type scenarioKey struct{}

func setup(env *testscript.Env) error {
	j := &scenario{laptop: newLaptop(filepath.Join(env.WorkDir, "data"))}
	env.Values[scenarioKey{}] = j
	env.Setenv("TOMORROW", time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339))
	env.Defer(func() { j.laptop.stop() })
	return nil
}

func of(ts *testscript.TestScript) *scenario { return ts.Value(scenarioKey{}).(*scenario) }

func usage(ts *testscript.TestScript, not bool, ok bool, text string) {
	if not || !ok {
		ts.Fatalf("usage: %s", text)
	}
}

func up(ts *testscript.TestScript, not bool, args []string) {
	usage(ts, not, len(args) == 0 || len(args) == 1 && args[0] == "standard", "up [standard]")
	j := of(ts)
	ts.Check(j.laptop.start(len(args) == 1))
	ts.Setenv("URL", j.laptop.url())
	ts.Setenv("MANAGEMENT_KEY", j.laptop.managementKey())
}

func down(ts *testscript.TestScript, not bool, args []string) {
	usage(ts, not, len(args) == 0, "down")
	of(ts).laptop.stop()
}

func engineWord(ts *testscript.TestScript, not bool, args []string) {
	usage(ts, not, len(args) == 1 && (args[0] == "down" || args[0] == "up"), "engine down|up")
	of(ts).laptop.way.cut(args[0] == "down")
}

func as(ts *testscript.TestScript, not bool, args []string) {
	usage(ts, not, len(args) == 1, "as CREDENTIAL|nobody")
	of(ts).caller = args[0]
}

var (
	path       = regexp.MustCompile(`^/`)
	headerWord = regexp.MustCompile(`^([A-Za-z-]+)=(.*)$`)
)

func call(ts *testscript.TestScript, not bool, args []string) {
	usage(ts, not, len(args) >= 2 && path.MatchString(args[1]), "call METHOD /PATH [BODY|@FILE|big] [HEADER=VALUE]")
	fmt.Fprint(ts.Stdout(), tell(ts, args))
}

// until repeats a GET until the response matches: some data is written only after the response to a call.
func until(ts *testscript.TestScript, not bool, args []string) {
	usage(ts, not, len(args) == 2 && path.MatchString(args[1]), "until PATTERN /PATH")
	pattern, err := regexp.Compile(args[0])
	ts.Check(err)
	for range 500 {
		if told := tell(ts, []string{http.MethodGet, args[1]}); pattern.MatchString(told) {
			fmt.Fprint(ts.Stdout(), told)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s never returns %s", args[1], args[0])
}

// tell makes the call, and returns the response in the form that scripts see.
func tell(ts *testscript.TestScript, args []string) string {
	j := of(ts)
	header := http.Header{}
	if j.caller != "nobody" && j.caller != "" {
		header.Set("Authorization", "Bearer "+j.caller)
	}
	var body io.Reader
	for i, word := range args[2:] {
		if given := headerWord.FindStringSubmatch(word); given != nil {
			header.Set(given[1], given[2])
			continue
		}
		usage(ts, false, i == 0, "call: the body must follow the path")
		body = strings.NewReader(payload(ts, word))
		header.Set("Content-Type", "application/json")
	}
	req, err := http.NewRequestWithContext(context.Background(), args[0], j.laptop.url()+args[1], body)
	ts.Check(err)
	req.Header = header
	res, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer res.Body.Close()
	j.answer, err = io.ReadAll(res.Body)
	ts.Check(err)
	out := &strings.Builder{}
	fmt.Fprintln(out, res.StatusCode, res.Header.Get("Content-Type"))
	for _, name := range []string{"Allow", "Location", "Etag", "Cache-Control", "Retry-After", "Www-Authenticate", "X-Request-Id", "Idempotency-Replayed", "Ratelimit", "Ratelimit-Policy"} {
		if v := res.Header.Get(name); v != "" {
			fmt.Fprintf(out, "%s: %s\n", name, v)
		}
	}
	var pretty bytes.Buffer
	if json.Indent(&pretty, j.answer, "", "  ") == nil {
		fmt.Fprintln(out, pretty.String())
	} else {
		fmt.Fprintf(out, "%s\n", j.answer)
	}
	return out.String()
}

// payload returns the body of a call: the text itself, the file after @, or 1 MB of JSON.
func payload(ts *testscript.TestScript, text string) string {
	if text == "big" {
		return `{"name":"` + strings.Repeat("x", 1<<20) + `"}`
	}
	if name, ok := strings.CutPrefix(text, "@"); ok {
		return ts.ReadFile(name)
	}
	return text
}

func take(ts *testscript.TestScript, not bool, args []string) {
	usage(ts, not, len(args) == 2, "take VAR FIELD")
	value, err := field(of(ts).answer, args[1])
	ts.Check(err)
	ts.Setenv(args[0], value)
}

var step = regexp.MustCompile(`([^.\[\]]+)|\[(\d+)\]`)

// field returns the value at a path such as items[0].id.
func field(document []byte, at string) (string, error) {
	var v any
	if err := json.Unmarshal(document, &v); err != nil {
		return "", err
	}
	for _, s := range step.FindAllStringSubmatch(at, -1) {
		switch node := v.(type) {
		case map[string]any:
			v = node[s[1]]
		case []any:
			n, err := strconv.Atoi(s[2])
			if err != nil || n >= len(node) {
				return "", fmt.Errorf("%s: no %s", at, s[0])
			}
			v = node[n]
		}
	}
	switch v := v.(type) {
	case nil:
		return "", fmt.Errorf("%s is not in the response", at)
	case string:
		return v, nil
	default:
		return fmt.Sprint(v), nil
	}
}

func checkStored(ts *testscript.TestScript, not bool, args []string) {
	usage(ts, not, len(args) == 0, "check")
	findings, err := check.Table(context.Background(), of(ts).laptop.engine.Client(), stack.DefaultTable)
	ts.Check(err)
	if len(findings) > 0 {
		ts.Fatalf("the stored data is inconsistent:\n%s", strings.Join(findings, "\n"))
	}
}

func nowhere(ts *testscript.TestScript, not bool, args []string) {
	usage(ts, not, len(args) == 1, "nowhere VAR")
	text := ts.Getenv(args[0])
	if len(text) < 70 {
		ts.Fatalf("$%s is not an access key", args[0])
	}
	// Search for pieces of the secret, so that a truncated or wrapped one is found too, and for their base64 at each of
	// the three alignments.
	secret := text[len(text)-49 : len(text)-6]
	pieces := []string{secret[:14], secret[14:28], secret[28:42]}
	for shift := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(secret[shift:]))
		pieces = append(pieces, encoded[:16])
	}
	found := func(where, in string) {
		for _, piece := range pieces {
			if strings.Contains(in, piece) {
				ts.Fatalf("a piece of $%s is in %s", args[0], where)
			}
		}
	}
	j := of(ts)
	log := j.laptop.logged()
	if !strings.Contains(log, "keys.create") {
		ts.Fatalf("the log has no line about a create: there is nothing to search\n%s", log)
	}
	found("the log", log)
	items, err := j.laptop.items()
	ts.Check(err)
	if len(items) == 0 {
		ts.Fatalf("nothing is stored: there is nothing to search")
	}
	for _, item := range items {
		found("a stored item", item)
	}
	ts.Check(filepath.WalkDir(j.laptop.dataDir, func(name string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(name)
		found(name, string(content))
		return err
	}))
}

func signIn(ts *testscript.TestScript, not bool, args []string) {
	usage(ts, not, len(args) == 2, "signin EMAIL VAR")
	tokens, err := codeFlow(of(ts).laptop.url(), args[0])
	ts.Check(err)
	keep(ts, args[1], tokens)
}

func refresh(ts *testscript.TestScript, not bool, args []string) {
	usage(ts, not, len(args) == 1, "refresh VAR")
	config, err := consoleConfig(of(ts).laptop.url())
	ts.Check(err)
	tokens, err := exchange(config, url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {ts.Getenv(args[0] + "_REFRESH")}, "client_id": {config.ClientID},
	})
	ts.Check(err)
	keep(ts, args[0], tokens)
}

func keep(ts *testscript.TestScript, name string, t tokens) {
	ts.Setenv(name, t.Access)
	ts.Setenv(name+"_ID", t.ID)
	ts.Setenv(name+"_REFRESH", t.Refresh)
}

// tokens are the tokens of a sign-in.
type tokens struct {
	Access  string `json:"access_token"`
	ID      string `json:"id_token"`
	Refresh string `json:"refresh_token"`
}

// signInConfig is the console's configuration of the sign-in.
type signInConfig struct {
	Authorization string `json:"authorization_endpoint"`
	Token         string `json:"token_endpoint"`
	ClientID      string `json:"client_id"`
	Scope         string `json:"scope"`
}

func consoleConfig(base string) (c signInConfig, err error) {
	res, err := http.Get(base + "/config.json")
	if err != nil {
		return c, err
	}
	defer res.Body.Close()
	return c, json.NewDecoder(res.Body).Decode(&c)
}

// codeFlow signs in like a browser: authorization code with PKCE (RFC 7636).
func codeFlow(base, email string) (tokens, error) {
	config, err := consoleConfig(base)
	if err != nil {
		return tokens{}, fmt.Errorf("read /config.json: %w", err)
	}
	const verifier = "a-verifier-of-at-least-forty-three-characters-1"
	challenge := sha256.Sum256([]byte(verifier))
	callback := base + "/callback"
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	follow := func(res *http.Response, err error) (*url.URL, error) {
		if err != nil {
			return nil, err
		}
		defer res.Body.Close()
		if res.StatusCode/100 != 3 {
			body, _ := io.ReadAll(res.Body)
			return nil, fmt.Errorf("sign in: %s: %.300s", res.Status, body)
		}
		return res.Location()
	}
	page, err := follow(client.Get(config.Authorization + "?" + url.Values{
		"response_type": {"code"}, "client_id": {config.ClientID}, "redirect_uri": {callback}, "scope": {config.Scope}, "state": {"s"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
	}.Encode()))
	if err != nil {
		return tokens{}, err
	}
	back, err := follow(client.PostForm(page.Scheme+"://"+page.Host+page.Path, url.Values{"request": {page.Query().Get("request")}, "email": {email}}))
	if err != nil {
		return tokens{}, err
	}
	return exchange(config, url.Values{
		"grant_type": {"authorization_code"}, "code": {back.Query().Get("code")}, "redirect_uri": {callback},
		"client_id": {config.ClientID}, "code_verifier": {verifier},
	})
}

func exchange(config signInConfig, form url.Values) (t tokens, err error) {
	res, err := http.PostForm(config.Token, form)
	if err != nil {
		return t, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return t, err
	}
	if res.StatusCode != 200 {
		return t, fmt.Errorf("tokens: %s: %s", res.Status, body)
	}
	if err = json.Unmarshal(body, &t); err == nil && slices.Contains([]string{t.Access, t.ID, t.Refresh}, "") {
		err = fmt.Errorf("tokens: one is missing")
	}
	return t, err
}
