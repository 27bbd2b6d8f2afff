package gateways

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// The test replays what Envoy does with the documented configuration, because no package of Envoy is at hand. It knows
// the parts that the configuration uses, and fails for others.
func TestEnvoy(t *testing.T) {
	testGateway(t, gateway{name: "Envoy", limited: 429, appends: true, start: func(t *testing.T, p place) string {
		file := adapted(t, "envoy.yaml", documentedArx, p.arx, "timeout: 5s", "timeout: 60s")
		e := readEnvoy(t, file)
		e.place = p
		server := httptest.NewServer(e)
		t.Cleanup(server.Close)
		return server.URL
	}})
}

// envoy replays a configuration.
type envoy struct {
	place
	normalizes                bool
	rejectsEscapedSlashes     bool
	dropsUnderscores          bool
	mutations                 []mutation
	asked, upstream, answered []string // names of headers: to the check, from it to the API, from it to the caller
	prefix, route, host       string
	added                     []headerValue
	removed                   []string
	errorStatus               int
	certificateName           string
	timeout                   time.Duration
}

type headerValue struct{ Key, Value string }

// mutation is a change of a request's header: its removal, or its replacement.
type mutation struct {
	Remove string
	Append *struct {
		Header headerValue
		Action string `yaml:"append_action"`
	}
}

type patterns struct {
	Patterns []struct{ Exact string }
}

func (p patterns) names() (all []string) {
	for _, one := range p.Patterns {
		all = append(all, one.Exact)
	}
	return all
}

// connectionManager is the part of an HttpConnectionManager that the configuration uses.
type connectionManager struct {
	Type             string `yaml:"@type"`
	StatPrefix       string `yaml:"stat_prefix"`
	NormalizePath    bool   `yaml:"normalize_path"`
	MergeSlashes     bool   `yaml:"merge_slashes"`
	EscapedSlashes   string `yaml:"path_with_escaped_slashes_action"`
	UseRemoteAddress bool   `yaml:"use_remote_address"`
	CommonHTTP       struct {
		Underscores string `yaml:"headers_with_underscores_action"`
	} `yaml:"common_http_protocol_options"`
	Filters []struct {
		Name   string
		Config yaml.Node `yaml:"typed_config"`
	} `yaml:"http_filters"`
	Routes struct {
		VirtualHosts []struct {
			Name    string
			Domains []string
			Remove  []string `yaml:"request_headers_to_remove"`
			Routes  []struct {
				Match struct{ Prefix string }
				Route struct {
					Cluster string
					Host    string `yaml:"host_rewrite_literal"`
					Timeout string
				}
			}
		} `yaml:"virtual_hosts"`
	} `yaml:"route_config"`
}

type extAuthz struct {
	Type          string                `yaml:"@type"`
	Allow         bool                  `yaml:"failure_mode_allow"`
	StatusOnError struct{ Code string } `yaml:"status_on_error"`
	Allowed       patterns              `yaml:"allowed_headers"`
	Service       struct {
		Server  struct{ URI, Cluster, Timeout string } `yaml:"server_uri"`
		Prefix  string                                 `yaml:"path_prefix"`
		Request struct {
			Add []headerValue `yaml:"headers_to_add"`
		} `yaml:"authorization_request"`
		Response struct {
			Upstream patterns `yaml:"allowed_upstream_headers"`
			Client   patterns `yaml:"allowed_client_headers"`
		} `yaml:"authorization_response"`
	} `yaml:"http_service"`
}

// strict decodes YAML, and refuses fields that this file does not know.
func strict(t *testing.T, text []byte, into any) {
	t.Helper()
	d := yaml.NewDecoder(strings.NewReader(string(text)))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		t.Fatalf("envoy.yaml: %v", err)
	}
}

