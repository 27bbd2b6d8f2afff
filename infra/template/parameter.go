package template

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// parameters returns the value of every parameter: the supplied one, or the default.
func (f file) parameters(declared entries, supplied map[string]string) (map[string]string, error) {
	values := map[string]string{}
	for _, e := range declared {
		var p struct {
			Default        *string  `yaml:"Default"`
			AllowedPattern string   `yaml:"AllowedPattern"`
			AllowedValues  []string `yaml:"AllowedValues"`
		}
		if err := f.decode(e.value, &p); err != nil {
			return nil, err
		}
		value, given := supplied[e.name]
		switch {
		case !given && p.Default == nil:
			return nil, f.errorf(e.line, "the parameter %s has no Default; supply a value", e.name)
		case !given:
			value = *p.Default
		}
		if p.AllowedPattern != "" {
			pattern, err := regexp.Compile("^(?:" + p.AllowedPattern + ")$")
			if err != nil {
				return nil, f.errorf(e.line, "the AllowedPattern of %s: %w", e.name, err)
			}
			if !pattern.MatchString(value) {
				return nil, f.errorf(e.line, "the parameter %s is %q, which does not match %s", e.name, value, p.AllowedPattern)
			}
		}
		if len(p.AllowedValues) > 0 && !slices.Contains(p.AllowedValues, value) {
			return nil, f.errorf(e.line, "the parameter %s is %q; the allowed values are %s", e.name, value, strings.Join(p.AllowedValues, ", "))
		}
		values[e.name] = value
	}
	for _, name := range slices.Sorted(maps.Keys(supplied)) {
		if _, there := values[name]; !there {
			return nil, f.errorf(1, "a value is supplied for the parameter %s, which the template does not declare", name)
		}
	}
	return values, nil
}
