package architecture

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// effects are the settings from which the responses to changes compute effective_by.
var effects = []string{"GATE_TTL", "PRINCIPAL_TTL"}

// uncountedCaches returns the caches of a template that could serve what was changed, and that effective_by does not
// count: results of authorizers, responses of the API at the edge, settings of functions, and stores that cache.
func uncountedCaches(s stack) (complaints []string) {
	complain := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }
	for name, r := range s.Resources {
		if strings.HasPrefix(r.Type, "AWS::DAX::") || strings.HasPrefix(r.Type, "AWS::ElastiCache::") {
			complain("%s is a cache: effective_by does not count it", name)
		}
		if on := at(r.Properties, "CacheClusterEnabled"); on != nil && on != false {
			complain("%s caches responses: effective_by does not count that", name)
		}
		authorizers, _ := at(r.Properties, "Auth", "Authorizers").(map[string]any)
		for authorizer, a := range authorizers {
			if seconds := at(a, "Identity", "ReauthorizeEvery"); fmt.Sprint(seconds) != "0" {
				complain("the results of the authorizer %s of %s are cached for %v seconds: effective_by does not count them", authorizer, name, seconds)
			}
		}
		behaviors, _ := at(r.Properties, "DistributionConfig", "CacheBehaviors").([]any)
		for _, b := range behaviors {
			path := at(b, "PathPattern")
			if at(b, "TargetOriginId") == "api" && at(b, "CachePolicyId") != cachingDisabled && path != "/v1/openapi.json" {
				complain("%s caches responses of %v: effective_by does not count that", name, path)
			}
		}
		variables, _ := at(r.Properties, "Environment", "Variables").(map[string]any)
		for variable := range variables {
			if strings.Contains(variable, "TTL") || strings.Contains(variable, "CACHE") {
				complain("%s sets %s for itself: the functions that answer changes compute effective_by with that of Globals", name, variable)
			}
		}
	}
	return complaints
}

// cachingDisabled is the id of AWS's managed cache policy that caches nothing.
const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"

// durations finds the settings of functions that are durations.
var durations = regexp.MustCompile(`DurationFromEnv\("([A-Z_]+)"`)

// wrongDurations compares the durations that functions read from their environment with those of effective_by.
func wrongDurations(sources map[string]string) (complaints []string) {
	found := map[string]bool{}
	for file, text := range sources {
		for _, m := range durations.FindAllStringSubmatch(text, -1) {
			if found[m[1]] = true; !slices.Contains(effects, m[1]) {
				complaints = append(complaints, fmt.Sprintf("%s reads %s: if it is how long something is cached, effective_by must count it", file, m[1]))
			}
		}
	}
	for _, name := range effects {
		if !found[name] {
			complaints = append(complaints, fmt.Sprintf("no function reads %s, which effective_by counts", name))
		}
	}
	return complaints
}

func TestEffectiveByCountsEveryCache(t *testing.T) {
	holds(t, uncountedCaches(stackOfTemplate(t)))
	sources := map[string]string{}
	for _, folder := range []string{"../../shared", "../../functions"} {
		err := filepath.WalkDir(folder, func(file string, entry os.DirEntry, err error) error {
			if err == nil && entry.IsDir() && entry.Name() == "node_modules" {
				return filepath.SkipDir
			}
			if err == nil && strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") {
				sources[file] = readText(t, file)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	holds(t, wrongDurations(sources))
}

func TestUncountedCacheIsFound(t *testing.T) {
	complains(t, uncountedCaches(readStack(t, `
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties: {Auth: {Authorizers: {AccessKey: {Identity: {ReauthorizeEvery: 0}}}}}
  Distribution:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        CacheBehaviors:
          - {PathPattern: /v1/openapi.json, TargetOriginId: api, CachePolicyId: document}
          - {PathPattern: /v1/*, TargetOriginId: api, CachePolicyId: `+cachingDisabled+`}
          - {PathPattern: /help, TargetOriginId: console, CachePolicyId: console}
`)))
	for text, complaint := range map[string]string{
		`{Type: AWS::Serverless::HttpApi, Properties: {Auth: {Authorizers: {AccessKey: {Identity: {ReauthorizeEvery: 60}}}}}}`: "cached for 60 seconds",
		`{Type: AWS::Serverless::Api, Properties: {Auth: {Authorizers: {AccessKey: {Identity: {Headers: [x-api-key]}}}}}}`:     "cached for <nil> seconds",
		`{Type: AWS::Serverless::Api, Properties: {CacheClusterEnabled: true}}`:                                                "caches responses",
		`{Type: AWS::DAX::Cluster}`: "is a cache",
		`{Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {CacheBehaviors: [{PathPattern: /v1/*, TargetOriginId: api, CachePolicyId: some}]}}}`: "caches responses of /v1/*",
		`{Type: AWS::Serverless::Function, Properties: {Environment: {Variables: {GATE_TTL: 1h}}}}`:                                                                   "sets GATE_TTL for itself",
	} {
		complains(t, uncountedCaches(readStack(t, "Resources:\n  Thing: "+text+"\n")), complaint)
	}
	both := `DurationFromEnv("GATE_TTL", x) DurationFromEnv("PRINCIPAL_TTL", y)`
	complains(t, wrongDurations(map[string]string{"a.go": both}))
	complains(t, wrongDurations(map[string]string{"a.go": both, "b.go": `table.DurationFromEnv("SCOPE_TTL", z)`}), "b.go reads SCOPE_TTL")
	complains(t, wrongDurations(map[string]string{"a.go": `DurationFromEnv("GATE_TTL", x)`}), "no function reads PRINCIPAL_TTL")
}
