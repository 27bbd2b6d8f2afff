package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/arxkeys/arxkeys/infra/template"
)

// Logical ids of the template that the distribution refers to. Outside of AWS, each resource is its own id.
var resources = []string{
	"ConsoleBucketAccess", "ConsoleRequest.FunctionARN", "ApiRequest.FunctionARN", "ConsoleCachePolicy", "DocumentCachePolicy", "DocumentRequestPolicy",
	"SecurityHeaders", "ReferenceHeaders", "HttpApi", "UserPoolDomain",
}

// Origins by domain, as the template makes them up from these attributes.
const (
	bucketDomain = "bucket.local"
	apiDomain    = "HttpApi.execute-api.local.local"
)

// distribution is the CloudFront distribution of the template.
type distribution struct {
	Origins   []origin        `yaml:"Origins"`
	Default   behavior        `yaml:"DefaultCacheBehavior"`
	Behaviors []behavior      `yaml:"CacheBehaviors"`
	Errors    []errorResponse `yaml:"CustomErrorResponses"`

	Enabled     bool   `yaml:"Enabled"`
	HTTPVersion string `yaml:"HttpVersion"`
	IPv6        bool   `yaml:"IPV6Enabled"`
	Certificate struct {
		Default  bool   `yaml:"CloudFrontDefaultCertificate"`
		ARN      string `yaml:"AcmCertificateArn"`
		Protocol string `yaml:"MinimumProtocolVersion"`
		Support  string `yaml:"SslSupportMethod"`
	} `yaml:"ViewerCertificate"`
	Aliases []string `yaml:"Aliases"`
	WebACL  string   `yaml:"WebACLId"`

	functions map[string]string // code by logical id
	caching   map[string]cachePolicy
	sending   map[string]requestPolicy
	headers   map[string]headersPolicy
}

type origin struct {
	ID      string `yaml:"Id"`
	Domain  string `yaml:"DomainName"`
	Access  string `yaml:"OriginAccessControlId"`
	Headers []struct {
		Name  string `yaml:"HeaderName"`
		Value string `yaml:"HeaderValue"`
	} `yaml:"OriginCustomHeaders"`
	Custom *struct {
		Protocol string   `yaml:"OriginProtocolPolicy"`
		TLS      []string `yaml:"OriginSSLProtocols"`
	} `yaml:"CustomOriginConfig"`
}

type behavior struct {
	Path      string   `yaml:"PathPattern"`
	Origin    string   `yaml:"TargetOriginId"`
	Viewers   string   `yaml:"ViewerProtocolPolicy"`
	Methods   []string `yaml:"AllowedMethods"`
	Compress  bool     `yaml:"Compress"`
	Caching   string   `yaml:"CachePolicyId"`
	Sending   string   `yaml:"OriginRequestPolicyId"` // empty: only what the cache policy sends
	Headers   string   `yaml:"ResponseHeadersPolicyId"`
	Functions []struct {
		Event string `yaml:"EventType"`
		ARN   string `yaml:"FunctionARN"`
	} `yaml:"FunctionAssociations"`
}

type errorResponse struct {
	Status int    `yaml:"ErrorCode"`
	TTL    *int   `yaml:"ErrorCachingMinTTL"`
	Page   string `yaml:"ResponsePagePath"`
}

// cachePolicy is a cache policy. Only the path, and Accept-Encoding for gzip, may be part of the cache key.
type cachePolicy struct {
	Min  int `yaml:"MinTTL"`
	Max  int `yaml:"MaxTTL"`
	Else int `yaml:"DefaultTTL"`
	Key  struct {
		Gzip    bool  `yaml:"EnableAcceptEncodingGzip"`
		Brotli  bool  `yaml:"EnableAcceptEncodingBrotli"`
		Cookies parts `yaml:"CookiesConfig"`
		Headers parts `yaml:"HeadersConfig"`
		Query   parts `yaml:"QueryStringsConfig"`
	} `yaml:"ParametersInCacheKeyAndForwardedToOrigin"`
}

// requestPolicy is an origin request policy.
type requestPolicy struct {
	Cookies parts `yaml:"CookiesConfig"`
	Headers parts `yaml:"HeadersConfig"`
	Query   parts `yaml:"QueryStringsConfig"`
}

// parts tells which cookies, headers or parameters are meant.
type parts struct {
	Cookies string   `yaml:"CookieBehavior"`
	Headers string   `yaml:"HeaderBehavior"`
	Query   string   `yaml:"QueryStringBehavior"`
	Names   []string `yaml:"Headers"`
}

type items struct {
	Items []string `yaml:"Items"`
}

type headersPolicy struct {
	Sharing struct {
		Override bool  `yaml:"OriginOverride"`
		Origins  items `yaml:"AccessControlAllowOrigins"`
	} `yaml:"CorsConfig"`
	Security struct {
		Policy struct {
			Value string `yaml:"ContentSecurityPolicy"`
		} `yaml:"ContentSecurityPolicy"`
		Sniffing *struct{} `yaml:"ContentTypeOptions"`
		Frames   struct {
			Value string `yaml:"FrameOption"`
		} `yaml:"FrameOptions"`
		Referrer struct {
			Value string `yaml:"ReferrerPolicy"`
		} `yaml:"ReferrerPolicy"`
		Transport struct {
			Seconds    int  `yaml:"AccessControlMaxAgeSec"`
			Subdomains bool `yaml:"IncludeSubdomains"`
			Preload    bool `yaml:"Preload"`
		} `yaml:"StrictTransportSecurity"`
	} `yaml:"SecurityHeadersConfig"`
	Custom struct {
		Items []struct {
			Name     string `yaml:"Header"`
			Value    string `yaml:"Value"`
			Override bool   `yaml:"Override"`
		} `yaml:"Items"`
	} `yaml:"CustomHeadersConfig"`
}

