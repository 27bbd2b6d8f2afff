package authorizer

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const theRoute = "GET /pets/{id}"

// perRoute reports whether the authorizer of an HTTP API allows the event if scopes are required by route.
func perRoute(t testing.TB, payload []byte) (allowed bool, line string) {
	t.Helper()
	answer, line, err := ask(t, Options{PerRoute: true}, allowing, payload)
	allowed = strings.Contains(answer, `"isAuthorized":true`)
	if !allowed && (err == nil || err.Error() != "could not be decided") {
		t.Errorf("a refusal that API Gateway caches: %s, %v", answer, err)
	}
	return allowed, line
}

func at(route string) func(map[string]any) {
	return func(event map[string]any) {
		event["routeKey"] = route
		event["requestContext"].(map[string]any)["routeKey"] = route
	}
}

// in sets a member of an object in the event.
func in(object, name string, value any) func(map[string]any) {
	return func(event map[string]any) {
		for member := range strings.SplitSeq(object, ".") {
			event = event[member].(map[string]any)
		}
		event[name] = value
	}
}

// query sets the query, raw as a caller sends it and parsed as API Gateway does.
func query(raw string) func(map[string]any) {
	return func(event map[string]any) {
		values, _ := url.ParseQuery(raw)
		parameters := map[string]any{}
		for name, all := range values {
			parameters[name] = strings.Join(all, ",")
		}
		event["rawQueryString"], event["queryStringParameters"] = raw, parameters
	}
}

// If any other part of the request is an identity source instead of $context.routeKey, and its value equals
// the route key, API Gateway would use the cached answer for every other route.
func TestRouteKeySentByTheCallerIsNotAccepted(t *testing.T) {
	sources := map[string][]func(map[string]any){
		"a cookie":                      {set("cookies", []string{theRoute})},
		"a cookie's value":              {set("cookies", []string{"a=1", "route=" + theRoute})},
		"an encoded cookie":             {set("cookies", []string{"route=GET%20%2Fpets%2F%7Bid%7D"})},
		"a query parameter":             {query("route=" + url.QueryEscape(theRoute))},
		"a query with %20":              {query("route=" + url.PathEscape(theRoute))},
		"a query that is encoded twice": {query("route=" + url.QueryEscape(url.QueryEscape(theRoute)))},
		"a parameter that is repeated":  {query("route=a&route=" + url.QueryEscape(theRoute) + "&route=b")},
		"the name of a parameter":       {query(url.QueryEscape(theRoute) + "=1")},
		"the name of a header":          {in("headers", theRoute, "1")},
		"the raw query alone":           {set("rawQueryString", "route=GET+/pets/%7bid%7d")},
		"the parsed query alone":        {in("queryStringParameters", "route", theRoute)},
		"a path parameter":              {in("pathParameters", "id", theRoute)},
		"the path":                      {set("rawPath", "/"+theRoute)},
		"a stage variable":              {in("stageVariables", "route", theRoute)},
		"the user agent":                {in("requestContext.http", "userAgent", theRoute)},
		"the method":                    {in("requestContext.http", "method", theRoute)},
		"the stage":                     {in("requestContext", "stage", theRoute)},
		"the client's certificate":      {in("requestContext.authentication.clientCert", "subjectDN", "CN="+theRoute)},
	}
	for _, name := range []string{"origin", "user-agent", "referer", "host", "x-forwarded-for", "x-api-version", "accept", "authorization-route", "x-amzn-trace-id", "x"} {
		sources["the header "+name] = []func(map[string]any){header(name, theRoute)}
		sources["the header "+name+", repeated"] = []func(map[string]any){header(name, "a", theRoute, "b")}
		sources["the header "+name+", in another case"] = []func(map[string]any){header(name, strings.ToLower(theRoute))}
		sources["the header "+name+", with white space"] = []func(map[string]any){header(name, " GET\t  /pets/{id} ")}
		sources["the header "+name+", encoded"] = []func(map[string]any){header(name, url.PathEscape(theRoute))}
		sources["the header "+name+", as a part"] = []func(map[string]any){header(name, `route="`+theRoute+`"; q=1`)}
	}
	for name, changes := range sources {
		for _, identity := range [][]string{
			{theRoute}, {theKey, theRoute}, {theRoute, theKey}, {theKey, "203.0.113.7", theRoute, "https://shop.example"}, {theRoute, theRoute},
		} {
			changes := append(slices.Clone(changes), at(theRoute), set("identitySource", identity))
			if allowed, line := perRoute(t, real(t, "http", changes...)); allowed || !strings.Contains(line, "$context.routeKey") {
				t.Errorf("%s, %q: allowed %t: %s", name, identity, allowed, line)
			}
		}
	}
}

