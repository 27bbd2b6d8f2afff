package architecture

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// layer is a row of the import table.
type layer struct {
	folder  string   // a folder, and its subfolders without a row of their own
	may     []string // folders of this repository that it may import; /... includes subfolders
	outside []string // prefixes of third-party packages that it may import
	pure    bool     // rules only: no packages that do I/O
}

// Groups of folders, for use in the table.
var (
	wire  = []string{"shared/api", "shared/problem", "shared/accesskey"}
	rules = []string{
		"shared/api", "shared/problem", "shared/accesskey", "shared/auth", "shared/ids", "shared/lifecycle", "shared/names",
		"shared/audit", "shared/applications", "shared/arxes", "shared/keys", "shared/managementkeys", "shared/usage",
	}
)

const (
	aws   = "github.com/aws/"
	goApp = "github.com/maxence-charriere/go-app/"
)

// serving are the folders that functions for operations and schedules may import.
var serving = and(rules, "shared/store/...", "shared/verification", "shared/lambda/http", "shared/lambda/job", "shared/lambda/environment")

// layers is the import table of this repository, from the bottom up. Imports go one way:
// console → client, accesskey → api ← nouns ← store ← functions → lambdahttp → api, auth.
var layers = []layer{
	{folder: "shared/problem", pure: true},
	{folder: "shared/accesskey", pure: true},
	{folder: "shared/character", pure: true},
	{folder: "shared/api", may: []string{"shared/problem", "shared/accesskey", "shared/character"}, pure: true},
	{folder: "shared/api/openapi", may: []string{"shared/api", "shared/auth", "shared/problem"}},
	{folder: "shared/auth", may: and(wire, "shared/ids"), pure: true},
	{folder: "shared/auth/oidc", may: and(wire, "shared/auth", "shared/lambda/log"), outside: []string{"github.com/go-jose/", "golang.org/x/sync/"}},

	{folder: "shared/ids", may: wire, pure: true},
	{folder: "shared/lifecycle", may: and(wire, "shared/auth", "shared/audit"), pure: true},
	{folder: "shared/names", may: []string{"shared/character"}, outside: []string{"golang.org/x/text/"}, pure: true},
	{folder: "shared/audit", may: rules, pure: true},
	{folder: "shared/applications", may: rules, pure: true},
	{folder: "shared/arxes", may: rules, pure: true},
	{folder: "shared/keys", may: rules, pure: true},
	{folder: "shared/managementkeys", may: rules, pure: true},
	{folder: "shared/usage", may: rules, pure: true},

	{folder: "shared/store/table", may: and(wire, "shared/lambda/log"), outside: []string{aws}},
	// The test helpers are not deployed: they use the same engine and template packages as infra/local.
	{folder: "shared/store/storetest", may: and(rules, "shared/store/...", "infra/template", "infra/local/engine"), outside: []string{aws}},
	{folder: "shared/store", may: and(rules, "shared/store/...", "shared/lambda/log"), outside: []string{"golang.org/x/sync/"}},
	// Callers have one of two credentials: an access token, or a management key, which is in the table.
	{folder: "shared/store/callerstore", may: and(rules, "shared/store/table", "shared/auth/oidc", "shared/lambda/after")},
	{folder: "shared/verification", may: and(rules, "shared/store/...", "shared/lambda/after")},
	// Stores and verification add work for after the response; lambdahttp and the authorizer run it.
	{folder: "shared/lambda/after", may: []string{"shared/lambda/log"}},
	{folder: "shared/lambda/log", may: []string{"shared/accesskey"}},
	{folder: "shared/lambda/metrics", may: []string{"shared/lambda/log"}},
	{folder: "shared/lambda/edge", may: []string{"shared/lambda/log"}},
	{folder: "shared/lambda/environment", may: []string{"shared/lambda/after", "shared/lambda/log"}, outside: []string{aws + "aws-lambda-go/"}},
	{folder: "shared/lambda/http", may: and(wire, "shared/auth", "shared/lambda/after", "shared/lambda/edge", "shared/lambda/environment", "shared/lambda/log", "shared/lambda/metrics"), outside: []string{aws + "aws-lambda-go/", "github.com/go-json-experiment/json"}},
	{folder: "shared/lambda/authorizer", may: []string{"shared/problem", "shared/lambda/after", "shared/lambda/edge", "shared/lambda/environment", "shared/lambda/log", "shared/lambda/metrics"}, outside: []string{aws + "aws-lambda-go/", "github.com/go-json-experiment/json"}},
	{folder: "shared/lambda/job", may: []string{"shared/problem", "shared/lambda/log", "shared/lambda/metrics"}, outside: []string{aws + "aws-lambda-go/"}},
	{folder: "functions", may: serving, outside: []string{"golang.org/x/sync/"}},
	{folder: "functions/cognito", may: []string{"shared/auth", "shared/lambda/log"}, outside: []string{aws + "aws-lambda-go/"}},
	{folder: "functions/applications", may: and(serving, "functions/internal/catalog", "functions/applications/internal/...")},
	{folder: "functions/arxes", may: and(serving, "functions/internal/catalog", "functions/arxes/internal/...")},
	{folder: "functions/keys", may: and(serving, "functions/keys/internal/...", "functions/internal/verifying"), outside: []string{"golang.org/x/sync/"}},
	{folder: "functions/check", may: and(serving, "functions/internal/verifying")},
	{folder: "functions/jobs/purge", may: and(serving, "shared/lambda/edge", "shared/lambda/metrics")}, // for the age of the edge's secret
	// json v2, which refuses duplicate names in REQUIRED_SCOPES.
	{folder: "functions/authorizers", may: and(rules, "shared/store/...", "shared/verification", "shared/lambda/authorizer", "shared/lambda/environment", "shared/lambda/log"), outside: []string{"github.com/go-json-experiment/json"}},

	{folder: "shared/client", may: and(wire, "shared/client/jsvalue")},
	{folder: "shared/client/jsvalue", pure: true},
	// Components do not know the domain, except for problem, whose errors they show.
	{folder: "console/ui", may: []string{"shared/problem"}, outside: []string{goApp}},
	{folder: "console/snippet", pure: true},
	{folder: "console/session", may: and(wire, "shared/client", "shared/client/jsvalue")},
	{folder: "console/shell", may: []string{"shared/api", "shared/problem", "console/ui", "console/session"}, outside: []string{goApp}},
	{folder: "console/pages", may: and(wire, "shared/client", "console/ui", "console/shell", "console/snippet", "console/pages/..."), outside: []string{goApp}},
	{folder: "console/zone"},
	{folder: "console/app", may: []string{"console/zone", "console/ui", "console/session", "console/shell", "console/pages/...", "shared/api"}, outside: []string{goApp}},
	{folder: "console/hosting"},
	// The builder uses trim to leave out parts of modules.
	{folder: "console/site", may: []string{"console/site/trim", "console/hosting", "shared/api", "shared/api/openapi"}, outside: []string{"github.com/andybalholm/brotli", "golang.org/x/sync/"}},

	{folder: "console/site/trim"},
	{folder: "infra/template", outside: []string{"go.yaml.in/yaml/"}},
	{folder: "infra/local", may: and(wire, "shared/client", "infra/template", "infra/local/..."),
		outside: []string{aws, "github.com/zitadel/oidc/", "github.com/go-jose/", "golang.org/x/"}},
	{folder: "infra/local/edge", may: []string{"console/hosting"}},
	{folder: "infra/local/contract", outside: []string{"github.com/santhosh-tekuri/jsonschema/"}},
	{folder: "infra/local/watch", outside: []string{"github.com/fsnotify/fsnotify"}},
	// It uses the same DynamoDB client as functions.
	{folder: "infra/local/engine", may: []string{"shared/store/table", "infra/template", "infra/local/loopback", "infra/local/private", "infra/local/process"}, outside: []string{aws, "golang.org/x/sys/"}},
	{folder: "infra/events", may: and(wire, "infra/template", "infra/local/...", "infra/events/..."), outside: []string{aws + "aws-lambda-go/"}},
	// The checker decodes items with the stores' own code, instead of a copy of it.
	{folder: "infra/local/check", may: and(rules, "shared/store/..."), outside: []string{aws}},
	// A restore writes records as the stores do, and ends with the checker.
	{folder: "infra/local/restore", may: and(rules, "shared/store/...", "infra/local/check"), outside: []string{aws}},
	// What is filled in is written as the stores write it.
	{folder: "infra/local/fill", may: and(rules, "shared/store/...", "infra/template", "infra/local/engine", "infra/local/private"), outside: []string{aws, "golang.org/x/sync/"}},
	// It deploys with the SDK's clients of more services than functions may link.
	// It deletes the management keys of people as the API does, with the stores' own code.
	{folder: "infra/deploy", may: and(rules, "shared/store/...", "console/hosting", "infra/template", "infra/local/process"), outside: []string{aws, "go.yaml.in/yaml/", "golang.org/x/sync/"}},
	{folder: "infra/sam", may: []string{"shared/api", "infra/template", "infra/local/engine", "infra/local/process", "infra/events/examples"}},
	{folder: "infra/edge", may: []string{"infra/template", "console/hosting"}},
	// What users copy, and the command that starts it.
	{folder: "infra/examples", may: and(wire, "shared/client", "infra/template", "infra/local/..."), outside: []string{aws + "aws-lambda-go/"}},
	{folder: "infra/samples", may: and(wire, "shared/client")},
	{folder: "infra/architecture"},
	{folder: "infra/gateways"},
	{folder: "infra/release"},
	{folder: "infra/capacity", pure: true},
	{folder: "infra/e2e", may: and(wire, "shared/auth", "shared/client", "infra/template", "infra/local/...", "infra/events/...", "infra/e2e/..."),
		outside: []string{"github.com/rogpeppe/go-internal/"}},
}

