package api

import (
	"slices"
	"strings"
)

// Methods returns the methods of the operations with the path, sorted, with HEAD wherever there is GET. It
// returns none if no operation has the path. If one operation's path matches literally and another's by
// {id}, only the literal one counts.
func Methods(path string) (methods []string) {
	parts := strings.Split(path, "/")
	most := -1 // number of literal parts of the best match
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

// fit reports whether the parts of a path match those of an operation's, and how many match literally.
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
