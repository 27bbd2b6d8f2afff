package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/console/hosting"
)

// edge serves requests as the distribution does.
type edge struct {
	distribution *distribution
	functions    *runtime
	cache        *cache
	origins      map[string]*url.URL // by domain
	client       *http.Client
	log          func(string)
}

// newEdge returns an edge with these origins, by domain. It calls them from the address, if that is not empty: API Gateway
// does not see the client's address, but CloudFront's.
func newEdge(d *distribution, functions *runtime, origins map[string]*url.URL, from string) *edge {
	dialer := new(net.Dialer)
	if from != "" {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(from)}
	}
	return &edge{
		distribution: d, functions: functions, origins: origins, log: func(string) {},
		cache: &cache{now: time.Now, kept: map[string]kept{}},
		client: &http.Client{
			Transport:     &http.Transport{DialContext: dialer.DialContext, DisableCompression: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// ServeHTTP implements http.Handler.
func (e *edge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b := e.distribution.behavior(r.URL.Path)
	policy := e.distribution.headers[b.Headers]
	a, fresh, err := e.answer(r, b)
	switch {
	case !slices.Contains(b.Methods, r.Method):
		a = answer{status: http.StatusForbidden, header: http.Header{}, body: []byte("This distribution does not allow the method.\n")}
	case err != nil:
		e.log(err.Error())
		a = answer{status: http.StatusBadGateway, header: http.Header{}, body: []byte("The request could not be satisfied.\n")}
	}
	a.header = policy.apply(a.header.Clone(), r.Header.Get("Origin"))
	a.header.Set("X-Cache", map[bool]string{true: "Hit from cloudfront", false: "Miss from cloudfront"}[fresh])
	a.write(w, r)
}

// answer returns the response of the cache or of the origin.
func (e *edge) answer(r *http.Request, b behavior) (answer, bool, error) {
	if !slices.Contains(b.Methods, r.Method) {
		return answer{}, false, nil
	}
	sent, err := e.viewerRequest(r, b)
	if err != nil {
		return answer{}, false, err
	}
	o, ok := e.distribution.origin(b.Origin)
	if !ok || e.origins[o.Domain] == nil {
		return answer{}, false, fmt.Errorf("the origin %s is unknown", b.Origin)
	}
	caching := e.distribution.caching[b.Caching]
	encoding := ""
	if caching.Key.Gzip && slices.ContainsFunc(hosting.Accepted(sent.Headers["accept-encoding"].Value), func(e hosting.Encoding) bool { return e.Name == "gzip" }) {
		encoding = "gzip"
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return answer{}, false, err
	}
	fetch := func(tag string) (answer, error) {
		return e.fetch(r, b, o, sent, encoding, tag, body)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		a, err := fetch("")
		return a, false, err
	}
	key := strings.Join([]string{b.Path, r.Method, sent.URI, encoding}, " ")
	return e.cache.get(key, func(a answer) time.Duration { return e.distribution.keeps(caching, a) }, fetch)
}

// viewerRequest returns the request as the behavior's function changes it. Functions may change the path and the headers.
func (e *edge) viewerRequest(r *http.Request, b behavior) (eventRequest, error) {
	var ev event
	ev.Version, ev.Context = "1.0", map[string]string{"eventType": "viewer-request"}
	ev.Viewer.IP, _, _ = net.SplitHostPort(r.RemoteAddr)
	ev.Request = eventRequest{Method: r.Method, URI: r.URL.EscapedPath(), Query: map[string]value{}, Headers: map[string]value{"host": {Value: r.Host}}, Cookies: map[string]value{}}
	for name, values := range r.Header {
		v := value{Value: values[0]}
		if len(values) > 1 {
			for _, one := range values {
				v.Values = append(v.Values, value{Value: one})
			}
		}
		ev.Request.Headers[strings.ToLower(name)] = v
	}
	for _, f := range b.Functions {
		changed, err := e.functions.call(e.distribution.functions[f.ARN], ev)
		if err != nil {
			return ev.Request, fmt.Errorf("%s: %w", f.ARN, err)
		}
		ev.Request = changed
	}
	return ev.Request, nil
}

// fetch asks the origin. It sends what the policies of the behavior allow, and the headers of the origin in place of what
// the client sent.
func (e *edge) fetch(r *http.Request, b behavior, o origin, sent eventRequest, encoding, tag string, body []byte) (answer, error) {
	to := *e.origins[o.Domain]
	path, err := url.PathUnescape(sent.URI)
	if err != nil {
		return answer{}, err
	}
	to.Path, to.RawPath = to.Path+path, to.Path+sent.URI
	policy := e.distribution.sending[b.Sending]
	if policy.Query.Query == "all" {
		to.RawQuery = r.URL.RawQuery
	}
	req, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), r.Method, to.String(), bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	ip, _, _ := net.SplitHostPort(r.RemoteAddr)
	req.Header = http.Header{"User-Agent": {"Amazon CloudFront"}}
	for name, v := range sent.Headers {
		if !policy.sends(name) {
			continue
		}
		values := v.Values
		if len(values) == 0 {
			values = []value{v}
		}
		req.Header.Del(name)
		for _, one := range values {
			req.Header.Add(name, one.Value)
		}
	}
	req.Header.Add("X-Forwarded-For", ip)
	req.Header.Set("Via", "1.1 edge.local (CloudFront)")
	if e.distribution.caching[b.Caching].Key.Gzip {
		req.Header.Del("Accept-Encoding")
		if encoding != "" {
			req.Header.Set("Accept-Encoding", encoding)
		}
	}
	if tag != "" {
		req.Header.Set("If-None-Match", tag)
	}
	for _, h := range o.Headers {
		req.Header.Set(h.Name, h.Value)
	}
	if o.Access != "" { // only the form: stand-ins for S3 refuse anonymous requests, and check no signature
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=edge/20260201/local/s3/aws4_request, SignedHeaders=host, Signature=none")
	}
	res, err := e.client.Do(req)
	if err != nil {
		return answer{}, err
	}
	a, err := read(res)
	for _, hop := range []string{"Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length"} {
		a.header.Del(hop)
	}
	return a, err
}

// sends reports whether the policy sends the client's header to the origin. Host is always the origin's.
func (p requestPolicy) sends(name string) bool {
	named := slices.ContainsFunc(p.Headers.Names, func(n string) bool { return strings.EqualFold(n, name) })
	switch {
	case name == "host":
		return false
	case name == "cookie":
		return p.Cookies.Cookies == "all"
	case p.Headers.Headers == "allExcept":
		return !named
	}
	return p.Headers.Headers == "whitelist" && named
}

// apply adds the headers of the policy. Those for other origins are only for requests that name theirs.
func (p headersPolicy) apply(h http.Header, origin string) http.Header {
	if origin != "" && p.Sharing.Override && slices.Equal(p.Sharing.Origins.Items, []string{"*"}) {
		h.Set("Access-Control-Allow-Origin", "*")
	}
	if v := p.Security.Policy.Value; v != "" {
		h.Set("Content-Security-Policy", v)
	}
	if p.Security.Sniffing != nil {
		h.Set("X-Content-Type-Options", "nosniff")
	}
	if v := p.Security.Frames.Value; v != "" {
		h.Set("X-Frame-Options", v)
	}
	if v := p.Security.Referrer.Value; v != "" {
		h.Set("Referrer-Policy", v)
	}
	if t := p.Security.Transport; t.Seconds > 0 {
		value := fmt.Sprintf("max-age=%d", t.Seconds)
		if t.Subdomains {
			value += "; includeSubDomains"
		}
		if t.Preload {
			value += "; preload"
		}
		h.Set("Strict-Transport-Security", value)
	}
	for _, item := range p.Custom.Items {
		if item.Override || h.Get(item.Name) == "" {
			h.Set(item.Name, item.Value)
		}
	}
	return h
}

// logicalID returns the resource of an attribute, such as ApiRequest.FunctionARN.
func logicalID(attribute string) string {
	id, _, _ := strings.Cut(attribute, ".")
	return id
}