func and(folders []string, more ...string) []string { return slices.Concat(folders, more) }

// within reports whether the path is the folder or in it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
}

// layerOf returns the most specific row of the table for the folder.
func layerOf(table []layer, folder string) (best layer, found bool) {
	for _, f := range table {
		if within(folder, f.folder) && len(f.folder) > len(best.folder) {
			best, found = f, true
		}
	}
	return best, found
}

// wrongImports checks the imports of packages against the table.
func wrongImports(table []layer, packages []pkg) (complaints []string) {
	for _, p := range packages {
		folder := p.folder()
		if folder == "" {
			continue
		}
		f, ok := layerOf(table, folder)
		if !ok {
			complaints = append(complaints, fmt.Sprintf("%s has no row in the import table: add one, or move it to the folder that it belongs to", folder))
			continue
		}
		for _, imported := range p.Imports {
			if why := f.refuses(imported); why != "" {
				complaints = append(complaints, fmt.Sprintf("%s imports %s, %s", folder, strings.TrimPrefix(imported, module), why))
			}
		}
	}
	return complaints
}

// refuses returns why the layer must not import the package; it is empty if it may.
func (f layer) refuses(imported string) string {
	own, ours := strings.CutPrefix(imported, module)
	switch {
	case ours && slices.ContainsFunc(f.may, func(m string) bool {
		return own == m || strings.HasSuffix(m, "/...") && within(own, strings.TrimSuffix(m, "/..."))
	}):
	case ours:
		return "which the import table does not allow"
	case !strings.Contains(strings.Split(imported, "/")[0], "."): // the standard library
		if f.pure && slices.Contains(reachingOut, imported) {
			return "and its layer must not do I/O"
		}
	case !slices.ContainsFunc(f.outside, func(o string) bool { return strings.HasPrefix(imported, o) }):
		return "a module that the import table does not allow there"
	}
	return ""
}

