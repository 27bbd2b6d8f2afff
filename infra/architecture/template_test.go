package architecture

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/arxkeys/arxkeys/infra/template"
	"github.com/arxkeys/arxkeys/shared/api"
)

const tableARN = "arn:aws:dynamodb:here:1:table/arxkeys"

// fromTemplate reads the repository's template.
func fromTemplate(t *testing.T) *template.Template {
	t.Helper()
	read, err := template.Read("../../template.yaml", template.Options{Attributes: map[string]string{
		"Table": "arxkeys", "Table.Arn": tableARN,
		"UserPool": "pool", "UserPool.ProviderURL": "https://pool.example", "UserPoolClient": "client", "CommandLineClient": "line", "AWS::StackName": "stack",
	}})
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// functionFolders returns the folders in functions/ that contain a main.go.
func functionFolders(t *testing.T) (folders []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS("../../functions"), ".", func(name string, _ fs.DirEntry, err error) error {
		if path.Base(name) == "main.go" {
			folders = append(folders, path.Dir(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return folders
}

// withoutOperation reports whether a function serves no operation of package api: the jobs, the authorizer, the triggers
// of the user pool and the fallback.
func withoutOperation(folder string) bool {
	return within(folder, "jobs") || within(folder, "authorizers") || within(folder, "cognito") || folder == fallback
}

// fallback is the folder of the function for requests that match no operation.
const fallback = "fallback"

// routesOf returns the routes of the operation's function: its own and, for GET, that of HEAD. The check of gateways also
// has the path that a gateway appends its caller's to.
func routesOf(op api.Spec) []string {
	switch op.Method {
	case "GET":
		return []string{"GET " + op.Path, "HEAD " + op.Path}
	case api.AnyMethod:
		return []string{op.Method + " " + op.Path, op.Method + " " + api.CheckFurther}
	}
	return []string{op.Method + " " + op.Path}
}

// fallbackRoutes returns the routes of the fallback: every path below /v1/, and the literal paths that API Gateway
// would otherwise match to the {id} of another operation.
func fallbackRoutes(operations []api.Spec) []string {
	has := map[string]bool{}
	for _, op := range operations {
		for _, r := range routesOf(op) {
			has[r] = true
		}
	}
	routes := []string{"ANY /v1/{proxy+}"}
	for _, literal := range operations {
		for _, op := range operations {
			if matched, _ := path.Match(strings.ReplaceAll(op.Path, "{id}", "*"), literal.Path); !matched || op.Path == literal.Path {
				continue
			}
			for _, r := range routesOf(op) {
				method, _, _ := strings.Cut(r, " ")
				if taken := method + " " + literal.Path; !has[taken] && !slices.Contains(routes, taken) {
					routes = append(routes, taken)
				}
			}
		}
	}
	slices.Sort(routes)
	return routes
}

// wrongFunctions compares folders, template and operations: each main.go must have exactly one resource, with the right
// CodeUri and the routes of its operation, and each resource and operation a main.go.
func wrongFunctions(folders []string, functions []template.Function, operations []api.Spec) (complaints []string) {
	complain := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }

	resources := map[string]int{}
	for _, f := range functions {
		resources[f.Name()]++
		if !slices.Contains(folders, f.Name()) {
			complain("%s has the CodeUri %s: it must be build/functions/ and a folder in functions/ that contains a main.go", f.LogicalID, f.CodeURI)
		}
	}
	for _, folder := range folders {
		if n := resources[folder]; n != 1 {
			complain("functions/%s has %d resources in template.yaml: it must have one, with CodeUri: build/functions/%s", folder, n, folder)
		}
	}

	routes := map[string][]string{fallback: fallbackRoutes(operations)}
	for _, op := range operations {
		folder := strings.ReplaceAll(op.Name, ".", "/")
		routes[folder] = routesOf(op)
		if !slices.Contains(folders, folder) {
			complain("the operation %s has no functions/%s/main.go", op.Name, folder)
		}
	}
	for _, f := range functions {
		want, isRouted := routes[f.Name()]
		switch {
		case !isRouted && !withoutOperation(f.Name()):
			complain("%s serves no operation: declare it in shared/api, and add it to api.Operations", f.LogicalID)
		case within(f.Name(), "jobs") && (len(f.Routes) > 0 || len(f.Schedules) != 1):
			complain("%s has the routes %v and %d schedules: a job must have one schedule and no route", f.LogicalID, keysOf(f.Routes), len(f.Schedules))
		case within(f.Name(), "authorizers") && len(f.Routes)+len(f.Schedules) > 0:
			complain("%s has the routes %v and %d schedules: an authorizer must have no routes and no schedules", f.LogicalID, keysOf(f.Routes), len(f.Schedules))
		case within(f.Name(), "cognito") && (len(f.Routes)+len(f.Schedules) > 0 || len(f.Triggers) != 1):
			complain("%s has the routes %v, %d schedules and the triggers %q: a function of the user pool must have one trigger and nothing else", f.LogicalID, keysOf(f.Routes), len(f.Schedules), f.Triggers)
		case !within(f.Name(), "cognito") && len(f.Triggers) > 0:
			complain("%s is a trigger of the user pool, %q: it must be in functions/cognito", f.LogicalID, f.Triggers)
		case isRouted && !slices.Equal(keysOf(f.Routes), want):
			complain("%s has the routes %v: it needs %v", f.LogicalID, keysOf(f.Routes), want)
		}
	}
	return complaints
}

func keysOf(routes []template.Route) (keys []string) {
	for _, r := range routes {
		keys = append(keys, r.Key())
	}
	slices.Sort(keys)
	return keys
}

// The actions that a policy may allow. Scan is not among them: a scan has no leading keys, so the condition that
// separates kinds would allow it.
var actions = []string{
	"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query",
	"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem",
}

// The kinds of partitions, as patterns of their keys.
var kinds = []string{"meta#*", "rec#*", "cred#*", "gate#*", "lim#*", "use#*", "evt#*", "idem#*", "mgk#*"}

// indexARN is the only index, which contains the items that wait for a scheduled job. Each partition belongs to one
// job.
const indexARN = tableARN + "/index/jobs"

// The jobs whose partitions of the index a function may query.
var jobs = map[string][]string{
	"jobs/expiry":   {"expiry#*"},
	"jobs/settling": {"settlement#*"},
	"jobs/purge":    {"key-purge#*", "arx-purge#*", "count-purge#*"},
	"jobs/rollup":   {"roll-up#*"},
}

// limits are narrower limits of some functions: the kinds that they may access, by folder and action.
var limits = map[string]map[string][]string{
	"keys/verify": {
		"dynamodb:GetItem":      {"meta#*", "mgk#*", "cred#*", "gate#*"},
		"dynamodb:BatchGetItem": {"mgk#*", "cred#*", "gate#*"},
		"dynamodb:UpdateItem":   {"lim#*", "use#*"},
	},
	"check": {
		"dynamodb:GetItem":      {"meta#*", "mgk#*", "cred#*", "gate#*"},
		"dynamodb:BatchGetItem": {"mgk#*", "cred#*", "gate#*"},
		"dynamodb:UpdateItem":   {"lim#*", "use#*"},
	},
	"authorizers/apikey": {
		"dynamodb:GetItem":      {"meta#*", "cred#*", "gate#*"},
		"dynamodb:BatchGetItem": {"cred#*", "gate#*"},
		"dynamodb:UpdateItem":   {"lim#*", "use#*"},
	},
	"openapi":  {},
	"whoami":   {},
	"fallback": {},
	"me":       {"dynamodb:GetItem": {"meta#*", "mgk#*"}, "dynamodb:UpdateItem": {"use#*"}},
}

// founders are the functions that may be the first to write to a new table, and give it its stamp.
var founders = []string{"applications/create", "arxes/create", "managementkeys/create"}

// wrongPolicies checks each function's policy against the limits above.
func wrongPolicies(functions []template.Function) (complaints []string) {
	for _, f := range functions {
		limit, limited := limits[f.Name()]
		for _, s := range f.Policies {
			complain := func(format string, args ...any) {
				complaints = append(complaints, fmt.Sprintf("%s, line %d: ", f.LogicalID, s.Line)+fmt.Sprintf(format, args...))
			}
			if s.Effect != "Allow" {
				complain("the effect is %s", s.Effect)
			}
			allowed, partitions := actions, kinds
			switch {
			case slices.Equal(s.Resources, []string{tableARN}):
			case slices.Equal(s.Resources, []string{indexARN}) && jobs[f.Name()] != nil:
				allowed, partitions = []string{"dynamodb:Query"}, jobs[f.Name()]
			default:
				complain("the resources are %v: only the table is allowed, and for a job its index", s.Resources)
			}
			if !slices.Equal(s.Conditions, []string{"ForAllValues:StringLike dynamodb:LeadingKeys"}) || len(s.LeadingKeys) == 0 {
				complain("the conditions are %v: list the kinds of partitions with ForAllValues:StringLike dynamodb:LeadingKeys", s.Conditions)
			}
			for _, k := range s.LeadingKeys {
				if !slices.Contains(partitions, k) {
					complain("%s is not a kind of partition: %s", k, strings.Join(partitions, " "))
				}
			}
			for _, a := range s.Actions {
				if !slices.Contains(allowed, a) {
					complain("%s must not be allowed to functions: %s", a, strings.Join(allowed, " "))
				}
				for _, k := range s.LeadingKeys {
					if k == "meta#*" && a != "dynamodb:GetItem" && !(a == "dynamodb:UpdateItem" && slices.Contains(founders, f.Name())) {
						complain("%s may not %s meta#*: only %s stamp a new table", f.Name(), a, strings.Join(founders, ", "))
					}
					if limited && !slices.Contains(limit[a], k) {
						complain("%s may not %s %s: its limit is %v", f.Name(), a, k, limit)
					}
				}
			}
		}
	}
	return complaints
}

// deaf finds operations that are not allowed to authenticate management keys or to record their use: every operation
// that is not public reads mgk# and updates use#.
func deaf(functions []template.Function, operations []api.Spec) (complaints []string) {
	for _, op := range operations {
		if op.Permission == api.Public || op.Permission == api.HoldKey {
			continue
		}
		for _, f := range functions {
			if f.Name() != strings.ReplaceAll(op.Name, ".", "/") {
				continue
			}
			for _, need := range []struct{ action, kind string }{{"dynamodb:GetItem", "mgk#*"}, {"dynamodb:UpdateItem", "use#*"}} {
				if !slices.ContainsFunc(f.Policies, func(s template.Statement) bool {
					return slices.Contains(s.Actions, need.action) && slices.Contains(s.LeadingKeys, need.kind)
				}) {
					complaints = append(complaints, fmt.Sprintf("%s may not %s %s, but needs it to authenticate its callers", f.LogicalID, need.action, need.kind))
				}
			}
		}
	}
	return complaints
}

// wrongAuthorizers compares routes with operations: exactly those whose callers send an access key must have the
// authorizer of access keys, which must not cache. All other callers are authenticated by lambdahttp.
func wrongAuthorizers(read *template.Template, operations []api.Spec) (complaints []string) {
	complain := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }
	held := map[string]bool{}
	for _, op := range operations {
		for _, r := range routesOf(op) {
			held[r] = op.Permission == api.HoldKey
		}
	}
	for _, f := range read.Functions {
		for _, r := range f.Routes {
			switch {
			case held[r.Key()] && r.Authorizer == "":
				complain("%s has no authorizer: callers of %s send an access key", f.LogicalID, r.Key())
			case !held[r.Key()] && r.Authorizer != "":
				complain("%s has the authorizer %s: lambdahttp authenticates callers of %s", f.LogicalID, r.Authorizer, r.Key())
			}
		}
	}
	for _, a := range read.Authorizers {
		f, _ := read.Function(a.Function)
		if f.Name() != "authorizers/apikey" || a.PayloadVersion != "2.0" || !a.Simple || a.TTL != 0 {
			complain("the authorizer %s is %s, payload %s, simple %t, cached for %s: it must be authorizers/apikey, without a cache", a.Name, f.Name(), a.PayloadVersion, a.Simple, a.TTL)
		}
	}
	return complaints
}

// wrongEnvironment finds functions whose environment variables differ from those of all others.
func wrongEnvironment(functions []template.Function) (complaints []string) {
	for _, f := range functions {
		if withoutOperation(f.Name()) && f.Name() != fallback {
			continue
		}
		if names := slices.Sorted(maps.Keys(f.Environment)); !slices.Equal(names, environment) {
			complaints = append(complaints, fmt.Sprintf("%s has the environment %v: it must be that of Globals, %v", f.LogicalID, names, environment))
		}
	}
	return complaints
}

var environment = []string{
	"AWS_ENDPOINT_URL_DYNAMODB", "EDGE_SECRETS", "GATE_TTL", "GROUPS_CLAIM", "MAX_MANAGEMENT_KEY_DAYS", "OIDC_AUDIENCE", "OIDC_CLIENT_IDS", "OIDC_ISSUER", "OIDC_JWKS_URL", "PRINCIPAL_TTL", "REFUSE_DIRECT_CALLS", "STACK_NAME", "TABLE_NAME", "TENANT_CLAIM",
}

func TestTemplateAndFunctionsAreOneToOne(t *testing.T) {
	holds(t, wrongFunctions(functionFolders(t), fromTemplate(t).Functions, api.Served()))
}

func TestPoliciesStayWithinTheirLimits(t *testing.T) {
	holds(t, wrongPolicies(fromTemplate(t).Functions))
	holds(t, deaf(fromTemplate(t).Functions, api.Served()))
}

func TestAccessKeysOpenWhoamiAndNothingElse(t *testing.T) {
	holds(t, wrongAuthorizers(fromTemplate(t), api.Served()))
}

func TestFunctionsShareOneEnvironment(t *testing.T) {
	holds(t, wrongEnvironment(fromTemplate(t).Functions))
}

func TestTemplateThatDiffersFromFunctionsIsFound(t *testing.T) {
	get := api.Spec{Name: "keys.get", Method: "GET", Path: "/v1/keys/{id}"}
	verify := api.Spec{Name: "keys.verify", Method: "POST", Path: "/v1/keys/verify"}
	both := []string{"GET /v1/keys/{id}", "HEAD /v1/keys/{id}"}
	function := func(folder string, routes ...string) template.Function {
		f := template.Function{LogicalID: "It", CodeURI: "build/functions/" + folder}
		for _, r := range routes {
			method, path, _ := strings.Cut(r, " ")
			f.Routes = append(f.Routes, template.Route{Method: method, Path: path})
		}
		return f
	}
	deny := func(why string, folders []string, functions []template.Function, operations []api.Spec) {
		t.Helper()
		complains(t, wrongFunctions(folders, functions, operations), why)
	}
	here := []string{"keys/get"}
	one := []api.Spec{get}

	deny("0 resources", here, nil, one)
	deny("2 resources", here, []template.Function{function("keys/get", both...), function("keys/get", both...)}, one)
	deny("it needs [GET /v1/keys/{id} HEAD /v1/keys/{id}]", here, []template.Function{function("keys/get", "GET /v1/key/{id}", "HEAD /v1/key/{id}")}, one)
	deny("it needs [GET /v1/keys/{id} HEAD /v1/keys/{id}]", here, []template.Function{function("keys/get", "GET /v1/keys/{id}")}, one)
	deny("it needs [GET /v1/keys/{id} HEAD /v1/keys/{id}]", here, []template.Function{function("keys/get")}, one)
	deny("it needs [GET /v1/keys/{id} HEAD /v1/keys/{id}]", here, []template.Function{function("keys/get", append(both, "GET /v1/more")...)}, one)
	deny("it needs [POST /v1/keys/verify]", []string{"keys/verify"}, []template.Function{function("keys/verify", "POST /v1/keys/verify", "HEAD /v1/keys/verify")}, []api.Spec{verify})
	gateways := api.Spec{Name: "check", Method: api.AnyMethod, Path: "/v1/check/{arx_id}"}
	deny("it needs [ANY /v1/check/{arx_id} ANY /v1/check/{arx_id}/{path+}]", []string{"check"}, []template.Function{function("check", "ANY /v1/check/{arx_id}")}, []api.Spec{gateways})
	complains(t, wrongFunctions([]string{"check"}, []template.Function{function("check", "ANY /v1/check/{arx_id}/{path+}", "ANY /v1/check/{arx_id}")}, []api.Spec{gateways}))
	deny("serves no operation", here, []template.Function{function("keys/get", both...)}, nil)
	complains(t, wrongFunctions(here, []template.Function{function("keys/got", both...)}, one), "CodeUri build/functions/keys/got", "0 resources", "serves no operation")
	complains(t, wrongFunctions(nil, nil, one), "no functions/keys/get/main.go")

	complains(t, wrongFunctions(here, []template.Function{function("keys/get", both...)}, one))

	all := []string{"keys/get", "keys/verify", fallback}
	behind := func(routes ...string) []template.Function {
		return []template.Function{function("keys/get", both...), function("keys/verify", "POST /v1/keys/verify"), function(fallback, routes...)}
	}
	deny("it needs [ANY /v1/{proxy+} GET /v1/keys/verify HEAD /v1/keys/verify]", all, behind("ANY /v1/{proxy+}"), []api.Spec{get, verify})
	complains(t, wrongFunctions(all, behind("ANY /v1/{proxy+}", "HEAD /v1/keys/verify", "GET /v1/keys/verify"), []api.Spec{get, verify}))

	claims := function("cognito/claims")
	deny("the triggers []", []string{"cognito/claims"}, []template.Function{claims}, nil)
	claims.Triggers = []string{"PreTokenGeneration V2_0"}
	complains(t, wrongFunctions([]string{"cognito/claims"}, []template.Function{claims}, nil))
	claims.Schedules = []template.Schedule{{Expression: "rate(1 minute)"}}
	deny("1 schedules", []string{"cognito/claims"}, []template.Function{claims}, nil)
	triggered := function("keys/get", both...)
	triggered.Triggers = []string{"PreTokenGeneration V2_0"}
	deny("must be in functions/cognito", here, []template.Function{triggered}, one)

	job := function("jobs/expiry")
	deny("0 schedules", []string{"jobs/expiry"}, []template.Function{job}, nil)
	job.Schedules = []template.Schedule{{Expression: "rate(1 minute)"}}
	complains(t, wrongFunctions([]string{"jobs/expiry"}, []template.Function{job}, nil))
	called := function("jobs/expiry", "POST /v1/expiry")
	called.Schedules = job.Schedules
	deny("one schedule and no route", []string{"jobs/expiry"}, []template.Function{called}, nil)
}

func TestPolicyThatIsWiderIsFound(t *testing.T) {
	check := func(folder, action string, kinds []string, edit func(*template.Statement), why ...string) {
		t.Helper()
		s := template.Statement{
			Effect: "Allow", Actions: []string{action}, Resources: []string{tableARN}, LeadingKeys: kinds,
			Conditions: []string{"ForAllValues:StringLike dynamodb:LeadingKeys"},
		}
		if edit != nil {
			edit(&s)
		}
		complains(t, wrongPolicies([]template.Function{{LogicalID: "It", CodeURI: "build/functions/" + folder, Policies: []template.Statement{s}}}), why...)
	}
	rec := []string{"rec#*"}
	check("keys/get", "*", rec, nil, "* must not be allowed to functions")
	check("keys/get", "dynamodb:*", rec, nil, "dynamodb:* must not be allowed to functions")
	check("keys/get", "dynamodb:Scan", rec, nil, "dynamodb:Scan must not be allowed to functions")
	check("keys/get", "s3:GetObject", rec, nil, "s3:GetObject must not be allowed to functions")
	check("keys/get", "dynamodb:GetItem", []string{"*"}, nil, "* is not a kind")
	check("keys/get", "dynamodb:GetItem", []string{"rec*"}, nil, "rec* is not a kind")
	check("keys/get", "dynamodb:GetItem", nil, nil, "the conditions are")
	check("keys/get", "dynamodb:GetItem", rec, func(s *template.Statement) { s.Conditions = nil }, "the conditions are")
	check("keys/get", "dynamodb:GetItem", rec, func(s *template.Statement) { s.Conditions = append(s.Conditions, "Bool aws:SecureTransport") }, "the conditions are")
	check("keys/get", "dynamodb:GetItem", rec, func(s *template.Statement) { s.Resources = []string{"*"} }, "the resources are [*]")
	check("keys/get", "dynamodb:GetItem", rec, func(s *template.Statement) { s.Resources = []string{tableARN + "/index/*"} }, "the resources are")
	check("keys/get", "dynamodb:GetItem", rec, func(s *template.Statement) { s.Effect = "Deny" }, "the effect is Deny")
	check("keys/verify", "dynamodb:GetItem", rec, nil, "keys/verify may not dynamodb:GetItem rec#*")
	check("keys/verify", "dynamodb:UpdateItem", []string{"cred#*"}, nil, "keys/verify may not dynamodb:UpdateItem cred#*")
	check("keys/verify", "dynamodb:PutItem", []string{"use#*"}, nil, "keys/verify may not dynamodb:PutItem use#*")
	check("check", "dynamodb:GetItem", rec, nil, "check may not dynamodb:GetItem rec#*")
	check("openapi", "dynamodb:GetItem", []string{"mgk#*"}, nil, "openapi may not")
	check("fallback", "dynamodb:GetItem", []string{"mgk#*"}, nil, "fallback may not")
	check("authorizers/apikey", "dynamodb:BatchGetItem", []string{"mgk#*", "cred#*"}, nil, "authorizers/apikey may not dynamodb:BatchGetItem mgk#*")

	index := func(s *template.Statement) { s.Resources = []string{indexARN} }
	expiry := []string{"expiry#*"}
	check("keys/list", "dynamodb:Query", rec, index, "the resources are")
	check("jobs/expiry", "dynamodb:Query", rec, func(s *template.Statement) { s.Resources = []string{tableARN + "/index/*"} }, "the resources are")
	check("jobs/expiry", "dynamodb:Query", rec, func(s *template.Statement) { s.Resources = []string{tableARN, indexARN} }, "the resources are")
	check("jobs/expiry", "dynamodb:Query", expiry, nil, "expiry#* is not a kind")
	check("jobs/expiry", "dynamodb:Query", rec, index, "rec#* is not a kind")
	check("jobs/expiry", "dynamodb:Query", []string{"key-purge#*"}, index, "key-purge#* is not a kind")
	check("jobs/expiry", "dynamodb:GetItem", expiry, index, "dynamodb:GetItem must not be allowed to functions")
	check("jobs/expiry", "dynamodb:Query", expiry, index)

	check("keys/get", "dynamodb:UpdateItem", []string{"meta#*"}, nil, "keys/get may not dynamodb:UpdateItem meta#*")
	check("arxes/create", "dynamodb:PutItem", []string{"meta#*"}, nil, "arxes/create may not dynamodb:PutItem meta#*")

	check("arxes/create", "dynamodb:UpdateItem", []string{"meta#*", "use#*"}, nil)
	check("keys/get", "dynamodb:GetItem", []string{"meta#*", "rec#*", "cred#*", "mgk#*"}, nil)
	check("keys/verify", "dynamodb:BatchGetItem", []string{"mgk#*", "cred#*", "gate#*"}, nil)
	check("keys/verify", "dynamodb:UpdateItem", []string{"lim#*", "use#*"}, nil)
}

func TestOperationThatCannotAuthenticateIsFound(t *testing.T) {
	get := []api.Spec{{Name: "keys.get", Permission: api.ManageKeys}}
	f := template.Function{LogicalID: "It", CodeURI: "build/functions/keys/get"}
	complains(t, deaf([]template.Function{f}, get), "mgk#*", "use#*")
	f.Policies = []template.Statement{{Actions: []string{"dynamodb:GetItem"}, LeadingKeys: []string{"mgk#*", "rec#*"}}}
	complains(t, deaf([]template.Function{f}, get), "use#*")
	f.Policies = append(f.Policies, template.Statement{Actions: []string{"dynamodb:UpdateItem"}, LeadingKeys: []string{"use#*"}})
	complains(t, deaf([]template.Function{f}, get))
	complains(t, deaf([]template.Function{{CodeURI: "build/functions/openapi"}}, []api.Spec{{Name: "openapi", Permission: api.Public}}))
}

func TestRouteWithAnotherAuthorizerIsFound(t *testing.T) {
	operations := []api.Spec{{Name: "whoami", Method: "GET", Path: "/v1/whoami", Permission: api.HoldKey}, {Name: "me", Method: "GET", Path: "/v1/me", Permission: api.ReadSelf}}
	small := func(whoami, me string, a template.Authorizer) *template.Template {
		a.Name, a.Function = "AccessKey", "Ask"
		return &template.Template{Authorizers: []template.Authorizer{a}, Functions: []template.Function{
			{LogicalID: "Whoami", Routes: []template.Route{{Method: "GET", Path: "/v1/whoami", Authorizer: whoami}}},
			{LogicalID: "Me", Routes: []template.Route{{Method: "GET", Path: "/v1/me", Authorizer: me}}},
			{LogicalID: "Ask", CodeURI: "build/functions/authorizers/apikey"},
		}}
	}
	simple := template.Authorizer{PayloadVersion: "2.0", Simple: true}
	complains(t, wrongAuthorizers(small("AccessKey", "", simple), operations))
	complains(t, wrongAuthorizers(small("", "", simple), operations), "Whoami has no authorizer")
	complains(t, wrongAuthorizers(small("AccessKey", "AccessKey", simple), operations), "Me has the authorizer")
	kept := simple
	kept.TTL = time.Second
	complains(t, wrongAuthorizers(small("AccessKey", "", kept), operations), "cached for 1s")
	complains(t, wrongAuthorizers(small("AccessKey", "", template.Authorizer{PayloadVersion: "1.0"}), operations), "payload 1.0")
	called := template.Function{LogicalID: "It", CodeURI: "build/functions/authorizers/apikey", Routes: []template.Route{{Method: "GET", Path: "/"}}}
	complains(t, wrongFunctions([]string{"authorizers/apikey"}, []template.Function{called}, nil), "no routes and no schedules")
}

func TestFunctionWithItsOwnEnvironmentIsFound(t *testing.T) {
	own := template.Function{LogicalID: "It", CodeURI: "build/functions/keys/get", Environment: map[string]string{"TABLE_NAME": "arxkeys", "ROLE": "admin"}}
	complains(t, wrongEnvironment([]template.Function{own}), "[ROLE TABLE_NAME]")
}
