package table

import (
	"encoding/json"

	"github.com/arxkeys/arxkeys/shared/api"
)

// SetBy sets who did something.
func (i Item) SetBy(attribute string, value api.By) {
	encoded, err := json.Marshal(value)
	if err != nil {
		panic(err) // three strings
	}
	i[attribute] = text(string(encoded))
}

// By returns who did something.
func (i Item) By(attribute string) api.By {
	var by api.By
	_ = json.Unmarshal([]byte(i.String(attribute)), &by) // what is not there is nobody
	return by
}
