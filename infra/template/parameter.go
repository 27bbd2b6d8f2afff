package template

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Parameter is the declaration of a parameter.
type Parameter struct {
	Type           string   `yaml:"Type"`
	Default        *string  `yaml:"Default"`
	AllowedPattern string   `yaml:"AllowedPattern"`
	AllowedValues  []string `yaml:"AllowedValues"`
	MinValue       *int64   `yaml:"MinValue"`
}

// Check returns an error unless CloudFormation accepts the value. A Number must be a whole one.
func (p Parameter) Check(value string) error {
	if p.AllowedPattern != "" {
		pattern, err := regexp.Compile("^(?:" + p.AllowedPattern + ")$")
		if err != nil {
			return fmt.Errorf("the AllowedPattern: %w", err)
		}
		if !pattern.MatchString(value) {
			return fmt.Errorf("is %q, which does not match %s", value, p.AllowedPattern)
		}
	}
	if len(p.AllowedValues) > 0 && !slices.Contains(p.AllowedValues, value) {
		return fmt.Errorf("is %q; the allowed values are %s", value, strings.Join(p.AllowedValues, ", "))
	}
	if p.Type == "Number" {
		number, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return fmt.Errorf("is %q, which is not a whole number", value)
		}
		if p.MinValue != nil && number < *p.MinValue {
			return fmt.Errorf("is %d; the least is %d", number, *p.MinValue)
		}
	}
	return nil
}

// parameters returns the value of every parameter: the supplied one, or the default.
func (f file) parameters(declared entries, supplied map[string]string) (map[string]string, error) {
	values := map[string]string{}
	for _, e := range declared {
		var p Parameter
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
		if err := p.Check(value); err != nil {
			return nil, f.errorf(e.line, "the parameter %s %w", e.name, err)
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
