package main

import (
	"bytes"
	"context"
	_ "embed"
	"path"
	"slices"
	"strings"

	"github.com/arxkeys/arxkeys/console/site/trim"
)

// goApp is the module that draws the console. Its package holds a server too, which a browser has
// no use for and which alone brings net/http, crypto/tls and text/template: a quarter of what a
// browser would fetch.
const goApp = "github.com/maxence-charriere/go-app/v9"

// serverFiles are the server, in the module's pkg/app; withoutServer declares what the rest of the
// package still names of it.
var serverFiles = []string{"http.go", "resource.go"}

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

// standIn takes the place of regexp, which pkg/app imports for its routes alone and which brings all
// tables of Unicode.
//
//go:embed standin/regexp/regexp.go
var standIn []byte

// trimmed makes a copy of go-app without its server and without regexp, and returns the go.mod to build with.
func (t toolchain) trimmed(ctx context.Context) (modfile string, err error) {
	return trim.Module(ctx, t.module, goApp, withoutServerOrRegexp, map[string]string{
		"standin/regexp/regexp.go": string(standIn), "pkg/app/withoutserver.go": withoutServer,
	})
}

func withoutServerOrRegexp(name string, content []byte) ([]byte, error) {
	switch dir, file := path.Split(name); {
	case strings.HasPrefix(name, "docs/"), strings.Contains(name, "/gen/"): // programs of its own
		return nil, nil
	case dir != "pkg/app/":
		return content, nil
	case slices.Contains(serverFiles, file):
		return nil, nil
	}
	return bytes.ReplaceAll(content, []byte(`"regexp"`), []byte(`"`+goApp+`/standin/regexp"`)), nil
}
