package architecture

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
)

// empty are names that say nothing of what is inside.
var empty = []string{"util", "utils", "common", "helper", "helpers", "model", "models", "type", "types", "base", "manager", "misc", "lib"}

// wrongNames holds packages against the rule of nouns: a name that promises something, and a doc
// comment that says what.
func wrongNames(packages []pkg) (complaints []string) {
	for _, p := range packages {
		folder := p.folder()
		if folder == "" {
			continue
		}
		if i := slices.IndexFunc(strings.Split(folder, "/"), func(s string) bool { return slices.Contains(empty, s) }); i >= 0 || slices.Contains(empty, p.Name) {
			complaints = append(complaints, fmt.Sprintf("%s is named for nothing: name it for the noun it holds, or move what it holds beside its one caller", folder))
		}
		if len(p.GoFiles) == 0 { // tests only, or nothing for this system
			continue
		}
		want := "Package " + p.Name + " "
		if p.Name == "main" {
			want = "Command " + path.Base(folder) + " "
		}
		if !strings.HasPrefix(p.Doc, want) {
			complaints = append(complaints, fmt.Sprintf("%s has the doc comment %q: begin it with %q and say what it promises", folder, p.Doc, want+"…"))
		}
	}
	return complaints
}

func TestPackagesAreNounsWithAPromise(t *testing.T) {
	holds(t, wrongNames(onHost(t)))
	holds(t, wrongNames(inBrowser(t)))
}

func TestPackagesWithoutAPromiseAreFound(t *testing.T) {
	one := func(folder, name, doc string) []pkg {
		return []pkg{{ImportPath: module + folder, Name: name, Doc: doc, GoFiles: []string{"a.go"}}}
	}
	complains(t, wrongNames(one("shared/util", "util", "Package util helps.")), "shared/util")
	complains(t, wrongNames(one("shared/models/keys", "keys", "Package keys holds keys.")), "shared/models/keys")
	complains(t, wrongNames(one("shared/keys", "helpers", "Package helpers helps.")), "shared/keys")
	complains(t, wrongNames(one("shared/keys", "keys", "")), "Package keys …")
	complains(t, wrongNames(one("functions/keys/get", "main", "The function.")), "Command get …")
	complains(t, wrongNames(one("shared/keys", "keys", "Package keys defines the rules of API keys.")))
	complains(t, wrongNames(one("functions/keys/get", "main", "Command get is the Lambda behind GET /v1/keys/{id}.")))
}
