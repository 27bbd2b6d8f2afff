package architecture

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

const gatewaysDocument = "infra/docs/gateways.md"

// wrongCopies finds configurations of gateways that the document does not show as they are tested.
func wrongCopies(document string, files map[string]string) (complaints []string) {
	blocks := strings.Split(document, "```")
	for name, text := range files {
		// Each second part is a code block, whose first line is its language.
		shown := false
		for i := 1; i < len(blocks); i += 2 {
			_, block, _ := strings.Cut(blocks[i], "\n")
			shown = shown || block == text
		}
		if !shown {
			complaints = append(complaints, fmt.Sprintf("%s does not show infra/gateways/%s as it is", gatewaysDocument, name))
		}
	}
	slices.Sort(complaints)
	return complaints
}

func TestDocumentShowsTheConfigurationsThatAreTested(t *testing.T) {
	files := map[string]string{}
	entries, err := os.ReadDir("../gateways")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") {
			files[entry.Name()] = readText(t, "../gateways/"+entry.Name())
		}
	}
	if len(files) < 5 {
		t.Errorf("infra/gateways has %d configurations", len(files))
	}
	holds(t, wrongCopies(readText(t, "../docs/gateways.md"), files))
}

func TestConfigurationThatIsNotShownIsFound(t *testing.T) {
	document := "# Text\n\n```nginx\nlisten 80;\n```\n\nText\n"
	complains(t, wrongCopies(document, map[string]string{"nginx.conf": "listen 80;\n"}))
	complains(t, wrongCopies(document, map[string]string{"nginx.conf": "listen 81;\n"}), "nginx.conf as it is")
	complains(t, wrongCopies(document, map[string]string{"Caddyfile": "\nText\n"}), "Caddyfile as it is")
}
