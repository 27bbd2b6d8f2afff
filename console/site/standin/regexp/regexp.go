// Package regexp takes the place of Go's in the console's program, for the patterns of its routes.
package regexp

import "strings"

// Regexp is .* or ^before[^/]+after$.
type Regexp struct {
	all           bool
	before, after string
}

// MustCompile panics where the pattern is neither.
func MustCompile(pattern string) *Regexp {
	if pattern == ".*" {
		return &Regexp{all: true}
	}
	before, start := strings.CutPrefix(pattern, "^")
	before, after, middle := strings.Cut(before, "[^/]+")
	after, end := strings.CutSuffix(after, "$")
	if !start || !middle || !end || strings.ContainsAny(before+after, `\.+*?()|[]{}^$`) {
		panic("a route may be .* or ^before[^/]+after$, and is " + pattern)
	}
	return &Regexp{before: before, after: after}
}

// MatchString reports whether the text fits.
func (r *Regexp) MatchString(text string) bool {
	middle, before := strings.CutPrefix(text, r.before)
	middle, after := strings.CutSuffix(middle, r.after)
	return r.all || before && after && middle != "" && !strings.Contains(middle, "/")
}
