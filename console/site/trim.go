package main

import (
	"context"
	_ "embed"

	"github.com/arxkeys/arxkeys/console/site/trim"
)

// goApp is the module that draws the console. Its package holds a server too, which a browser has
// no use for and which alone brings net/http, crypto/tls and text/template: a quarter of what a
// browser would fetch.
const goApp = "github.com/maxence-charriere/go-app/v9"

// edits leave out what the console does not use. withoutServer declares what the rest of pkg/app still names of the
// server. The stand-in takes the place of regexp, which pkg/app imports for its routes alone; what
// that saves is in infra/docs/performance.md.
//
// When you upgrade go-app, or Go, and the console does not build: if the error says that a file is not there, or does
// not hold a text, go-app has moved it; find where the server and the import of regexp are now, and say so here. If the
// compiler misses a name in pkg/app, the rest of the package uses more of the server than before: declare it in
// withoutServer, or keep the file that declares it. If it misses something of regexp, give the stand-in that method. To
// see whether the console works without all this, put goApp's module cache folder in a replace in go.mod and empty
// edits: only its size changes, and the architecture tests hold that to a budget.
var edits = trim.Edits{
	Drop: []string{
		"docs", "pkg/analytics", "pkg/cache", "pkg/cli", "pkg/logs", "pkg/ui", // packages of their own
		"pkg/app/gen", "pkg/app/http.go", "pkg/app/resource.go", // the server
	},
	Change: []trim.Change{{File: "pkg/app/route.go", Old: `"regexp"`, New: `"` + goApp + `/standin/regexp"`}},
	Add:    map[string]string{"standin/regexp/regexp.go": standIn, "pkg/app/withoutserver.go": withoutServer},
}

const withoutServer = `package app

import "strings"

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
`

//go:embed standin/regexp/regexp.go
var standIn string

// trimmed makes the copy of go-app, and returns the go.mod to build with.
func (t toolchain) trimmed(ctx context.Context) (modfile string, err error) {
	return trim.Module(ctx, t.module, goApp, edits)
}
