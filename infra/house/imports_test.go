package house

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// floor is one line of the import table.
type floor struct {
	room    string   // a folder, and all below it that no longer line names
	may     []string // folders of this house that it may import; with /... all below them too
	outside []string // what it may import of other people's modules, by how the paths begin
	pure    bool     // rules only: nothing that reaches out of the program
}

// The rooms that make up a room of the table.
var (
	wire  = []string{"shared/api", "shared/problem", "shared/accesskey"}
	rules = []string{
		"shared/api", "shared/problem", "shared/accesskey", "shared/auth", "shared/ids", "shared/lifecycle", "shared/names",
		"shared/audit", "shared/applications", "shared/arxes", "shared/keys", "shared/managementkeys", "shared/usage",
	}
)

const aws = "github.com/aws/"

// floors is the import table of this house, from the ground up. Imports run one way:
// console → client, accesskey → api ← nouns ← store ← functions → lambdahttp → api, auth.
var floors = []floor{
	{room: "shared/problem", pure: true},
	{room: "shared/accesskey", pure: true},
	{room: "shared/api", may: []string{"shared/problem"}, pure: true},
	{room: "shared/api/openapi", may: []string{"shared/api", "shared/auth", "shared/problem"}, outside: []string{"github.com/swaggest/"}},
	{room: "shared/auth", may: wire, pure: true},
	{room: "shared/auth/oidc", may: and(wire, "shared/auth"), outside: []string{"github.com/go-jose/", "golang.org/x/sync/"}},

	{room: "shared/ids", may: wire, pure: true},
	{room: "shared/lifecycle", may: and(wire, "shared/auth"), pure: true},
	{room: "shared/names", outside: []string{"golang.org/x/text/"}, pure: true},
	{room: "shared/audit", may: rules, pure: true},
	{room: "shared/applications", may: rules, pure: true},
	{room: "shared/arxes", may: rules, pure: true},
	{room: "shared/keys", may: rules, pure: true},
	{room: "shared/managementkeys", may: rules, pure: true},
	{room: "shared/usage", may: rules, pure: true},

	{room: "shared/store/table", may: wire, outside: []string{aws}},
	// The tests' kit is no part of what is deployed: it takes engine and table from where the laptop does.
	{room: "shared/store/storetest", may: and(rules, "shared/store/...", "infra/template", "infra/local/engine"), outside: []string{aws}},
	{room: "shared/store", may: and(rules, "shared/store/..."), outside: []string{"golang.org/x/sync/"}},
	// Who presents a credential is found out from both kinds: tokens, and the table's management keys.
	{room: "shared/store/callerstore", may: and(rules, "shared/store/table", "shared/auth/oidc", "shared/after")},
	{room: "shared/verification", may: and(rules, "shared/store/...", "shared/after")},
	// What is put off until an answer is given says whoever does it, and does whoever serves.
	{room: "shared/after", pure: true},
	{room: "shared/lambdaenvironment", may: []string{"shared/after"}, outside: []string{aws + "aws-lambda-go/"}},
	{room: "shared/lambdahttp", may: and(wire, "shared/auth", "shared/after", "shared/lambdaenvironment"), outside: []string{aws + "aws-lambda-go/", "github.com/go-json-experiment/json"}},
	{room: "shared/lambdaauthorizer", may: []string{"shared/after", "shared/lambdaenvironment"}, outside: []string{aws + "aws-lambda-go/", "github.com/go-json-experiment/json"}},
	{room: "shared/lambdajob", outside: []string{aws + "aws-lambda-go/"}},
	{room: "functions", may: and(rules, "shared/store/...", "shared/verification", "shared/lambdahttp", "shared/lambdajob", "shared/lambdaenvironment"), outside: []string{"golang.org/x/sync/"}},
	// Its settings are JSON that must not have a name twice.
	{room: "functions/authorizers", may: and(rules, "shared/store/...", "shared/verification", "shared/lambdaauthorizer", "shared/lambdaenvironment"), outside: []string{"github.com/go-json-experiment/json"}},

	{room: "shared/client", may: wire},
	{room: "console", may: and(wire, "shared/client", "console/..."), outside: []string{"github.com/maxence-charriere/go-app/"}},
	// What the console is built with, and functions, is less than the modules have.
	{room: "console/site", may: []string{"infra/trim"}, outside: []string{"github.com/andybalholm/brotli", "golang.org/x/sync/"}},

	{room: "infra/trim"},
	{room: "infra/sdk", may: []string{"infra/trim"}},
	{room: "infra/sdk/testdata", outside: []string{aws}},
	{room: "infra/template", outside: []string{"go.yaml.in/yaml/"}},
	{room: "infra/local", may: and(wire, "shared/client", "infra/template", "infra/local/..."),
		outside: []string{aws, "github.com/zitadel/oidc/", "github.com/go-jose/", "golang.org/x/"}},
	// The engine is spoken to as functions speak to DynamoDB.
	{room: "infra/local/engine", may: []string{"shared/store/table", "infra/template", "infra/local/process"}, outside: []string{aws}},
	{room: "infra/events", may: and(wire, "infra/template", "infra/local/...", "infra/events/..."), outside: []string{aws + "aws-lambda-go/"}},
	// What is stored is read as the stores wrote it, or else it would be held against a copy of them.
	{room: "infra/local/check", may: and(rules, "shared/store/..."), outside: []string{aws}},
	{room: "infra/house"},
	{room: "infra/e2e", may: and(wire, "shared/auth", "shared/client", "infra/template", "infra/local/...", "infra/events/...", "infra/e2e/..."),
		outside: []string{"github.com/rogpeppe/go-internal/"}},
}

