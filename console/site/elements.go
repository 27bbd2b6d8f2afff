package main

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
)

// oneElement changes go-app's declarations of HTML elements, so that nearly all elements have the same Go type.
//
// For each element, go-app declares an interface, a type and some sixty methods, whose names and bodies are those of the other
// elements' methods. Each type that is used brings most of its methods into the program, because it is converted to an
// interface. With one type, the program contains only the methods that are called, once, and calls them directly.
func oneElement(source []byte) ([]byte, error) {
	kinds := map[string]bool{}
	source = replace(elementInterface, source, func(parts [][]byte) []byte {
		kinds[string(parts[1])] = true
		return fmt.Appendf(nil, "type HTML%s = *element\n", parts[1])
	})
	source = replace(elementType, source, func(parts [][]byte) []byte {
		return fmt.Appendf(nil, "type html%s = element\n", parts[1])
	})
	first := map[string][]byte{} // the methods' parameters and bodies
	var differ error
	source = replace(elementMethod, source, func(parts [][]byte) []byte {
		name, content := string(parts[2]), bytes.Join(parts[3:], nil)
		have, ok := first[name]
		switch {
		case !ok:
			first[name] = content
			return parts[0]
		case !bytes.Equal(have, content):
			differ = fmt.Errorf("the method %s of html%s differs from that of another element", name, parts[1])
		}
		return nil
	})
	if len(kinds) == 0 || len(first) == 0 {
		return nil, errors.New("no elements were found")
	}
	return append(source, "\ntype element struct{ htmlElement }\n"...), differ
}

// The declarations of an element, as go-app generates them.
var (
	elementInterface = regexp.MustCompile(`(?ms)^type HTML(\w+) interface \{\n.*?^\}\n`)
	elementType      = regexp.MustCompile(`(?m)^type html(\w+) struct \{\n\thtmlElement\n\}\n`)
	elementMethod    = regexp.MustCompile(`(?ms)^func \(e \*html(\w+)\) (\w+)(\([^)\n]*\)) HTML\w+( \{\n.*?^\}\n)\n?`)
)

// replace replaces the declarations of elements but for two, which keep their own type: htmlBody, by which go-app knows
// the root, and htmlTextarea, whose Text sets the attribute value.
func replace(declaration *regexp.Regexp, source []byte, by func(parts [][]byte) []byte) []byte {
	return declaration.ReplaceAllFunc(source, func(found []byte) []byte {
		parts := declaration.FindSubmatch(found)
		if kind := string(parts[1]); kind == "Body" || kind == "Textarea" {
			return found
		}
		return by(parts)
	})
}
