package main

import (
	"context"
	_ "embed"

	"github.com/arxkeys/arxkeys/console/site/trim"
)

// goApp is the module that draws the console. Its package also contains a server, which a browser does
// not need. Only the server imports net/http, crypto/tls and text/template, a quarter of the download.
const goApp = "github.com/maxence-charriere/go-app/v9"

// edits remove what the console does not use. withoutServer declares the names of the removed files that the rest of
// pkg/app refers to. One stand-in replaces regexp, which pkg/app imports only for its routes, another google/uuid, of which
// pkg/app wants random ids. [oneElement] makes most elements one type. infra/docs/performance.md has what that saves.
//
// If the console does not build after an upgrade of go-app or Go: When the error says that a file or a text is missing,
// go-app has moved it; find where the server and the import of regexp are now, and update the edits. When elements differ,
// go-app generates them in another way; change oneElement. When the compiler misses a name in pkg/app, the rest of the
// package uses more of the server than before: declare the name in withoutServer, or keep the file that declares it. When it
// misses something of regexp, add it to the stand-in. To check whether the console works without the edits, put goApp's
// module cache folder in a replace in go.mod and empty edits: only the size changes, for which the architecture tests have
// a budget.
var edits = trim.Edits{
	Drop: []string{
		"docs", "pkg/analytics", "pkg/cache", "pkg/cli", "pkg/logs", "pkg/ui", // separate packages
		"pkg/app/gen", "pkg/app/http.go", "pkg/app/resource.go", // the server
		"pkg/app/crypto.go", // encrypts what a page keeps; the console keeps nothing secret
	},
	Change: []trim.Change{
		{File: "pkg/app/route.go", Old: `"regexp"`, New: `"` + goApp + `/standin/regexp"`},
		{File: "pkg/app/context.go", Old: `"github.com/google/uuid"`, New: `"` + goApp + `/standin/uuid"`},
		{File: "pkg/app/state.go", Old: `"github.com/google/uuid"`, New: `"` + goApp + `/standin/uuid"`},
		// With html comes a table of 2,231 names of characters. pkg/app only escapes with it, where it makes pages on a server.
		{File: "pkg/app/text.go", Old: "\t\"html\"\n", New: ""},
		{File: "pkg/app/text.go", Old: "html.EscapeString(", New: "escapeHTML("},
	},
	Rewrite: map[string]func([]byte) ([]byte, error){"pkg/app/html_gen.go": oneElement},
	Add:     map[string]string{"standin/regexp/regexp.go": standInRegexp, "standin/uuid/uuid.go": standInUUID, "pkg/app/withoutserver.go": withoutServer},
}

const withoutServer = `package app

import (
	"errors"
	"strings"
)

type (
	Handler     struct{}
	Environment map[string]string
)

func isRemoteLocation(path string) bool {
	return strings.HasPrefix(path, "https://") || strings.HasPrefix(path, "http://")
}

func isStaticResourcePath(path string) bool {
	return strings.HasPrefix(path, "/web/") || strings.HasPrefix(path, "web/")
}

var errNoEncryption = errors.New("the console is built without encryption")

func encrypt(string, []byte) ([]byte, error) { return nil, errNoEncryption }
func decrypt(string, []byte) ([]byte, error) { return nil, errNoEncryption }

func escapeHTML(text string) string {
	return strings.NewReplacer("&", "&amp;", "'", "&#39;", "<", "&lt;", ">", "&gt;", "\"", "&#34;").Replace(text)
}
`

//go:embed standin/regexp/regexp.go
var standInRegexp string

//go:embed standin/uuid/uuid.go
var standInUUID string

// trimmed makes the copy of go-app, and returns the go.mod to build with.
func (t toolchain) trimmed(ctx context.Context) (modfile string, err error) {
	return trim.Module(ctx, t.module, goApp, edits)
}
