package api

import (
	"slices"
	"strings"
)

// Methods returns the methods that the operations have at the path, in alphabetical order, HEAD wherever GET is; none
// where no operation has the path. A path that an operation names literally has its methods alone, and none of a path
// with an {id} in that place.
func Methods(path string) (methods []string) {
	parts := strings.Split(path, "/")
	most := -1 // literal parts of the operations' path
	for _, op := range Operations() {
		literal, fits := fit(strings.Split(op.Path, "/"), parts)
		if !fits || literal < most {
			continue
		}
		if literal > most {
			methods, most = nil, literal
		}
		methods = append(methods, op.Method)
		if op.Method == "GET" {
			methods = append(methods, "HEAD")
		}
	}
	slices.Sort(methods)
	return methods
}

// fit reports whether the parts of a path are those of an operation's, and how many are so literally.
func fit(of, parts []string) (literal int, fits bool) {
	if len(of) != len(parts) {
		return 0, false
	}
	for i, name := range of {
		switch {
		case strings.HasPrefix(name, "{") && parts[i] != "":
		case name != parts[i]:
			return 0, false
		default:
			literal++
		}
	}
	return literal, true
}