func readEnvoy(t *testing.T, file string) *envoy {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var whole struct {
		Static struct {
			Listeners []struct {
				Name    string
				Address yaml.Node
				Chains  []struct {
					Filters []struct {
						Name   string
						Config connectionManager `yaml:"typed_config"`
					}
				} `yaml:"filter_chains"`
			}
			Clusters []struct {
				Name, Type string
				Timeout    string    `yaml:"connect_timeout"`
				Assignment yaml.Node `yaml:"load_assignment"`
				Transport  struct {
					Name   string
					Config struct {
						Type   string `yaml:"@type"`
						SNI    string
						Common struct {
							Validation struct {
								CA    struct{ Filename string } `yaml:"trusted_ca"`
								Names []struct {
									Type    string `yaml:"san_type"`
									Matcher struct{ Exact string }
								} `yaml:"match_typed_subject_alt_names"`
							} `yaml:"validation_context"`
						} `yaml:"common_tls_context"`
					} `yaml:"typed_config"`
				} `yaml:"transport_socket"`
			}
		} `yaml:"static_resources"`
	}
	strict(t, text, &whole)
	if len(whole.Static.Listeners) != 2 || len(whole.Static.Clusters) != 3 {
		t.Fatal("envoy.yaml: unexpected listeners or clusters")
	}
	outer, inner := whole.Static.Listeners[0].Chains[0].Filters[0].Config, whole.Static.Listeners[1].Chains[0].Filters[0].Config
	e := &envoy{
		normalizes: outer.NormalizePath && outer.MergeSlashes, rejectsEscapedSlashes: outer.EscapedSlashes == "REJECT_REQUEST",
		dropsUnderscores: outer.CommonHTTP.Underscores == "DROP_HEADER",
		removed:          outer.Routes.VirtualHosts[0].Remove,
		route:            inner.Routes.VirtualHosts[0].Routes[0].Match.Prefix, host: inner.Routes.VirtualHosts[0].Routes[0].Route.Host,
	}
	if !outer.UseRemoteAddress {
		t.Error("envoy.yaml: without use_remote_address, Envoy believes x-forwarded-for")
	}
	names := []string{}
	for _, f := range outer.Filters {
		names = append(names, strings.TrimPrefix(f.Name, "envoy.filters.http."))
		config, err := yaml.Marshal(&f.Config)
		if err != nil {
			t.Fatal(err)
		}
		switch names[len(names)-1] {
		case "header_mutation":
			var m struct {
				Type      string `yaml:"@type"`
				Mutations struct {
					Request []mutation `yaml:"request_mutations"`
				}
			}
			strict(t, config, &m)
			e.mutations = m.Mutations.Request
		case "ext_authz":
			var a extAuthz
			strict(t, config, &a)
			if a.Allow || a.StatusOnError.Code != "ServiceUnavailable" {
				t.Errorf("envoy.yaml: %+v", a)
			}
			e.errorStatus = http.StatusServiceUnavailable
			e.asked, e.upstream, e.answered = a.Allowed.names(), a.Service.Response.Upstream.names(), a.Service.Response.Client.names()
			e.prefix, e.added = a.Service.Prefix, a.Service.Request.Add
			if e.timeout, err = time.ParseDuration(a.Service.Server.Timeout); err != nil || a.Service.Server.Cluster != "arxkeys_local" {
				t.Errorf("envoy.yaml: %+v", a)
			}
		}
	}
	if want := []string{"header_mutation", "ext_authz", "router"}; !slices.Equal(names, want) {
		t.Fatalf("envoy.yaml: the filters are %q, want %q", names, want)
	}
	validation := whole.Static.Clusters[2].Transport.Config.Common.Validation
	if whole.Static.Clusters[2].Name != inner.Routes.VirtualHosts[0].Routes[0].Route.Cluster || validation.CA.Filename == "" || len(validation.Names) != 1 {
		t.Fatalf("envoy.yaml: the check's certificate is not verified: %+v", validation)
	}
	e.certificateName = validation.Names[0].Matcher.Exact
	return e
}

// always are the headers that ext_authz sends and returns without being told to.
var always = []string{"www-authenticate", "location"}

