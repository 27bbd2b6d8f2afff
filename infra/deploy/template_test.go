package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// Every output and parameter that these commands name is in template.yaml.
func TestTemplateHasWhatTheCommandsName(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(repository, "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var declared struct {
		Parameters map[string]any `yaml:"Parameters"`
		Outputs    map[string]any `yaml:"Outputs"`
	}
	if err := yaml.Unmarshal(text, &declared); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(repository, "infra/deploy/*.go"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\b(outputs|parameters|set)\["(\w+)"\]|\b(declares)\("(\w+)"\)`)
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range named.FindAllStringSubmatch(string(source), -1) {
			found++
			list, name := declared.Parameters, n[2]+n[4]
			if n[1] == "outputs" {
				list = declared.Outputs
			}
			if list[name] == nil {
				t.Errorf("%s names %s, which template.yaml does not have", filepath.Base(file), n[0])
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d names are found", found)
	}
}