// reachingOut are the packages of the standard library that do I/O, which no rule needs. (log/slog is allowed: secrets
// implement its LogValuer to redact themselves. So is embed: what it embeds is part of the program.)
var reachingOut = []string{"os", "os/exec", "net", "net/http", "io/fs", "io/ioutil", "path/filepath", "syscall", "database/sql", "log"}

func TestImportsGoOneWay(t *testing.T) {
	holds(t, wrongImports(layers, onHost(t)))
	holds(t, wrongImports(layers, inBrowser(t)))
}

func TestImportsInTheWrongDirectionAreFound(t *testing.T) {
	one := func(folder string, imports ...string) []pkg {
		for i, name := range imports {
			if within(name, "shared") || within(name, "functions") || within(name, "console") || within(name, "infra") {
				imports[i] = module + name
			}
		}
		return []pkg{{ImportPath: module + folder, Imports: imports}}
	}
	deny := func(folder, imported string) {
		t.Helper()
		complains(t, wrongImports(layers, one(folder, imported)), imported)
	}
	allow := func(folder string, imports ...string) {
		t.Helper()
		complains(t, wrongImports(layers, one(folder, imports...)))
	}

	deny("shared/api", "shared/auth")
	deny("shared/api", "shared/client")
	deny("shared/api", "net/http")
	deny("shared/api", "github.com/google/uuid")
	deny("shared/auth", "shared/auth/oidc")
	deny("shared/keys", "shared/store/keystore")
	deny("shared/keys", "os")
	deny("shared/keys", aws+"aws-sdk-go-v2/aws")
	deny("shared/store/keystore", aws+"aws-sdk-go-v2/service/dynamodb")
	deny("shared/store/keystore", "shared/lambda/http")
	deny("shared/store/keystore", "shared/auth/oidc")
	deny("shared/store/callerstore", "shared/store/managementkeystore")
	deny("shared/store/table", "shared/keys")
	deny("shared/store/keystore", "infra/local/engine")
	deny("shared/store/storetest", "infra/local/stack")
	deny("functions/keys/create", "infra/template")
	deny("shared/lambda/http", "shared/store/table")
	deny("shared/client", "shared/auth")
	deny("functions/keys/create", "functions/keys/get")
	deny("functions/keys/disable", "functions/applications/internal/change")
	deny("functions/keys/create", "shared/client")
	deny("functions/openapi", "shared/api/openapi")
	deny("functions/authorizers/apikey", "shared/lambda/http")
	deny("shared/lambda/authorizer", "shared/api")
	deny("console/pages/keys", "shared/store/keystore")
	deny("console/pages/keys", "shared/keys")
	deny("console/app", aws+"aws-lambda-go/lambda")
	deny("console/ui", "shared/api")
	deny("console/ui", "shared/client")
	deny("console/ui", "shared/accesskey")
	deny("console/ui", "console/session")
	deny("console/ui", "console/shell")
	deny("console/shell", "console/pages/keys")
	deny("console/pages/keys", "console/session")
	deny("console/session", "console/ui")
	deny("infra/local/gateway", "shared/store/table")
	deny("infra/e2e", "shared/keys")
	complains(t, wrongImports(layers, one("shared/helpers")), "no row")

	allow("shared/api", "shared/problem", "net/url", "net/netip", "time")
	allow("shared/keys", "shared/applications", "shared/api", "shared/auth")
	allow("shared/store/managementkeystore", "shared/store/table", "shared/auth")
	allow("shared/store/storetest", "infra/local/engine", "infra/template", "shared/store/table")
	allow("functions/keys/disable", "functions/keys/internal/change")
	allow("functions/keys/create", "shared/store/keystore", "shared/lambda/http", "shared/keys", "os")
	allow("console/ui", "shared/problem", "github.com/maxence-charriere/go-app/v9/pkg/app")
	allow("console/shell", "console/ui", "console/session", "shared/api")
	allow("console/pages/keys", "console/ui", "console/shell", "console/pages/arxes", "shared/client", "shared/accesskey", "github.com/maxence-charriere/go-app/v9/pkg/app")
	allow("shared/store/callerstore", "shared/auth/oidc")
	allow("infra/local/signin", "github.com/zitadel/oidc/v3/pkg/op", "net/http")
}