func (e *envoy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	uri := r.RequestURI
	at, query, hasQuery := strings.Cut(uri, "?")
	if e.rejectsEscapedSlashes && (strings.Contains(strings.ToLower(at), "%2f") || strings.Contains(strings.ToLower(at), "%5c")) {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if e.normalizes {
		var ok bool
		if at, ok = normalized(at); !ok {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
	}
	if uri = at; hasQuery {
		uri += "?" + query
	}
	caller := http.Header{}
	for name, values := range r.Header {
		if !e.dropsUnderscores || !strings.Contains(name, "_") {
			caller[http.CanonicalHeaderKey(name)] = values
		}
	}
	for _, m := range e.mutations {
		if m.Remove != "" {
			caller.Del(m.Remove)
		}
		if m.Append != nil {
			e.set(caller, m.Append.Header, r)
		}
	}
	question, err := http.NewRequestWithContext(r.Context(), r.Method, "https://"+e.keys, nil)
	if err != nil {
		w.WriteHeader(e.errorStatus)
		return
	}
	if !strings.HasPrefix(e.prefix+uri, e.route) {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	path, query, _ := strings.Cut(e.prefix+uri, "?")
	question.URL = &url.URL{Scheme: "https", Host: e.keys, Opaque: path, RawQuery: query}
	question.Host = e.host
	for _, name := range append([]string{"Authorization"}, e.asked...) { // Envoy joins repeated headers
		if values := caller.Values(name); len(values) > 0 {
			question.Header.Set(name, strings.Join(values, ","))
		}
	}
	for _, h := range e.added {
		e.set(question.Header, h, r)
	}
	answer, err := e.client().Do(question)
	if err != nil {
		w.WriteHeader(e.errorStatus)
		return
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode >= 500:
		w.WriteHeader(e.errorStatus)
		return
	case answer.StatusCode != http.StatusOK:
		for _, name := range append(slices.Clone(always), e.answered...) {
			for _, value := range answer.Header.Values(name) {
				w.Header().Add(name, value)
			}
		}
		w.WriteHeader(answer.StatusCode)
		io.Copy(w, answer.Body)
		return
	}
	for _, name := range e.upstream {
		if value := answer.Header.Get(name); value != "" {
			caller.Set(name, value)
		}
	}
	for _, name := range e.removed {
		caller.Del(name)
	}
	at, query, _ = strings.Cut(uri, "?")
	forward := httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.Out.URL = &url.URL{Scheme: "http", Host: e.pets, Opaque: at, RawQuery: query}
		p.Out.Host, p.Out.Header = r.Host, caller
	}}
	forward.ServeHTTP(w, r)
}

// client trusts the authority for the name in the configuration.
func (e *envoy) client() *http.Client {
	authorities := x509.NewCertPool()
	if text, err := os.ReadFile(e.authority); err == nil {
		authorities.AppendCertsFromPEM(text)
	}
	return &http.Client{Timeout: e.timeout, Transport: &http.Transport{
		DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: authorities, ServerName: e.certificateName},
	}}
}

// set sets a header to a value with Envoy's variables. An empty one is not sent.
func (e *envoy) set(to http.Header, h headerValue, r *http.Request) {
	address, _, _ := net.SplitHostPort(r.RemoteAddr)
	value := strings.NewReplacer(
		"%ENVIRONMENT(ARXKEYS_MANAGEMENT_KEY)%", e.credential, "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%", address, "%REQ(ORIGIN)%", r.Header.Get("Origin"),
	).Replace(h.Value)
	if strings.Contains(value, "%") {
		panic(fmt.Sprintf("envoy.yaml: %s is not known here", value))
	}
	if value != "" {
		to.Set(h.Key, value)
	}
}

// normalized resolves a path as Envoy does: RFC 3986, and slashes merged. ok is false for one that climbs out.
func normalized(at string) (resolved string, ok bool) {
	at = strings.NewReplacer("%2e", ".", "%2E", ".").Replace(at)
	depth := 0
	for _, part := range strings.Split(strings.Trim(at, "/"), "/") {
		switch part {
		case "", ".":
		case "..":
			if depth--; depth < 0 {
				return "", false
			}
		default:
			depth++
		}
	}
	resolved = path.Clean("/" + at)
	if strings.HasSuffix(at, "/") && resolved != "/" {
		resolved += "/"
	}
	return resolved, true
}