func and(rooms []string, more ...string) []string { return slices.Concat(rooms, more) }

// within reports whether the path is the folder, or lies below it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
}

// floorOf returns the longest line of the table that names the room.
func floorOf(table []floor, room string) (best floor, found bool) {
	for _, f := range table {
		if within(room, f.room) && len(f.room) > len(best.room) {
			best, found = f, true
		}
	}
	return best, found
}

// wrongImports holds packages against the table.
func wrongImports(table []floor, packages []pkg) (complaints []string) {
	for _, p := range packages {
		room := p.room()
		if room == "" {
			continue
		}
		f, ok := floorOf(table, room)
		if !ok {
			complaints = append(complaints, fmt.Sprintf("%s is in no line of the import table: give it one, or find the room that it belongs to", room))
			continue
		}
		for _, imported := range p.Imports {
			if why := f.refuses(imported); why != "" {
				complaints = append(complaints, fmt.Sprintf("%s imports %s, %s", room, strings.TrimPrefix(imported, module), why))
			}
		}
	}
	return complaints
}

// refuses says why the floor does not take the import; nothing where it does.
func (f floor) refuses(imported string) string {
	own, ours := strings.CutPrefix(imported, module)
	switch {
	case ours && slices.ContainsFunc(f.may, func(m string) bool {
		return own == m || strings.HasSuffix(m, "/...") && within(own, strings.TrimSuffix(m, "/..."))
	}):
	case ours:
		return "which the import table does not allow"
	case !strings.Contains(strings.Split(imported, "/")[0], "."): // the standard library
		if f.pure && slices.Contains(reachingOut, imported) {
			return "and its floor holds rules, without input and output"
		}
	case !slices.ContainsFunc(f.outside, func(o string) bool { return strings.HasPrefix(imported, o) }):
		return "a module that the import table does not allow there"
	}
	return ""
}

// reachingOut are the packages of the standard library that no rule needs. (embed is for files, and
// log writes; log/slog is how a secret says that it redacts itself.)
var reachingOut = []string{"os", "os/exec", "net", "net/http", "io/fs", "io/ioutil", "path/filepath", "syscall", "database/sql", "embed", "log"}

func TestImportsRunOneWay(t *testing.T) {
	holds(t, wrongImports(floors, onHost(t)))
	holds(t, wrongImports(floors, inBrowser(t)))
}

func TestImportsThatRunTheOtherWayAreFound(t *testing.T) {
	one := func(room string, imports ...string) []pkg {
		for i, name := range imports {
			if within(name, "shared") || within(name, "functions") || within(name, "console") || within(name, "infra") {
				imports[i] = module + name
			}
		}
		return []pkg{{ImportPath: module + room, Imports: imports}}
	}
	deny := func(room, imported string) {
		t.Helper()
		complains(t, wrongImports(floors, one(room, imported)), imported)
	}
	allow := func(room string, imports ...string) {
		t.Helper()
		complains(t, wrongImports(floors, one(room, imports...)))
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
	deny("shared/store/keystore", "shared/lambdahttp")
	deny("shared/store/keystore", "shared/auth/oidc")
	deny("shared/store/callerstore", "shared/store/managementkeystore")
	deny("shared/store/table", "shared/keys")
	deny("shared/store/keystore", "infra/local/engine")
	deny("shared/store/storetest", "infra/local/stack")
	deny("functions/keys/create", "infra/template")
	deny("shared/lambdahttp", "shared/store/table")
	deny("shared/client", "shared/auth")
	deny("functions/keys/create", "functions/keys/get")
	deny("functions/keys/create", "shared/client")
	deny("functions/openapi", "shared/api/openapi")
	deny("functions/authorizers/apikey", "shared/lambdahttp")
	deny("shared/lambdaauthorizer", "shared/api")
	deny("console/pages/keys", "shared/store/keystore")
	deny("console/pages/keys", "shared/keys")
	deny("console/app", aws+"aws-lambda-go/lambda")
	deny("infra/local/gateway", "shared/store/table")
	deny("infra/e2e", "shared/keys")
	complains(t, wrongImports(floors, one("shared/helpers")), "no line")

	allow("shared/api", "shared/problem", "net/url", "net/netip", "time")
	allow("shared/keys", "shared/applications", "shared/api", "shared/auth")
	allow("shared/store/managementkeystore", "shared/store/table", "shared/auth")
	allow("shared/store/storetest", "infra/local/engine", "infra/template", "shared/store/table")
	allow("functions/keys/create", "shared/store/keystore", "shared/lambdahttp", "shared/keys", "os")
	allow("console/pages/keys", "console/ui", "shared/client", "shared/accesskey", "github.com/maxence-charriere/go-app/v9/pkg/app")
	allow("shared/store/callerstore", "shared/auth/oidc")
	allow("infra/local/signin", "github.com/zitadel/oidc/v3/pkg/op", "net/http")
}
