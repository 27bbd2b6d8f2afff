package architecture

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
)

// empty are names that do not describe the contents of a package.
var empty = []string{"util", "utils", "common", "helper", "helpers", "model", "models", "type", "types", "base", "manager", "misc", "lib"}

// wrongNames checks that packages have a meaningful name, and a doc comment that states their purpose.
func wrongNames(packages []pkg) (complaints []string) {
	for _, p := range packages {
		folder := p.folder()
		if folder == "" {
			continue
		}
		if i := slices.IndexFunc(strings.Split(folder, "/"), func(s string) bool { return slices.Contains(empty, s) }); i >= 0 || slices.Contains(empty, p.Name) {
			complaints = append(complaints, fmt.Sprintf("%s has a meaningless name: name it after its noun, or move its code beside its only caller", folder))
		}
		if len(p.GoFiles) == 0 { // only tests, or only files for other systems
			continue
		}
		want := "Package " + p.Name + " "
		if p.Name == "main" {
			want = "Command " + path.Base(folder) + " "
		}
		if !strings.HasPrefix(p.Doc, want) {
			complaints = append(complaints, fmt.Sprintf("%s has the doc comment %q: begin it with %q and state the purpose", folder, p.Doc, want+"…"))
		}
	}
	return complaints
}

func TestPackagesHaveANameAndAPurpose(t *testing.T) {
	holds(t, wrongNames(onHost(t)))
	holds(t, wrongNames(inBrowser(t)))
}

func TestPackagesWithoutAPurposeAreFound(t *testing.T) {
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
