package architecture

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// browserStores matches the names of browser storage APIs.
var browserStores = regexp.MustCompile(`^(SessionStorage|LocalStorage|sessionStorage|localStorage|caches|indexedDB|cookie|SetState|SetPersist|Persist|BroadcastChannel)$`)

// mayStore reports whether a file of the console may use browser storage: the session, which removes its data at
// sign-out, and the theme and the switch for keyboard shortcuts, which are not personal data.
func mayStore(name string) bool {
	return strings.HasPrefix(name, "console/session/") || filepath.Base(name) == "theme.go" || name == "console/ui/plainshortcuts.go"
}

// wrongStores finds uses of browser storage outside of the session, whose data would remain after the sign-out.
func wrongStores(name, text string) (complaints []string) {
	if mayStore(name) {
		return nil
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	if err != nil {
		return []string{err.Error()}
	}
	found := func(what string) {
		if browserStores.MatchString(what) {
			complaints = append(complaints, fmt.Sprintf("%s uses %s: store drafts through the session, which removes them at sign-out", name, what))
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			found(n.Sel.Name)
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				found(text)
			}
		}
		return true
	})
	return complaints
}

func TestOnlyTheSessionUsesBrowserStorage(t *testing.T) {
	err := filepath.WalkDir("../../console", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		holds(t, wrongStores(strings.TrimPrefix(filepath.ToSlash(path), "../../"), string(text)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestBrowserStorageOutsideTheSessionIsFound(t *testing.T) {
	keeps := func(statement string) string { return "package keys\n\nfunc f() { " + statement + " }\n" }
	for _, statement := range []string{
		`ctx.SessionStorage().Set("draft", 1)`, `ctx.LocalStorage().Del("a")`, `app.Window().Get("localStorage").Call("setItem", "a", "b")`,
		`app.Window().Get("caches")`, `app.Window().Get("document").Set("cookie", "a")`, `ctx.SetState("key", 1, app.Persist)`,
	} {
		if len(wrongStores("console/pages/keys/edit.go", keeps(statement))) == 0 {
			t.Errorf("%s is not found", statement)
		}
		complains(t, wrongStores("console/session/drafts.go", keeps(statement)))
	}
}
