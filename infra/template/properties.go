package template

import (
	"fmt"
	"os"
	"path/filepath"
)

// Properties decodes the properties of one resource into the value, with their intrinsic functions replaced. It is for
// resources that Read leaves out. A resource whose condition does not hold is an error, like one that is missing.
func Properties(path string, options Options, logicalID string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the template: %w", err)
	}
	in := file(filepath.Base(path))
	doc, r, err := in.open(text, options)
	if err != nil {
		return err
	}
	for _, e := range doc.Resources {
		if e.name != logicalID {
			continue
		}
		var res resource
		if err := in.decode(e.value, &res); err != nil {
			return err
		}
		if res.Condition != "" {
			if there, err := r.condition(res.Condition, e.value.Line); err != nil || !there {
				return in.errorf(e.line, "%s: its condition %s does not hold: %v", logicalID, res.Condition, err)
			}
		}
		return r.into(&res.Properties, into)
	}
	return fmt.Errorf("%s: there is no resource %s", in, logicalID)
}
