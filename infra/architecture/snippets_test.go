package architecture

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// snippet matches a block of code in a document. Only JSON, which is output, comes from no file.
var snippet = regexp.MustCompile("(?s)```(yaml|go|js|ts|python|sh|nginx)\n(.*?)```")

// untestedSnippets finds blocks of a document that are in none of the files.
func untestedSnippets(document string, files map[string]string) (complaints []string) {
	for _, s := range snippet.FindAllStringSubmatch(document, -1) {
		found := false
		for _, text := range files {
			found = found || strings.Contains(text, s[2])
		}
		if !found {
			first, _, _ := strings.Cut(s[2], "\n")
			complaints = append(complaints, fmt.Sprintf("the %s that begins with %q is in no file that a test runs: copy it from one", s[1], first))
		}
	}
	return complaints
}

func TestSnippetsOfProtectYourAPIAreOfTestedFiles(t *testing.T) {
	files := map[string]string{"the test of whoami": "curl -H \"x-api-key: $access_key\" https://keys.example/v1/whoami\n"} // infra/samples/curl.sh has it with its own address
	for _, name := range []string{
		"examples/http-api/template.yaml", "examples/rest-api/template.yaml", "examples/nethttp/main.go", "examples/express/server.mjs", "examples/fastapi/server.py", "samples/curl.sh",
	} {
		text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(text)
	}
	holds(t, untestedSnippets(readText(t, "../../infra/docs/protect-your-api.md"), files))
}

func TestSnippetsOfNoFileAreFound(t *testing.T) {
	files := map[string]string{"a": "one\ntwo\n"}
	complains(t, untestedSnippets("x\n```sh\ntwo\n```\n```json\n{}\n```\n", files))
	complains(t, untestedSnippets("```sh\nthree\n```\n", files), `"three"`)
}
