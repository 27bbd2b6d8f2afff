package architecture

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// domainWords are words of the domain that must not appear in identifiers of components. A key may also be a key of the
// keyboard, so it counts only in an exported declaration.
var domainWords = []string{"arx", "arxes", "application", "applications", "tenant", "principal", "permits", "purpose", "environment"}

var (
	afterInitials = regexp.MustCompile(`([A-Z]+)([A-Z][a-z])`)
	afterWord     = regexp.MustCompile(`([a-z0-9])([A-Z])`)
)

// wordsOf returns the words of an identifier, in lower case: api and keys for APIKeys.
func wordsOf(name string) []string {
	name = afterInitials.ReplaceAllString(name, "$1 $2")
	name = afterWord.ReplaceAllString(name, "$1 $2")
	return strings.Fields(strings.ToLower(name))
}

// wrongComponents returns a complaint for each identifier of a component's file that contains a word of the domain.
func wrongComponents(file *ast.File) (complaints []string) {
	exported := exportedDeclarations(file)
	ast.Inspect(file, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		for _, word := range wordsOf(id.Name) {
			if slices.Contains(domainWords, word) || exported[id] && (word == "key" || word == "keys") {
				complaints = append(complaints, fmt.Sprintf("console/ui has %s: components must not know the domain; move it to the pages or to console/shell", id.Name))
				break
			}
		}
		return true
	})
	return complaints
}

// exportedDeclarations returns the names that the file exports, with those of exported fields and methods.
func exportedDeclarations(file *ast.File) map[*ast.Ident]bool {
	names := map[*ast.Ident]bool{}
	add := func(ids ...*ast.Ident) {
		for _, id := range ids {
			names[id] = id.IsExported()
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			add(n.Name)
		case *ast.TypeSpec:
			add(n.Name)
		case *ast.ValueSpec:
			add(n.Names...)
		case *ast.Field:
			add(n.Names...)
		}
		return true
	})
	return names
}

func TestComponentsDoNotKnowTheDomain(t *testing.T) {
	files, err := filepath.Glob("../../console/ui/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("files of console/ui: %v %v", files, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		holds(t, wrongComponents(file))
	}
}

func TestComponentsThatKnowTheDomainAreFound(t *testing.T) {
	declared := func(text string) []string {
		file, err := parser.ParseFile(token.NewFileSet(), "a.go", "package ui\n"+text, 0)
		if err != nil {
			t.Fatal(err)
		}
		return wrongComponents(file)
	}
	complains(t, declared(`const DrawArx = ""`), "DrawArx")
	complains(t, declared(`func f(applicationID string) {}`), "applicationID")
	complains(t, declared(`type KeyShares struct{}`), "KeyShares")
	complains(t, declared(`type card struct{ APIKeys int }`), "APIKeys")
	complains(t, declared(`func why(p api.Permits) {}`), "Permits")
	complains(t, declared(`const themeKey = ""; func (m *Menu) key() { app.Button().OnKeyDown(m.key); monarx(overarxing) }`))
}
