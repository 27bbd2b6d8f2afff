package table

import (
	"encoding/json"

	"github.com/arxkeys/arxkeys/shared/api"
)

// SetBy stores who performed an action.
func (i Item) SetBy(attribute string, value api.By) {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err) // a By is three strings
	}
	i[attribute] = text(string(encoded))
}

// By returns who performed an action.
func (i Item) By(attribute string) api.By {
	var by api.By
	_ = json.Unmarshal([]byte(i.String(attribute)), &by) // a missing attribute is the zero By
	return by
}