// AWS's managed policies, by their ids.
var (
	managedCaching = map[string]cachePolicy{"4135ea2d-6df8-44a3-9df3-4b5a84be39ad": {}} // CachingDisabled
	managedSending = map[string]requestPolicy{"b689b0a8-53d0-40ab-baf2-68738e2966ac": { // AllViewerExceptHostHeader
		Cookies: parts{Cookies: "all"}, Headers: parts{Headers: "allExcept", Names: []string{"Host"}}, Query: parts{Query: "all"},
	}}
)

// readDistribution reads the distribution of the template with these parameters.
func readDistribution(path string, parameters map[string]string) (*distribution, error) {
	o := template.Options{Parameters: parameters, Attributes: map[string]string{
		"AWS::StackName": "local", "AWS::Region": "local", "AWS::URLSuffix": "local", "AWS::Partition": "aws", "AWS::AccountId": "000000000000",
		"ConsoleBucket.RegionalDomainName": bucketDomain,
	}}
	for _, id := range resources {
		o.Attributes[id] = id
	}
	var whole struct {
		Config distribution `yaml:"DistributionConfig"`
	}
	if err := template.Properties(path, o, "Distribution", &whole); err != nil {
		return nil, err
	}
	d := &whole.Config
	d.functions, d.caching, d.sending, d.headers = map[string]string{}, maps.Clone(managedCaching), maps.Clone(managedSending), map[string]headersPolicy{}
	for _, b := range append(slices.Clone(d.Behaviors), d.Default) {
		if err := d.readPolicies(path, o, b); err != nil {
			return nil, fmt.Errorf("the behavior of %q: %w", b.Path, err)
		}
	}
	return d, nil
}

// readPolicies reads whatever the behavior refers to. What this server cannot do is an error.
func (d *distribution) readPolicies(path string, o template.Options, b behavior) error {
	for _, f := range b.Functions {
		var function struct {
			Code   string `yaml:"FunctionCode"`
			Config struct {
				Runtime string `yaml:"Runtime"`
			} `yaml:"FunctionConfig"`
		}
		if err := template.Properties(path, o, logicalID(f.ARN), &function); err != nil {
			return err
		}
		if f.Event != "viewer-request" || function.Config.Runtime != "cloudfront-js-2.0" {
			return fmt.Errorf("a function for %s in %s is not supported", f.Event, function.Config.Runtime)
		}
		d.functions[f.ARN] = function.Code
	}
	if _, managed := d.caching[b.Caching]; !managed {
		var policy struct {
			Config cachePolicy `yaml:"CachePolicyConfig"`
		}
		if err := template.Properties(path, o, b.Caching, &policy); err != nil {
			return err
		}
		if key := policy.Config.Key; key.Brotli || key.Cookies.Cookies != "none" || key.Headers.Headers != "none" || key.Query.Query != "none" {
			return fmt.Errorf("the cache key of %s is not supported", b.Caching)
		}
		d.caching[b.Caching] = policy.Config
	}
	if _, managed := d.sending[b.Sending]; !managed && b.Sending != "" {
		var policy struct {
			Config requestPolicy `yaml:"OriginRequestPolicyConfig"`
		}
		if err := template.Properties(path, o, b.Sending, &policy); err != nil {
			return err
		}
		d.sending[b.Sending] = policy.Config
	}
	var policy struct {
		Config headersPolicy `yaml:"ResponseHeadersPolicyConfig"`
	}
	if err := template.Properties(path, o, b.Headers, &policy); err != nil {
		return err
	}
	d.headers[b.Headers] = policy.Config
	return nil
}

// behavior returns the behavior of a path: the first one whose pattern matches.
func (d *distribution) behavior(path string) behavior {
	for _, b := range d.Behaviors {
		if matches(b.Path, path) {
			return b
		}
	}
	return d.Default
}

// matches reports whether the pattern, in which * is any text, matches the whole path.
func matches(pattern, path string) bool {
	if pattern == "" {
		return path == ""
	}
	if pattern[0] == '*' {
		for i := range len(path) + 1 {
			if matches(pattern[1:], path[i:]) {
				return true
			}
		}
		return false
	}
	return path != "" && (pattern[0] == '?' || pattern[0] == path[0]) && matches(pattern[1:], path[1:])
}

func (d *distribution) origin(id string) (origin, bool) {
	i := slices.IndexFunc(d.Origins, func(o origin) bool { return o.ID == id })
	if i < 0 {
		return origin{}, false
	}
	return d.Origins[i], true
}

// errorTTL returns how long an error is kept whatever its headers say.
func (d *distribution) errorTTL(status int) time.Duration {
	const otherwise = 10 * time.Second
	for _, e := range d.Errors {
		if e.Status == status && e.TTL != nil {
			return time.Duration(*e.TTL) * time.Second
		}
	}
	return otherwise
}
