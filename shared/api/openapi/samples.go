package openapi

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
)

// languages are those of the samples, in the order in which a reader sees them.
var languages = []struct{ file, lang, label string }{
	{"curl.sh", "Shell", "curl"},
	{"samples.go", "Go", "Go"},
	{"samples.ts", "TypeScript", "TypeScript"},
	{"samples.py", "Python", "Python"},
}

// Reference returns the document for the rendered reference: that of Document, in which operations have samples. They are
// not in the document of the API, because clients do not need them. Neither are the guides, in Markdown, which come before
// the operations.
//
// samples contains a file for each language. A sample is what is between the comments "sample" with the name of an
// operation and "end"; "sample all" begins every sample of the file.
func Reference(operations []api.Spec, source, samples fs.FS, guides string) ([]byte, error) {
	of := map[string][]object{}
	for _, l := range languages {
		text, err := fs.ReadFile(samples, l.file)
		if err != nil {
			return nil, err
		}
		read, err := Samples(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.file, err)
		}
		all := read["all"]
		delete(read, "all")
		for name, sample := range read {
			of[name] = append(of[name], object{{"lang", l.lang}, {"label", l.label}, {"source", all + sample}})
		}
	}
	document, err := document(operations, source, func(op api.Spec) []object {
		defer delete(of, op.Name)
		return of[op.Name]
	})
	if err != nil {
		return nil, err
	}
	for name := range of {
		return nil, fmt.Errorf("there are samples of %s, which is no operation", name)
	}
	with := bytes.Replace(document, quoted(introduction), quoted(introduction+"\n\n"+guides), 1)
	if bytes.Equal(with, document) {
		return nil, errors.New("the document has no introduction to which the guides belong")
	}
	return with, nil
}

// quoted returns the text as encode writes it.
func quoted(text string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // can't fail: a string
	return bytes.TrimSpace(b.Bytes())
}

// Samples returns the samples of a file by their names, without the indentation that all lines of a sample have.
func Samples(text []byte) (map[string]string, error) {
	samples, name, lines := map[string]string{}, "", []string(nil)
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		words := strings.Fields(s.Text())
		comment := len(words) > 1 && (words[0] == "#" || words[0] == "//")
		switch {
		case comment && len(words) == 3 && words[1] == "sample":
			if name != "" {
				return nil, fmt.Errorf("%s begins in the sample %s", words[2], name)
			}
			if name = words[2]; samples[name] != "" {
				return nil, fmt.Errorf("there are two samples %s", name)
			}
		case comment && len(words) == 2 && words[1] == "end":
			if name == "" {
				return nil, fmt.Errorf("an end without a sample")
			}
			samples[name], name, lines = outdented(lines), "", nil
		case name != "":
			lines = append(lines, s.Text())
		}
	}
	if name != "" {
		return nil, fmt.Errorf("%s does not end", name)
	}
	return samples, nil
}

// outdented returns the lines without the indentation of the first one.
func outdented(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		indent := lines[0][:len(lines[0])-len(strings.TrimLeft(lines[0], " \t"))]
		b.WriteString(strings.TrimPrefix(line, indent) + "\n")
	}
	return b.String()
}