// What a caller sends prevents an answer only if it contains the route key.
func TestRouteKeyAsIdentitySourceIsAllowed(t *testing.T) {
	for name, changes := range map[string][]func(map[string]any){
		"as it is":          nil,
		"another route":     {header("Origin", "POST /pets/{id}"), query("route=GET+/pets")},
		"the path":          {header("Referer", "https://shop.example/pets/{id}?GET")},
		"percent signs":     {query("q=100%&p=%zz&r=%2")},
		"a route of a key":  {at("ANY /{proxy+}")},
		"the default route": {at("$default"), in("requestContext", "stage", "prod"), set("routeArn", "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/pets")},
		"nothing else":      {set("cookies", nil), set("queryStringParameters", nil), set("stageVariables", nil)},
	} {
		for _, before := range [][]string{{}, {theKey}, {theKey, "https://shop.example"}} {
			route := func(event map[string]any) { event["identitySource"] = append(before, event["routeKey"].(string)) }
			if allowed, line := perRoute(t, real(t, "http", append(slices.Clone(changes), route)...)); !allowed {
				t.Errorf("%s, after %q: %s", name, before, line)
			}
		}
	}
}

// $context.stage may be $default too, whatever the route is.
func TestStageNamedLikeTheRouteIsNotAccepted(t *testing.T) {
	if allowed, line := perRoute(t, real(t, "http", at("$default"), set("identitySource", []string{theKey, "$default"}))); allowed {
		t.Error(line)
	}
}

// FuzzIdentitySources simulates an HTTP API that caches answers by its configured identity sources, and a
// caller who knows them. Nothing is allowed unless $context.routeKey is one of them.
func FuzzIdentitySources(f *testing.F) {
	f.Add("GET /pets", "GET /pets", "", "", uint8(0b00011))
	f.Add("GET /pets", "", "GET%20/pets", "", uint8(0b00101))
	f.Add("GET /pets", "", "GET+/pets&r=b", "", uint8(0b00101))
	f.Add("GET /a;b", "", "", "GET /a;b", uint8(0b01001))
	f.Add("$default", "$default", "%24default", "$default", uint8(0b11111))
	f.Add("ANY /{proxy+}", "a, ANY /{proxy+}", "a&b", "c=d; e", uint8(0b11111))
	f.Add("GET /pets", "GET\t/pets", "%2547ET%2520/pets", "a=GET /pets", uint8(0b11110))
	h := Handler(Options{PerRoute: true, Log: slog.New(slog.DiscardHandler)}, allowing)
	f.Fuzz(func(t *testing.T, route, origin, raw, cookie string, configured uint8) {
		if route == "" {
			return
		}
		parsed, _ := url.ParseQuery("r=" + raw)
		changes := []func(map[string]any){at(route), header("Origin", origin), query("r=" + raw), set("cookies", strings.Split(cookie, ";"))}
		possible := [][]string{{theKey}, {origin}, parsed["r"], {cookie}, {"$default"}}
		if len(parsed["r"]) > 0 {
			possible[2] = []string{parsed["r"][0], parsed["r"][len(parsed["r"])-1], strings.Join(parsed["r"], ","), raw}
		}
		identities := [][]string{{}}
		for i, values := range possible {
			if configured&(1<<i) == 0 {
				continue
			}
			var longer [][]string
			for _, identity := range identities {
				for _, value := range values {
					longer = append(longer, append(slices.Clone(identity), value))
				}
			}
			identities = longer
		}
		for _, identity := range identities {
			if len(identity) == 0 {
				continue // nothing is kept
			}
			payload := real(t, "http", append(slices.Clone(changes), set("identitySource", identity))...)
			answer, err := h.Invoke(context.Background(), payload)
			if err == nil && strings.Contains(string(answer), "true") {
				t.Errorf("the route %q, cached by %q, is allowed: %s", route, identity, payload)
			}
		}
		// With the route key among the sources, the request is allowed unless the caller sent the route
		// key.
		sent, _ := json.Marshal([]string{origin, raw, cookie})
		if harmless := strings.Trim(string(sent), `[],"abcdefghijklmnopqrstuvwxyz0123456789`) == "" && strings.HasPrefix(route, "GET /"); harmless {
			answer, err := h.Invoke(context.Background(), real(t, "http", append(slices.Clone(changes), set("identitySource", []string{theKey, route}))...))
			if err != nil || !strings.Contains(string(answer), `"isAuthorized":true`) {
				t.Errorf("the route %q is a source: %s, %v", route, answer, err)
			}
		}
	})
}