// otherServices finds packages that functions link for other services of AWS than DynamoDB. The clients of other services
// are for the deployment only; functions have no permission to use them, and start more slowly with them.
func otherServices(packages []pkg) (complaints []string) {
	const services = aws + "aws-sdk-go-v2/service/"
	for _, p := range packages {
		service, is := strings.CutPrefix(p.ImportPath, services)
		if is && !within(service, "dynamodb") && !within(service, "internal") {
			complaints = append(complaints, fmt.Sprintf("functions link %s: they may use DynamoDB only", p.ImportPath))
		}
	}
	return complaints
}

func TestFunctionsUseDynamoDBOnly(t *testing.T) {
	packages := list(t, "linux", "arm64", "-deps", "./functions/...")
	if !slices.ContainsFunc(packages, func(p pkg) bool { return p.ImportPath == aws+"aws-sdk-go-v2/service/dynamodb" }) {
		t.Error("DynamoDB is not among what functions link")
	}
	holds(t, otherServices(packages))
	complains(t, otherServices([]pkg{{ImportPath: aws + "aws-sdk-go-v2/service/cognitoidentityprovider/types"}}), "service/cognitoidentityprovider/types")
	complains(t, otherServices([]pkg{{ImportPath: aws + "aws-sdk-go-v2/service/dynamodb/types"}, {ImportPath: "net/http"}}))
}
