package gateway

import (
	"slices"
	"strings"
)

// pattern is a parsed route.
type pattern struct {
	Route
	segments []segment
}

// segment is one part of a route's path.
type segment struct {
	kind kind
	text string // the literal, or the parameter's name
}

// kind orders segments by how specific they are.
type kind int

const (
	greedy   kind = iota // {name+}
	variable             // {name}
	literal
)

func newPattern(r Route) pattern {
	p := pattern{Route: r}
	for text := range strings.SplitSeq(strings.TrimPrefix(r.Path, "/"), "/") {
		name, braced := strings.CutPrefix(text, "{")
		name = strings.TrimSuffix(name, "}")
		switch {
		case braced && strings.HasSuffix(name, "+"):
			p.segments = append(p.segments, segment{greedy, strings.TrimSuffix(name, "+")})
		case braced:
			p.segments = append(p.segments, segment{variable, name})
		default:
			p.segments = append(p.segments, segment{literal, text})
		}
	}
	return p
}

// match returns the most specific route for the request: first by path, then by method, where ANY comes last. HEAD
// does not match GET, and trailing slashes are significant.
func match(patterns []pattern, method, path string) (Route, map[string]string, bool) {
	var best *pattern
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i := range patterns {
		p := &patterns[i]
		if p.Method != method && p.Method != "ANY" || !p.fits(parts) {
			continue
		}
		if best == nil || p.compare(best) > 0 {
			best = p
		}
	}
	if best == nil {
		return Route{}, nil, false
	}
	return best.Route, best.parameters(parts), true
}

func (p *pattern) fits(parts []string) bool {
	for i, s := range p.segments {
		switch {
		case i >= len(parts), s.kind != literal && parts[i] == "", s.kind == literal && s.text != parts[i]:
			return false
		case s.kind == greedy:
			return true
		}
	}
	return len(parts) == len(p.segments)
}

// compare is positive if p is more specific than q. Both must match the same path.
func (p *pattern) compare(q *pattern) int {
	if c := slices.CompareFunc(p.segments, q.segments, func(a, b segment) int { return int(a.kind - b.kind) }); c != 0 {
		return c
	}
	if p.Method != q.Method && q.Method == "ANY" {
		return 1
	}
	return -1
}

// parameters returns the values of the path parameters, or nil if there are none.
func (p *pattern) parameters(parts []string) map[string]string {
	var values map[string]string
	for i, s := range p.segments {
		if s.kind == literal {
			continue
		}
		if values == nil {
			values = map[string]string{}
		}
		values[s.text] = parts[i]
		if s.kind == greedy {
			values[s.text] = strings.Join(parts[i:], "/")
		}
	}
	return values
}
