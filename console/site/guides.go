package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// guideFiles are the documents that the reference shows before the operations: those for whoever protects an API.
var guideFiles = []string{"protect-your-api.md", "gateways.md"}

// link matches a Markdown link: its text and its address.
var link = regexp.MustCompile(`\[([^\]\n]+)\]\(([^)\s]+)\)`)

// guides returns the documents as Markdown. Links into the repository keep only their text, because nothing serves it.
func guides(module string) (string, error) {
	var all strings.Builder
	for _, name := range guideFiles {
		text, err := os.ReadFile(filepath.Join(module, "infra", "docs", name))
		if err != nil {
			return "", err
		}
		for i, part := range strings.Split(string(text), "```") { // every second one is code
			if i > 0 {
				all.WriteString("```")
			}
			if i%2 == 0 {
				part = link.ReplaceAllStringFunc(part, unlinked)
			}
			all.WriteString(part)
		}
		all.WriteString("\n\n")
	}
	return all.String(), nil
}

func unlinked(found string) string {
	parts := link.FindStringSubmatch(found)
	if strings.HasPrefix(parts[2], "https://") {
		return found
	}
	return parts[1]
}
